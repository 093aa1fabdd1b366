import { useCallback, useLayoutEffect, useRef } from 'react';

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

/** null: no entry that a dialog was opened on, as after a link. 0: the page's own below the spare ones. */
const sparesHere = () => (history.state as { readonly spares?: number } | null)?.spares ?? null;

let last = { spares: sparesHere(), address: location.href };

function note(): void {
  last = { spares: sparesHere(), address: location.href };
}

const sparesWanted = () => open.reduce((sum, { entries }) => sum + entries, 0);

function addSpares(count: number): void {
  const here = sparesHere();
  if (here === null) history.replaceState({ spares: 0 }, '');
  for (let i = 1; i <= count; i++) history.pushState({ spares: (here ?? 0) + i }, '');
  note();
}

const missingSpares = () => Math.max(0, sparesWanted() - (sparesHere() ?? 0));

const topUp = () => addSpares(missingSpares());

window.addEventListener('popstate', () => {
  const { spares, address } = last;
  note();
  const isLeft = last.spares !== null && spares !== null && last.spares < spares;
  if (!isLeft || last.address !== address) return;
  const top = open.at(-1);
  if (!top) {
    history.go(-(last.spares! + 1));
    return;
  }
  top.close();
  // Two at once have left more than one.
  setTimeout(() => {
    const missing = missingSpares();
    if (missing > 1) history.go(missing);
  }, 0);
});
// Links add entries without popstate.
window.addEventListener('hashchange', note);

/** Not as soon as Back has taken one: Chromium's Back passes over pages that add entries before anything is done on them. */
function topUpAsUsed(): void {
  if (open.length > 0 && (navigator.userActivation?.isActive ?? true)) topUp();
}

/** What lies ahead of a page that was gone back to: Forward would leave the dialog. */
function cutForward(): void {
  const { navigation } = window as { navigation?: { readonly canGoForward: boolean } };
  if (navigation?.canGoForward) addSpares(1);
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
  useLayoutEffect(() => {
    const own = dialog.current;
    if (open.length === 0) cutForward();
    open = [...open, own];
    return () => {
      open = open.filter((other) => other !== own);
    };
  }, []);
  useLayoutEffect(() => {
    dialog.current.entries = entries;
    if (entries > 0) return topUp();
    // A question that Back has asked: the entry it has left is still there.
    const missing = missingSpares();
    if (missing > 0) history.go(missing);
  }, [entries]);
  return useCallback(() => open.at(-1) === dialog.current, []);
}
