import type { RgbImage } from '../../src/core/image.ts';

/**
 * The same features as kernel/fhog.ts has, said as plainly as possible: what the kernel is compared with. Without border:
 * [31][rows - 2][columns - 2].
 */
export function plainFhog(image: RgbImage): readonly (readonly (readonly number[])[])[] {
  const rows = Math.round(image.height / 8);
  const columns = Math.round(image.width / 8);
  const cells = votes(image, rows, columns);
  const cell = (row: number, column: number) => cells[row + 1]![column + 1]!;
  const energy = (row: number, column: number) =>
    unsigned(cell(row, column)).reduce((sum, value) => sum + value * value, 0);
  const blockNorm = (row: number, column: number) =>
    Math.sqrt(
      energy(row, column) +
        energy(row, column + 1) +
        energy(row + 1, column) +
        energy(row + 1, column + 1) +
        1e-4,
    );
  const features = Array.from({ length: 31 }, () =>
    Array.from({ length: rows - 2 }, () => new Array<number>(columns - 2).fill(0)),
  );
  for (let row = 1; row < rows - 1; row++) {
    for (let column = 1; column < columns - 1; column++) {
      // Blocks to the lower right, upper right, lower left and upper left.
      const norms = [blockNorm(row, column), blockNorm(row - 1, column), blockNorm(row, column - 1)];
      norms.push(blockNorm(row - 1, column - 1));
      const bins = cell(row, column);
      const parts = (bin: number) => norms.map((norm) => 0.5 * Math.min(bin / norm, 0.2));
      const textures = norms.map(
        (_, block) => bins.reduce((sum, bin) => sum + parts(bin)[block]!, 0) * 2 * 0.2357,
      );
      [...bins, ...unsigned(bins)].forEach((bin, plane) => {
        features[plane]![row - 1]![column - 1] = parts(bin).reduce((sum, part) => sum + part, 0);
      });
      textures.forEach((texture, block) => {
        features[27 + block]![row - 1]![column - 1] = texture;
      });
    }
  }
  return features;
}

function unsigned(bins: readonly number[]): number[] {
  return bins.slice(0, 9).map((bin, i) => bin + bins[i + 9]!);
}

const DIRECTIONS = [
  [1, 0],
  [0.9397, 0.342],
  [0.766, 0.6428],
  [0.5, 0.866],
  [0.1736, 0.9848],
  [-0.1736, 0.9848],
  [-0.5, 0.866],
  [-0.766, 0.6428],
  [-0.9397, 0.342],
] as const;

/** 18 orientations of every cell, with a border of one cell. */
function votes(image: RgbImage, rows: number, columns: number): number[][][] {
  const cells = Array.from({ length: rows + 2 }, () =>
    Array.from({ length: columns + 2 }, () => new Array<number>(18).fill(0)),
  );
  for (let y = 1; y < Math.min(rows * 8, image.height) - 1; y++) {
    for (let x = 1; x < Math.min(columns * 8, image.width) - 1; x++) {
      const [dx, dy] = longestGradient(image, x, y);
      const length = Math.hypot(dx, dy);
      const orientation = orientationOf(dx, dy);
      const cellY = (y + 0.5) / 8 + 0.5;
      const cellX = (x + 0.5) / 8 + 0.5;
      for (const row of [Math.floor(cellY), Math.floor(cellY) + 1]) {
        for (const column of [Math.floor(cellX), Math.floor(cellX) + 1]) {
          const share = (1 - Math.abs(row - cellY)) * (1 - Math.abs(column - cellX));
          cells[row]![column]![orientation]! += share * length;
        }
      }
    }
  }
  return cells;
}

function longestGradient({ data, width }: RgbImage, x: number, y: number): readonly [number, number] {
  const value = (column: number, row: number, channel: number) => data[(row * width + column) * 3 + channel]!;
  let best: readonly [number, number] = [0, 0];
  for (let channel = 0; channel < 3; channel++) {
    const dx = value(x + 1, y, channel) - value(x - 1, y, channel);
    const dy = value(x, y + 1, channel) - value(x, y - 1, channel);
    if (dx * dx + dy * dy >= best[0] ** 2 + best[1] ** 2) best = [dx, dy];
  }
  return best;
}

/** In 32-bit floats: a rounding decides between two directions that are as near. */
function orientationOf(dx: number, dy: number): number {
  let best = 0;
  let orientation = 0;
  DIRECTIONS.forEach(([x, y], i) => {
    const dot = Math.fround(Math.fround(dx * Math.fround(x)) + Math.fround(dy * Math.fround(y)));
    if (Math.abs(dot) <= best) return;
    best = Math.abs(dot);
    orientation = dot > 0 ? i : i + 9;
  });
  return orientation;
}
