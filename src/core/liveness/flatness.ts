import { type GreySquare, planeFit } from './plane-fit.ts';

/** So many frames tell; more take longer. */
const FRAMES = 12;
/** A head that turned for this share of the time shows it. */
const TURNED_SHARE = 0.25;

/**
 * How well a face's frames are explained as pictures of one flat thing, -1 to 1: what a quarter of them do not reach.
 * Seen against the first, the middle and the last frame, and the flattest counts: one frame with something before the
 * face makes no depth. null for fewer than two frames.
 * requires  squares of one side
 */
export function flatness(squares: readonly GreySquare[]): number | null {
  if (squares.length < 2) return null;
  const step = Math.max(1, (squares.length - 1) / (FRAMES - 1));
  const some = Array.from(
    { length: Math.min(FRAMES, squares.length) },
    (_, i) => squares[Math.round(i * step)]!,
  );
  const fitsTo = (from: GreySquare): number => {
    const fits = some.map((to) => planeFit(from, to)).toSorted((a, b) => a - b);
    return fits[Math.floor(TURNED_SHARE * (fits.length - 1))]!;
  };
  return Math.max(...[some[0]!, some[some.length >> 1]!, some.at(-1)!].map(fitsTo));
}
