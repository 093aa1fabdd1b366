/**
 * An ensemble of regression trees that finds `pointCount` landmarks (Kazemi and Sullivan 2014), as flat arrays.
 * All trees of a cascade are full binary trees of the same depth, breadth first: node i has children 2i+1 and 2i+2,
 * and leaf j is node splitsPerTree + j.
 */
export interface ShapePredictorModel {
  readonly pointCount: number;
  /** x0, y0, x1, y1, ... in the unit square of the face's box. */
  readonly initialShape: Float32Array;
  readonly cascades: readonly ShapeCascade[];
}

/** One step of refinement: some pixels to look at, and the trees that vote on them. */
export interface ShapeCascade {
  readonly treeCount: number;
  readonly splitsPerTree: number;
  readonly leavesPerTree: number;
  /** Per feature pixel: the landmark it is anchored to. */
  readonly anchorIndex: Uint16Array;
  /** Per feature pixel: dx, dy from its anchor, in the unit square of the face's box. */
  readonly deltas: Float32Array;
  /** [tree, split]: the two feature pixels whose intensities are subtracted, a - b. */
  readonly splitA: Uint16Array;
  readonly splitB: Uint16Array;
  /** [tree, split]: go left when intensity(a) - intensity(b) exceeds this. */
  readonly splitThreshold: Float32Array;
  /** [tree, leaf, 2 * pointCount]: what is added to the shape. */
  readonly leaves: Float32Array;
}
