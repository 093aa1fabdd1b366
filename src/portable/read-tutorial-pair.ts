import { badImport, inFile } from './import-error.ts';
import {
  DLIB_SPACE,
  type EmbeddingSpace,
  type ImportedEmbedding,
  type ImportedEmbeddings,
} from './imported-embeddings.ts';
import { readLabelsPickle } from './read-labels-pickle.ts';
import { readEmbeddingsNpy } from './read-npy.ts';
import { readName } from './values.ts';

/**
 * The two files in which many programs around dlib and face_recognition keep known faces: `embeddings.npy` with one
 * embedding a row, and `labels.pickle` with a list of as many names; the nth label says whose face the nth row is.
 * throws  AcquaintError('bad_import') when the counts differ, for rows of another length than the space's, for a label that
 *         is no name (told by its place); and what `readEmbeddingsNpy` and `readLabelsPickle` throw
 */
export async function readTutorialPair(
  npyPath: string,
  picklePath: string,
  { recipe, embeddingLength }: EmbeddingSpace = DLIB_SPACE,
): Promise<ImportedEmbeddings> {
  const rows = await readEmbeddingsNpy(npyPath);
  if (rows.embeddingLength !== embeddingLength) {
    throw badImport(
      `Expected rows of ${embeddingLength} numbers, as ${recipe} makes them, in ${npyPath} but received rows of ${rows.embeddingLength}`,
    );
  }
  const labels = await readLabelsPickle(picklePath);
  if (labels.length !== rows.count) {
    throw badImport(
      `Expected as many labels in ${picklePath} as ${npyPath} has rows, ${rows.count}, but received ${labels.length}`,
    );
  }
  const names = namesOf(labels, picklePath);
  return {
    recipe,
    embeddingLength,
    count: rows.count,
    embeddings: { [Symbol.asyncIterator]: () => named(names, rows.embeddings) },
  };
}

/** throws  AcquaintError('bad_import') */
function namesOf(labels: readonly string[], path: string): readonly string[] {
  try {
    return labels.map((label, i) => readName(label, `labels[${i}]`));
  } catch (error) {
    throw inFile(path, error);
  }
}

async function* named(
  names: readonly string[],
  rows: AsyncIterable<Float32Array>,
): AsyncGenerator<ImportedEmbedding> {
  let row = 0;
  for await (const embedding of rows) yield { name: names[row++]!, embedding };
}
