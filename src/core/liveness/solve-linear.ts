/**
 * x of matrix * x = right, by Gauss's elimination with pivots; null when the matrix is singular or nearly so.
 * requires  a square matrix of rows, as long as `right`
 */
export function solveLinear(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
): readonly number[] | null {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    const pivot = pivotRow(rows, column);
    if (Math.abs(rows[pivot]![column]!) < SINGULAR) return null;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = column + 1; row < size; row++) eliminate(rows[row]!, rows[column]!, column);
  }
  return substituted(rows);
}

/** The systems solved here have numbers about 1. */
const SINGULAR = 1e-9;

function pivotRow(rows: readonly (readonly number[])[], column: number): number {
  let best = column;
  for (let row = column + 1; row < rows.length; row++) {
    if (Math.abs(rows[row]![column]!) > Math.abs(rows[best]![column]!)) best = row;
  }
  return best;
}

function eliminate(row: number[], by: readonly number[], column: number): void {
  const factor = row[column]! / by[column]!;
  for (let i = column; i < row.length; i++) row[i]! -= factor * by[i]!;
}

function substituted(rows: readonly (readonly number[])[]): readonly number[] {
  const size = rows.length;
  const solution = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    let rest = rows[row]![size]!;
    for (let i = row + 1; i < size; i++) rest -= rows[row]![i]! * solution[i]!;
    solution[row] = rest / rows[row]![row]!;
  }
  return solution;
}
