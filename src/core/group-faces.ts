import { requireArray, requireNumbers, requireOptions } from './arguments.ts';
import { euclideanDistance } from './distance.ts';

export interface GroupOptions {
  /** Greatest mean distance between the faces of two groups that become one. */
  readonly threshold: number;
}

/** The distances of more faces would not fit into 32 MB. */
export const MOST_GROUPED_FACES = 2000;

/**
 * Groups of faces that are probably one person each: beginning with single faces, the two groups whose faces are
 * nearest on average become one, until no two are within the threshold (average linkage, Sokal and Michener, 1958). A
 * chance resemblance of two faces does not join their groups, as it would by the nearest pair. The same faces give the
 * same groups in whatever order they come.
 * ensures  positions of the embeddings, each once; the largest group first, then by the first position; ascending in
 *          each group
 * throws   RangeError for more than MOST_GROUPED_FACES embeddings, different lengths, numbers that are not finite, and
 *          a threshold below 0
 */
export function groupFaces(
  embeddings: readonly Float32Array[],
  options: GroupOptions,
): readonly (readonly number[])[] {
  requireOptions('groupFaces', options, { threshold: 'number' });
  const { threshold } = options;
  requireGroupable(embeddings, threshold);
  // In an order of their own, so that neither ties nor rounding depend on the order they came in.
  const order = [...embeddings.keys()].sort((a, b) => compare(embeddings[a]!, embeddings[b]!) || a - b);
  const tree = new AverageLinkage(order.map((position) => embeddings[position]!));
  const groups = tree.groupsWithin(threshold).map((group) => group.map((row) => order[row]!));
  return groups
    .map((group) => group.sort((a, b) => a - b))
    .sort((a, b) => b.length - a.length || a[0]! - b[0]!);
}

function requireGroupable(embeddings: readonly Float32Array[], threshold: number): void {
  requireArray('embeddings', embeddings, requireNumbers);
  if (typeof threshold !== 'number' || !(threshold >= 0)) {
    throw new RangeError(`Expected a number of at least 0 for threshold but received ${String(threshold)}`);
  }
  if (embeddings.length > MOST_GROUPED_FACES) {
    throw new RangeError(
      `Expected at most ${MOST_GROUPED_FACES} embeddings but received ${embeddings.length}`,
    );
  }
  const length = embeddings[0]?.length;
  for (const embedding of embeddings) {
    if (embedding.length !== length) {
      throw new RangeError(
        `Expected embeddings of one length but received ${length} and ${embedding.length} numbers`,
      );
    }
    if (!embedding.every(Number.isFinite)) {
      throw new RangeError('Expected finite numbers for an embedding but received others');
    }
  }
}

function compare(a: Float32Array, b: Float32Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

/**
 * The tree of groups by chains of nearest neighbours (Murtagh, 1983): two groups that are each other's nearest are
 * merged, in time and memory of the square of the faces. It is the tree that merging the nearest of all gives, because
 * a merged group is never nearer to a third than the nearer of the two was.
 */
class AverageLinkage {
  readonly #count: number;
  /** Mean distance of two groups, each in the row of one of its faces. */
  readonly #distances: Float64Array;
  readonly #sizes: Float64Array;
  /** Rows that stand for a group, ascending. */
  readonly #rows: number[];

  constructor(embeddings: readonly Float32Array[]) {
    this.#count = embeddings.length;
    this.#sizes = new Float64Array(this.#count).fill(1);
    this.#rows = [...embeddings.keys()];
    this.#distances = new Float64Array(this.#count ** 2);
    for (let a = 0; a < this.#count; a++) {
      for (let b = 0; b < a; b++) this.#set(a, b, euclideanDistance(embeddings[a]!, embeddings[b]!));
    }
  }

  /** The tree, cut at the threshold. */
  groupsWithin(threshold: number): number[][] {
    const groups = new Map(this.#rows.map((row) => [row, [row]]));
    const cut: number[][] = [];
    const chain: number[] = [];
    while (this.#rows.length > 1) {
      if (chain.length === 0) chain.push(this.#rows[0]!);
      const last = chain.at(-1)!;
      const before = chain.at(-2);
      const nearest = this.#nearest(last, before);
      if (nearest !== before) {
        chain.push(nearest);
        continue;
      }
      chain.length -= 2;
      const [one, other] = [groups.get(nearest), groups.get(last)];
      const distance = this.#distances[nearest * this.#count + last]!;
      this.#merge(nearest, last);
      groups.delete(last);
      if (distance <= threshold && one && other) groups.set(nearest, one.concat(other));
      else {
        // Nothing above in the tree is within the threshold either.
        for (const whole of [one, other]) if (whole) cut.push(whole);
        groups.delete(nearest);
      }
    }
    return [...cut, ...groups.values()];
  }

  /** Of several that are as near `before`, without which the chain would never end; then the first. */
  #nearest(row: number, before: number | undefined): number {
    let nearest = before ?? -1;
    let least =
      before === undefined ? Number.POSITIVE_INFINITY : this.#distances[row * this.#count + before]!;
    for (const other of this.#rows) {
      const distance = this.#distances[row * this.#count + other]!;
      if (other === row || distance >= least) continue;
      nearest = other;
      least = distance;
    }
    return nearest;
  }

  /** `gone` becomes part of `kept`: its distances are the means over the faces of both. */
  #merge(kept: number, gone: number): void {
    const [ofKept, ofGone] = [this.#sizes[kept]!, this.#sizes[gone]!];
    this.#rows.splice(this.#rows.indexOf(gone), 1);
    for (const other of this.#rows) {
      if (other === kept) continue;
      const [a, b] = [
        this.#distances[kept * this.#count + other]!,
        this.#distances[gone * this.#count + other]!,
      ];
      const mean = (ofKept * a + ofGone * b) / (ofKept + ofGone);
      // Rounded it may be less than both: then a chain could come back to itself.
      this.#set(kept, other, Math.max(Math.min(a, b), mean));
    }
    this.#sizes[kept] = ofKept + ofGone;
  }

  #set(a: number, b: number, distance: number): void {
    this.#distances[a * this.#count + b] = distance;
    this.#distances[b * this.#count + a] = distance;
  }
}
