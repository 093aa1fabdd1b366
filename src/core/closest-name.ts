/** Names of which more has to be changed than this share are not alike. */
const MOST_CHANGED = 0.6;

/** The name that was probably meant, or null when none is alike. */
export function closestName(name: string, known: readonly string[]): string | null {
  const [closest] = known
    .map((other) => ({
      other,
      changed: editDistance(name.toLowerCase(), other.toLowerCase()) / Math.max(name.length, other.length),
    }))
    .filter(({ changed }) => changed < MOST_CHANGED)
    .sort((a, b) => a.changed - b.changed);
  return closest?.other ?? null;
}

/** Letters to insert, remove or replace until one is the other (Levenshtein, 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (a[i] === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
