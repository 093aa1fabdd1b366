import type { ShapeCascade, ShapePredictorModel } from '../../core/shape-predictor-model.ts';
import { DlibReader } from './deserialize.ts';

/** The trees of a cascade, before its feature pixels are known. */
type Forest = Omit<ShapeCascade, 'anchorIndex' | 'deltas'>;

/**
 * Reads a shape_predictor file (image_processing/shape_predictor.h): the mean shape, then for all cascades the trees,
 * then for all cascades the anchors, then for all cascades the offsets.
 * ensures  every index lies within its array, so that a predictor needs no further checks
 * throws   AcquaintError('model_corrupt')
 */
export function parseShapePredictor(bytes: Uint8Array, name: string): ShapePredictorModel {
  const reader = new DlibReader(bytes, name);
  reader.version('a shape predictor', 1);
  const shape = reader.matrix();
  if (shape.columns !== 1 || shape.rows === 0 || shape.rows % 2 !== 0) throw reader.corrupt('a mean shape');
  const coordinates = shape.rows;

  const forests = Array.from({ length: reader.count(1, 'cascades') }, () => readForest(reader, coordinates));
  const anchors = readPerCascade(reader, forests.length, () => readAnchors(reader, coordinates / 2));
  const deltas = readPerCascade(reader, forests.length, () => readDeltas(reader));
  reader.end();

  const cascades = forests.map((forest, i): ShapeCascade => {
    const cascade = { ...forest, anchorIndex: anchors[i] ?? empty16, deltas: deltas[i] ?? emptyFloats };
    requireFeatureIndices(reader, cascade);
    return cascade;
  });
  return { pointCount: coordinates / 2, initialShape: shape.data, cascades };
}

const empty16 = new Uint16Array(0);
const emptyFloats = new Float32Array(0);
/** dlib trains 500 feature pixels and trees of 15 splits; a Uint16 index is the limit here. */
const maxFeatures = 0xffff;
const maxSplits = 0xffff;

function readForest(reader: DlibReader, coordinates: number): Forest {
  const treeCount = reader.count(1, 'trees');
  if (treeCount === 0) throw reader.corrupt('at least one tree');
  const first = readTreeHeader(reader);
  const leavesPerTree = first + 1;
  if ((leavesPerTree & first) !== 0) throw reader.corrupt('a full binary tree');
  // Each stored leaf value takes at least four bytes: nothing is allocated for more than the file can hold.
  if (treeCount * leavesPerTree * coordinates * 4 > reader.remaining)
    throw reader.corrupt('more leaf values');

  const splitCount = treeCount * first;
  const forest = {
    treeCount,
    splitsPerTree: first,
    leavesPerTree,
    splitA: new Uint16Array(splitCount),
    splitB: new Uint16Array(splitCount),
    splitThreshold: new Float32Array(splitCount),
    leaves: new Float32Array(treeCount * leavesPerTree * coordinates),
  };
  for (let tree = 0; tree < treeCount; tree++) {
    if (tree > 0 && readTreeHeader(reader) !== first) throw reader.corrupt('a tree as deep as the others');
    readSplits(reader, forest, tree);
    readLeaves(reader, forest, tree, coordinates);
  }
  return forest;
}

function readTreeHeader(reader: DlibReader): number {
  return reader.intWithin(1, maxSplits, 'a number of splits');
}

function readSplits(reader: DlibReader, forest: Forest, tree: number): void {
  const start = tree * forest.splitsPerTree;
  for (let i = start; i < start + forest.splitsPerTree; i++) {
    forest.splitA[i] = reader.intWithin(0, maxFeatures, 'a feature index');
    forest.splitB[i] = reader.intWithin(0, maxFeatures, 'a feature index');
    reader.floatsInto(forest.splitThreshold, i, 1);
  }
}

function readLeaves(reader: DlibReader, forest: Forest, tree: number, coordinates: number): void {
  reader.intWithin(forest.leavesPerTree, forest.leavesPerTree, 'a number of leaves');
  for (let leaf = 0; leaf < forest.leavesPerTree; leaf++) {
    const { rows, columns } = reader.matrixSize();
    if (rows !== coordinates || columns !== 1) throw reader.corrupt(`a leaf of ${coordinates} numbers`);
    reader.floatsInto(forest.leaves, (tree * forest.leavesPerTree + leaf) * coordinates, coordinates);
  }
}

function readPerCascade<T>(reader: DlibReader, cascades: number, read: () => T): T[] {
  reader.intWithin(cascades, cascades, 'a number of cascades');
  return Array.from({ length: cascades }, read);
}

function readAnchors(reader: DlibReader, points: number): Uint16Array {
  const anchors = new Uint16Array(reader.count(2, 'anchors'));
  for (let i = 0; i < anchors.length; i++) {
    anchors[i] = reader.intWithin(0, points - 1, 'the index of a landmark');
  }
  return anchors;
}

function readDeltas(reader: DlibReader): Float32Array {
  const deltas = new Float32Array(reader.count(8, 'offsets') * 2);
  reader.floatsInto(deltas, 0, deltas.length);
  return deltas;
}

function requireFeatureIndices(reader: DlibReader, cascade: ShapeCascade): void {
  const features = cascade.anchorIndex.length;
  if (cascade.deltas.length !== features * 2) throw reader.corrupt('as many offsets as anchors');
  const inside = (index: number) => index < features;
  if (!cascade.splitA.every(inside) || !cascade.splitB.every(inside)) {
    throw reader.corrupt(`feature indices below ${features}`);
  }
}
