import { useEffect } from 'react';

const ask = (event: BeforeUnloadEvent) => event.preventDefault();
let reasons = 0;

/** The browser asks before the page is closed or loaded anew, until the answer is called. */
export function askBeforeLeaving(): () => void {
  if (++reasons === 1) window.addEventListener('beforeunload', ask);
  return () => {
    if (--reasons === 0) window.removeEventListener('beforeunload', ask);
  };
}

/** Whoever sits here has decided, or is somebody else. */
export function leaveWithoutAsking(): void {
  window.removeEventListener('beforeunload', ask);
}

export function useAskBeforeLeaving(isNeeded: boolean): void {
  useEffect(() => (isNeeded ? askBeforeLeaving() : undefined), [isNeeded]);
}
