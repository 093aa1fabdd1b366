import { inFile } from './import-error.ts';
import {
  DLIB_SPACE,
  type EmbeddingSpace,
  type ImportedEmbedding,
  type ImportedEmbeddings,
} from './imported-embeddings.ts';
import { readWhole } from './open-file.ts';
import { kindOf, ValueProblem } from './value-problem.ts';
import { readFinite, readName } from './values.ts';

export interface FaceMatcherEmbeddings extends ImportedEmbeddings {
  /** The matcher's threshold; null where the file holds people only. */
  readonly distanceThreshold: number | null;
}

/** A JavaScript string holds no more than 512 MiB; this is some 100,000 embeddings. */
const MAX_JSON_BYTES = 256 * 1024 * 1024;

/**
 * What face-api.js writes for its FaceMatcher by JSON.stringify: {"distanceThreshold","labeledDescriptors":
 * [{"label","descriptors":[[numbers],…]},…]}; also the list of labeledDescriptors alone, and a single one of them.
 * Other fields are left out of account.
 * throws  AcquaintError('bad_import') for another file or more than 256 MiB, for a label that is no name, and for
 *         descriptors of another length than the space's; its message tells places, no label and no number of a face
 */
export async function readFaceMatcherJson(
  path: string,
  { recipe, embeddingLength }: EmbeddingSpace = DLIB_SPACE,
): Promise<FaceMatcherEmbeddings> {
  const bytes = await readWhole(path, MAX_JSON_BYTES);
  try {
    const { distanceThreshold, list, place } = matcherFrom(parseJson(bytes));
    const people = list.map((each, i) => personFrom(each, place(i), embeddingLength));
    const faces = people.flatMap(({ name, embeddings }) =>
      embeddings.map((embedding) => ({ name, embedding })),
    );
    const embeddings = { [Symbol.asyncIterator]: () => oneByOne(faces) };
    return { recipe, embeddingLength, count: faces.length, embeddings, distanceThreshold };
  } catch (error) {
    throw inFile(path, error);
  }
}

async function* oneByOne(faces: readonly ImportedEmbedding[]): AsyncGenerator<ImportedEmbedding> {
  yield* faces;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    // The reason stays untold: JSON.parse quotes the text.
    throw new ValueProblem('JSON of face-api.js', 'something else');
  }
}

interface Matcher {
  readonly distanceThreshold: number | null;
  readonly list: readonly unknown[];
  /** What messages call the nth of the list. */
  readonly place: (index: number) => string;
}

function matcherFrom(json: unknown): Matcher {
  if (Array.isArray(json)) return { distanceThreshold: null, list: json, place: (i) => `[${i}]` };
  const fields = objectOf(json, 'a FaceMatcher');
  if (Object.hasOwn(fields, 'label'))
    return { distanceThreshold: null, list: [fields], place: () => 'the file' };
  const { labeledDescriptors: list, distanceThreshold = null } = fields;
  if (!Array.isArray(list)) throw new ValueProblem('a list for labeledDescriptors', kindOf(list));
  return {
    distanceThreshold: distanceThreshold === null ? null : readFinite(distanceThreshold, 'distanceThreshold'),
    list,
    place: (i) => `labeledDescriptors[${i}]`,
  };
}

function personFrom(
  json: unknown,
  place: string,
  length: number,
): { readonly name: string; readonly embeddings: readonly Float32Array[] } {
  const { label, descriptors } = objectOf(json, place);
  if (!Array.isArray(descriptors)) {
    throw new ValueProblem(`a list for descriptors of ${place}`, kindOf(descriptors));
  }
  return {
    name: readName(label, `label of ${place}`),
    embeddings: descriptors.map((each, i) => embeddingFrom(each, `descriptors[${i}] of ${place}`, length)),
  };
}

function embeddingFrom(json: unknown, place: string, length: number): Float32Array {
  if (!Array.isArray(json) || json.length !== length) {
    throw new ValueProblem(`a list of ${length} numbers for ${place}`, kindOf(json));
  }
  const embedding = Float32Array.from(json, (value: unknown) => readFinite(value, place));
  if (embedding.every(Number.isFinite)) return embedding;
  throw new ValueProblem(`numbers of float32 for ${place}`, 'one beyond them');
}

function objectOf(json: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json))
    return json as Record<string, unknown>;
  throw new ValueProblem(`an object for ${what}`, kindOf(json));
}
