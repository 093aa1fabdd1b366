/** match: one person; unknown: nobody enrolled is near enough; ambiguous: two people are, and too alike to choose. */
export type Decision = 'match' | 'unknown' | 'ambiguous';

/**
 * The open-set decision about one face.
 * nearest, next   distances of the nearest and the next nearest person; null when there is none
 * threshold       greatest distance of a match
 * margin          a match must be nearer than the next person by at least this
 */
export function decide(
  nearest: number | null,
  next: number | null,
  threshold: number,
  margin: number,
): Decision {
  if (nearest === null || nearest > threshold) return 'unknown';
  return next !== null && next - nearest < margin ? 'ambiguous' : 'match';
}
