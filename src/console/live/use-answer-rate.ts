import { useRef, useState } from 'react';

const WINDOW_MS = 2000;
const SHOWN_EVERY_MS = 500;
const NONE = { perSecond: 0, ageMs: 0 };

/** Answers a second and their age, over the last moments. */
export function useAnswerRate() {
  const [shown, setShown] = useState(NONE);
  const answers = useRef<{ at: number; ageMs: number }[]>([]);
  const shownAt = useRef(0);
  const count = (ageMs: number) => {
    const now = performance.now();
    answers.current.push({ at: now, ageMs });
    answers.current = answers.current.filter(({ at }) => now - at < WINDOW_MS);
    if (now - shownAt.current < SHOWN_EVERY_MS) return;
    shownAt.current = now;
    const own = answers.current;
    const spanMs = now - own[0]!.at;
    if (own.length < 2 || spanMs === 0) return;
    setShown({
      perSecond: Math.round((10_000 * (own.length - 1)) / spanMs) / 10,
      ageMs: own.reduce((sum, one) => sum + one.ageMs, 0) / own.length,
    });
  };
  return {
    ...shown,
    count,
    reset: () => {
      answers.current = [];
      setShown(NONE);
    },
  };
}
