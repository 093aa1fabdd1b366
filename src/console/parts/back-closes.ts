import { useEffect, useRef } from 'react';

/**
 * Back, a gesture on phones, closes the dialog on top instead of leaving the page behind it. While a dialog is open the
 * history has a spare entry of the same address for Back to leave. It stays when the dialog is closed otherwise, for the
 * next one (going back by program would meet whatever the user does next); left without a dialog, one step more is gone.
 */
const SPARE = { isSpare: true };
const isOnSpare = () => (history.state as { readonly isSpare?: boolean } | null)?.isSpare === true;

/** Open dialogs' ways to close, the topmost last. */
let open: readonly (() => void)[] = [];
let last = { isSpare: isOnSpare(), address: location.href };

const note = () => {
  last = { isSpare: isOnSpare(), address: location.href };
};

function addSpare(): void {
  if (!isOnSpare()) history.pushState(SPARE, '');
  note();
}

window.addEventListener('popstate', () => {
  const { isSpare, address } = last;
  note();
  const hasLeftSpare = isSpare && !last.isSpare && address === last.address;
  if (!hasLeftSpare) return;
  const close = open.at(-1);
  if (!close) {
    history.back();
    return;
  }
  // It may stay, and ask.
  addSpare();
  close();
});
// Links add entries without popstate.
window.addEventListener('hashchange', note);

/** Closes the dialog that uses it by Back, as long as it is the topmost. */
export function useBackCloses(onClose: () => void): void {
  const latest = useRef(onClose);
  latest.current = onClose;
  useEffect(() => {
    const close = () => latest.current();
    open = [...open, close];
    addSpare();
    return () => {
      open = open.filter((other) => other !== close);
    };
  }, []);
}
