import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { isPictureName } from '../../index.ts';
import { RequestError } from '../problems.ts';
import { fileNameOf } from '../read-pictures.ts';

export interface JobLimits {
  readonly maxUploadBytes: number;
  readonly maxJobPictures: number;
  readonly maxJobBytes: number;
}

/** One picture of an upload; null bytes: it is too large, or cannot be unpacked. */
export interface ReceivedPicture {
  readonly person: string;
  readonly file: string | null;
  readonly bytes: Uint8Array | null;
}

/**
 * The pictures of a form, one after the other: each `picture` belongs to the `name` before it.
 * throws  RequestError('bad_request' | 'body_too_large' | 'too_many_pictures')
 */
export async function* picturesOfForm(
  request: FastifyRequest,
  { maxUploadBytes, maxJobPictures, maxJobBytes }: JobLimits,
): AsyncGenerator<ReceivedPicture, void, undefined> {
  let person: string | null = null;
  let total = 0;
  let count = 0;
  const limits = {
    fileSize: maxUploadBytes,
    files: maxJobPictures + 1,
    fields: maxJobPictures + 1,
    fieldSize: 4096,
    parts: 2 * maxJobPictures + 2,
  };
  try {
    for await (const part of request.parts({ limits, throwFileSizeLimit: false } as Parameters<
      typeof request.parts
    >[0])) {
      if (part.type === 'field') {
        if (part.fieldname === 'name') person = String(part.value);
        continue;
      }
      if (person === null) {
        throw new RequestError(
          'bad_request',
          'Expected the field name before the pictures of a person but received a picture first',
        );
      }
      if (++count > maxJobPictures) throw tooMany(maxJobPictures);
      const bytes = await collected(part.file, maxUploadBytes);
      total += bytes?.length ?? maxUploadBytes;
      if (total > maxJobBytes) throw tooLarge(maxJobBytes);
      yield { person, file: fileNameOf(part.filename), bytes };
    }
  } catch (error) {
    if (error instanceof RequestError) throw error;
    if ((error as { statusCode?: number }).statusCode === 413) throw tooMany(maxJobPictures);
    throw new RequestError(
      'bad_request',
      'Expected a whole multipart/form-data body but it is damaged or ends early',
    );
  }
}

/**
 * The pictures of a ZIP archive with one folder per person, or of one person. Nothing of it is written under a name
 * of its own, and no more is unpacked than the limits allow.
 * throws  RequestError('bad_request' | 'body_too_large' | 'too_many_pictures')
 */
export async function* picturesOfZip(
  path: string,
  person: string | null,
  limits: JobLimits,
): AsyncGenerator<ReceivedPicture, void, undefined> {
  const zip = await openPromise(path, { autoClose: false }).catch(() => {
    throw badZip();
  });
  try {
    const entries = await pictureEntries(zip, limits.maxJobPictures);
    const depth = person === null ? wrappingFolders(entries.map(({ fileName }) => fileName)) : 0;
    let total = 0;
    for (const entry of entries) {
      const parts = entry.fileName.split('/').slice(depth);
      const owner = person ?? (parts.length > 1 ? parts[0]! : null);
      if (owner === null) {
        throw new RequestError(
          'bad_request',
          `Expected one folder per person in the archive, or the name of the person in name, but received the picture ${fileNameOf(entry.fileName)} in no folder`,
        );
      }
      const bytes =
        entry.uncompressedSize > limits.maxUploadBytes
          ? null
          : await unpacked(zip, entry, limits.maxUploadBytes);
      total += bytes?.length ?? 0;
      if (total > limits.maxJobBytes) throw tooLarge(limits.maxJobBytes);
      yield { person: owner, file: fileNameOf(entry.fileName), bytes };
    }
  } finally {
    zip.close();
  }
}

async function pictureEntries(zip: ZipFile, most: number): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      if (!isPicture(entry.fileName)) continue;
      if (entries.length === most) throw tooMany(most);
      entries.push(entry);
    }
  } catch (error) {
    throw error instanceof RequestError ? error : badZip();
  }
  return entries;
}

/** Whatever programs put beside the pictures is passed over. */
function isPicture(name: string): boolean {
  return !name.startsWith('__MACOSX/') && isPictureName(name.slice(name.lastIndexOf('/') + 1));
}

/**
 * Folders around the folders of the people: archives of one folder have it in every name.
 * throws  RequestError where it may be either: everybody would be enrolled as one
 */
function wrappingFolders(names: readonly string[]): number {
  const paths = names.map((name) => name.split('/'));
  for (let depth = 0; ; depth++) {
    const [first] = paths;
    const isShared = first && paths.every((path) => path.length > depth + 1 && path[depth] === first[depth]);
    const deeper = paths.filter((path) => path.length > depth + 2).length;
    if (!isShared || deeper === 0) return depth;
    if (deeper < paths.length) {
      throw new RequestError(
        'bad_request',
        `Expected one folder per person but the folder ${first[depth]!.slice(0, 200)} holds pictures beside folders with pictures: put them into folders of their people, or give the one person's name in name`,
      );
    }
  }
}

/** null for what cannot be unpacked, or is larger than it says. */
async function unpacked(zip: ZipFile, entry: Entry, limit: number): Promise<Uint8Array | null> {
  try {
    return await collected(await zip.openReadStreamPromise(entry), limit);
  } catch {
    return null;
  }
}

/** null when there is more than the limit; the rest is read and thrown away. */
async function collected(stream: Readable, limit: number): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  const isCut = (stream as { truncated?: boolean }).truncated === true;
  return length > limit || isCut ? null : Buffer.concat(chunks);
}

function badZip(): RequestError {
  return new RequestError('bad_request', 'Expected a ZIP archive but it is damaged or something else');
}

function tooMany(most: number): RequestError {
  return new RequestError(
    'too_many_pictures',
    `Expected at most ${most} pictures for one job but received more`,
  );
}

function tooLarge(most: number): RequestError {
  return new RequestError('body_too_large', `Expected at most ${most} bytes for one job but received more`);
}
