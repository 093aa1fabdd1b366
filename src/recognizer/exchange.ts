import { createHash, randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import {
  requireArray,
  requireFields,
  requireKind,
  requireOneOf,
  requireOptions,
  requireString,
} from '../core/arguments.ts';
import { encodeEmbedding } from '../core/embedding-bytes.ts';
import { normalizeName } from '../core/person-name.ts';
import { AcquaintError, requireNotAborted } from '../errors.ts';
import { type KnownPicture, listFaceRecognitionFolder } from '../portable/face-recognition-folder.ts';
import type { ImportedEmbeddings } from '../portable/imported-embeddings.ts';
import type { PortableRecord, PortableSummary } from '../portable/portable-format.ts';
import { readFaceMatcherJson } from '../portable/read-face-matcher.ts';
import { checkPortableFile, readPortableFile } from '../portable/read-portable-file.ts';
import { readTutorialPair } from '../portable/read-tutorial-pair.ts';
import { writePortableFile } from '../portable/write-portable-file.ts';
import type { EnrolledFace, Gallery, ImportCounts, ImportedPerson, Person } from '../ports/gallery.ts';
import { PROGRESS_OPTIONS } from './progress-options.ts';

export interface ExchangeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Faces done, of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Something that can be imported, checked from its first byte to its last. */
export type ImportSource =
  | {
      readonly kind: 'portable';
      readonly path: string;
      readonly recipe: string;
      readonly checked: PortableSummary;
    }
  | { readonly kind: 'embeddings'; readonly recipe: string; readonly content: ImportedEmbeddings }
  | { readonly kind: 'pictures'; readonly recipe: null; readonly pictures: readonly KnownPicture[] };

/**
 * What lies at these paths: a portable file; embeddings.npy with labels.pickle; face-api.js' JSON; or a folder of
 * face_recognition, whose pictures are to be enrolled.
 * throws  TypeError for other combinations of paths; AcquaintError('bad_import', 'unsafe_pickle')
 */
export async function inspectImport(
  paths: readonly string[],
  options: ExchangeOptions = {},
): Promise<ImportSource> {
  requireArray('paths', paths, requireString);
  requireOptions('inspectImport', options, PROGRESS_OPTIONS);
  const { signal } = options;
  const [first, second] = paths;
  if (first !== undefined && second !== undefined && paths.length === 2) {
    const arrays = paths.find((path) => hasExtension(path, '.npy'));
    const labels = paths.find((path) => hasExtension(path, '.pickle', '.pkl'));
    if (arrays && labels) {
      const content = await readTutorialPair(arrays, labels);
      return { kind: 'embeddings', recipe: content.recipe, content };
    }
  }
  if (first === undefined || second !== undefined) {
    throw new TypeError(
      `Expected one file or folder, or embeddings.npy with labels.pickle, to import but received ${paths.length} paths`,
    );
  }
  if (hasExtension(first, '.npy', '.pickle', '.pkl')) {
    throw new TypeError('Expected both embeddings.npy and labels.pickle to import but received one of them');
  }
  const isFolder = await stat(first).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return { kind: 'pictures', recipe: null, pictures: await listFaceRecognitionFolder(first) };
  if (hasExtension(first, '.json')) {
    const content = await readFaceMatcherJson(first);
    return { kind: 'embeddings', recipe: content.recipe, content };
  }
  const checked = await checkPortableFile(first, { signal });
  return { kind: 'portable', path: first, recipe: checked.header.recipe, checked };
}

function hasExtension(path: string, ...extensions: readonly string[]): boolean {
  return extensions.includes(extname(path).toLowerCase());
}

/**
 * Writes everybody, or one person, into a portable file: whole, or not at all.
 * throws  AcquaintError('output_failed', 'aborted'); the file that was there before stays then
 */
export async function exportGallery(
  gallery: Gallery,
  path: string,
  { person, signal, onProgress }: ExchangeOptions & { readonly person?: Person | undefined } = {},
): Promise<{ readonly people: number; readonly faces: number }> {
  requireString('path', path);
  const people = person ? [person] : await gallery.people();
  const total = people.reduce((sum, { faces }) => sum + faces, 0);
  let done = 0;
  async function* records(): AsyncGenerator<PortableRecord> {
    for (const { id, name, externalId, metadata, createdAt, updatedAt } of people) {
      yield {
        person: { id, name, createdAt, updatedAt, ...(externalId !== null && { externalId }), metadata },
      };
      for (const face of await gallery.facesOf(id)) {
        yield { face };
        onProgress?.(++done, total);
      }
    }
  }
  const header = {
    recipe: gallery.recipe,
    embeddingLength: gallery.embeddingLength,
    createdAt: new Date().toISOString(),
    collection: gallery.collection,
  };
  const { people: written, faces } = await writePortableFile(path, header, records(), { signal });
  return { people: written, faces };
}

/** So many people are written by one transaction. */
const PEOPLE_AT_ONCE = 200;

/**
 * Merges people into the gallery, by id those of a portable file, by name those of other programs. What is there already is
 * passed over.
 * throws  AcquaintError('recipe_mismatch' | 'name_taken') before anything is changed; 'bad_import' for a file that was
 *         changed meanwhile
 */
export async function importInto(
  gallery: Gallery,
  source: Exclude<ImportSource, { readonly kind: 'pictures' }>,
  options: ExchangeOptions = {},
): Promise<ImportCounts> {
  requireKind('the source', 'object', source);
  requireOneOf('kind', ['portable', 'embeddings'], source.kind);
  if (source.kind === 'portable') requireFields('checked', source.checked, { faces: 'number' });
  else requireFields('content', source.content, { count: 'number', embeddings: 'object' });
  if (source.recipe !== gallery.recipe) {
    throw new AcquaintError(
      'recipe_mismatch',
      `The embeddings to import were made by ${source.recipe}, those of the gallery by ${gallery.recipe}, and cannot be ` +
        'compared; import into another gallery or collection, or migrate the gallery first',
    );
  }
  const batch = new ImportBatch(
    gallery,
    options,
    source.kind === 'portable' ? source.checked.faces : source.content.count,
  );
  if (source.kind === 'portable') {
    await requireFreeNames(gallery, source, options);
    const { path, checked } = source;
    const people = new Map<string, Omit<ImportedPerson, 'faces'>>();
    for await (const record of readPortableFile(path, { signal: options.signal, checked })) {
      if ('person' in record) {
        const { id, name, externalId = null, metadata = {}, createdAt } = record.person;
        people.set(id, { id, name, externalId, metadata, createdAt });
        await batch.add(people.get(id)!, []);
      } else {
        const { personId, ...face } = record.face;
        await batch.add(people.get(personId)!, [face]);
      }
    }
  } else {
    const idOf = new Map((await gallery.people()).map(({ id, name }) => [name, id]));
    for await (const { name, embedding } of source.content.embeddings) {
      const normal = normalizeName(name);
      const id = idOf.get(normal) ?? randomUUID();
      idOf.set(normal, id);
      const createdAt = new Date().toISOString();
      await batch.add({ id, name: normal, externalId: null, metadata: {}, createdAt }, [
        faceWithoutPicture(embedding, createdAt),
      ]);
    }
  }
  return batch.end();
}

/** Of one embedding twice the second is known already. */
function faceWithoutPicture(embedding: Float32Array, createdAt: string): Omit<EnrolledFace, 'personId'> {
  const contentHash = createHash('sha256').update(encodeEmbedding(embedding)).digest('hex');
  return {
    id: randomUUID(),
    createdAt,
    embedding,
    contentHash,
    fileName: null,
    box: null,
    quality: null,
    chip: null,
  };
}

/** throws  AcquaintError('name_taken') for people in the file whose name or external id is another's in the gallery */
async function requireFreeNames(
  gallery: Gallery,
  { path, checked }: Extract<ImportSource, { readonly kind: 'portable' }>,
  { signal }: ExchangeOptions,
): Promise<void> {
  const known = await gallery.people();
  const byName = new Map(known.map(({ id, name }) => [name, id]));
  const byExternalId = new Map(known.map(({ id, externalId }) => [externalId, id]));
  let taken = 0;
  for await (const record of readPortableFile(path, { signal, checked })) {
    if (!('person' in record)) continue;
    const { id, name, externalId } = record.person;
    const others = [byName.get(normalizeName(name)), externalId && byExternalId.get(externalId)];
    if (others.some((other) => other !== undefined && other !== '' && other !== id)) taken++;
  }
  if (taken === 0) return;
  throw new AcquaintError(
    'name_taken',
    `${taken} of the people to import ${taken === 1 ? 'has' : 'have'} the name or external id of somebody else in the gallery; ` +
      'nothing was imported. Rename them there (acquaint rename), import, and merge who is one person (acquaint merge)',
  );
}

/** Collects people with their faces and writes many at once. */
class ImportBatch {
  readonly #gallery: Gallery;
  readonly #options: ExchangeOptions;
  readonly #total: number;
  readonly #people = new Map<string, ImportedPerson & { readonly faces: Omit<EnrolledFace, 'personId'>[] }>();
  #counts: ImportCounts = { people: 0, faces: 0, known: 0 };

  constructor(gallery: Gallery, options: ExchangeOptions, total: number) {
    this.#gallery = gallery;
    this.#options = options;
    this.#total = total;
  }

  async add(
    person: Omit<ImportedPerson, 'faces'>,
    faces: readonly Omit<EnrolledFace, 'personId'>[],
  ): Promise<void> {
    const collected = this.#people.get(person.id) ?? { ...person, faces: [] };
    collected.faces.push(...faces);
    this.#people.set(person.id, collected);
    // The last one may get more faces.
    if (this.#people.size > PEOPLE_AT_ONCE) await this.#write();
  }

  async end(): Promise<ImportCounts> {
    await this.#write();
    return this.#counts;
  }

  async #write(): Promise<void> {
    requireNotAborted(this.#options.signal);
    const { people, faces, known } = await this.#gallery.importPeople([...this.#people.values()]);
    this.#people.clear();
    this.#counts = {
      people: this.#counts.people + people,
      faces: this.#counts.faces + faces,
      known: this.#counts.known + known,
    };
    this.#options.onProgress?.(this.#counts.faces + this.#counts.known, this.#total);
  }
}
