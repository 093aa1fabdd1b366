import { useCallback, useEffect, useRef } from 'react';

/*
 * Back, a gesture on phones, closes the dialog on top instead of leaving the page behind it: while dialogs are open the
 * history has spare entries of the same address for Back to leave. They stay when a dialog is closed otherwise, for the
 * next one (going back by program would meet whatever the user does next); left without a dialog, all of them are.
 */

interface OpenDialog {
  close(): void;
  /** Spare ones that Back may leave for it. */
  entries: number;
}

/** The topmost last. */
let open: readonly OpenDialog[] = [];

const sparesHere = () => (history.state as { readonly spares?: number } | null)?.spares ?? 0;

let last = { spares: sparesHere(), address: location.href };

function note(): void {
  last = { spares: sparesHere(), address: location.href };
}

const sparesWanted = () => open.reduce((sum, { entries }) => sum + entries, 0);

function topUp(): void {
  for (let spares = sparesHere(); spares < sparesWanted(); ) history.pushState({ spares: ++spares }, '');
  note();
}

window.addEventListener('popstate', () => {
  const { spares, address } = last;
  note();
  if (last.spares >= spares || last.address !== address) return;
  const top = open.at(-1);
  if (top) top.close();
  else history.go(-(last.spares + 1));
});
// Links add entries without popstate.
window.addEventListener('hashchange', note);

/** Not as soon as Back has taken one: Chromium's Back passes over pages that add entries before anything is done on them. */
function topUpAsUsed(event: Event): void {
  if (open.length > 0 && (event as KeyboardEvent).key !== 'Escape') topUp();
}
window.addEventListener('click', topUpAsUsed, true);
window.addEventListener('keydown', topUpAsUsed, true);

export const isAnyDialogOpen = () => open.length > 0;

/**
 * Closes the dialog that uses it by Back, as long as it is the topmost.
 * entries  how many times Back may be pressed before anything else: once more where the dialog asks first
 * ensures  how to ask whether it is the topmost
 */
export function useBackCloses(onClose: () => void, entries: number): () => boolean {
  const dialog = useRef<OpenDialog>({ close: onClose, entries });
  dialog.current.close = onClose;
  useEffect(() => {
    const own = dialog.current;
    open = [...open, own];
    return () => {
      open = open.filter((other) => other !== own);
    };
  }, []);
  useEffect(() => {
    dialog.current.entries = entries;
    const missing = sparesWanted() - sparesHere();
    if (entries > 0) topUp();
    // A question that Back has asked: the entry it has left is still there.
    else if (missing > 0) history.go(missing);
  }, [entries]);
  return useCallback(() => open.at(-1) === dialog.current, []);
}
