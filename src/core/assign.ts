/** Somebody a face may be, and how far away. */
export interface Candidate {
  readonly personId: string;
  readonly distance: number;
}

/**
 * Who is who, when nobody can be two faces at once: the choice with the greatest total of `threshold - distance`.
 * A face that everybody it could be is taken from stays without.
 * candidates  for each face whom it may be; those beyond the threshold are left out of account
 * ensures     for each face one of its own candidates or null; no person twice
 */
export function assignPeople(
  candidates: readonly (readonly Candidate[])[],
  threshold: number,
): readonly (Candidate | null)[] {
  const possible = candidates.map((own) => own.filter(({ distance }) => distance <= threshold));
  const nearest = possible.map((own) =>
    own.reduce<Candidate | null>(
      (best, each) => (best && best.distance <= each.distance ? best : each),
      null,
    ),
  );
  const wanted = nearest.flatMap((candidate) => candidate?.personId ?? []);
  // Mostly nobody is wanted twice: then everybody's nearest is the best total.
  if (new Set(wanted).size === wanted.length) return nearest;
  const people = [...new Set(possible.flatMap((own) => own.map(({ personId }) => personId)))];
  const column = new Map(people.map((personId, i) => [personId, i]));
  // Each face has a column of its own for staying without a name, at no gain and no cost.
  const costs = possible.map((own, face) => {
    const row = new Float64Array(people.length + possible.length).fill(Number.POSITIVE_INFINITY);
    for (const { personId, distance } of own) {
      const at = column.get(personId)!;
      row[at] = Math.min(row[at]!, distance - threshold);
    }
    row[people.length + face] = 0;
    return row;
  });
  return cheapestColumns(costs).map((chosen, face) => {
    const personId = people[chosen];
    return possible[face]!.find((candidate) => candidate.personId === personId) ?? null;
  });
}

/**
 * The Hungarian method with potentials (Kuhn, 1955; Munkres, 1957), one shortest augmenting path a row:
 * O(rows^2 * columns). ensures  for each row a column, no column twice, at the least total cost.
 * requires  at least as many columns as rows; costs that are infinite mark what must not be
 */
function cheapestColumns(costs: readonly Float64Array[]): number[] {
  const columns = costs[0]?.length ?? 0;
  const rowPotential = new Float64Array(costs.length);
  const columnPotential = new Float64Array(columns);
  const rowOf = new Int32Array(columns).fill(-1);
  for (let row = 0; row < costs.length; row++) augment(row);
  const chosen = new Array<number>(costs.length).fill(-1);
  rowOf.forEach((row, column) => {
    if (row >= 0) chosen[row] = column;
  });
  return chosen;

  function augment(start: number): void {
    const slack = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
    const before = new Int32Array(columns).fill(-1);
    const visited = new Uint8Array(columns);
    let row = start;
    let last = -1;
    let distance = 0;
    for (;;) {
      let next = -1;
      for (let column = 0; column < columns; column++) {
        if (visited[column]) continue;
        const reduced = distance + costs[row]![column]! - rowPotential[row]! - columnPotential[column]!;
        if (reduced < slack[column]!) {
          slack[column] = reduced;
          before[column] = last;
        }
        if (next === -1 || slack[column]! < slack[next]!) next = column;
      }
      visited[next] = 1;
      distance = slack[next]!;
      last = next;
      if (rowOf[next]! < 0) break;
      row = rowOf[next]!;
    }
    rowPotential[start]! += distance;
    for (let column = 0; column < columns; column++) {
      if (!visited[column] || rowOf[column]! < 0) continue;
      const change = distance - slack[column]!;
      columnPotential[column]! -= change;
      rowPotential[rowOf[column]!]! += change;
    }
    for (let column = last; column >= 0; ) {
      const previous = before[column]!;
      rowOf[column] = previous < 0 ? start : rowOf[previous]!;
      column = previous;
    }
  }
}
