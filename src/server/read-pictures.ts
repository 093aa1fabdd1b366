import { basename } from 'node:path';
import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { RequestError } from './problems.ts';

export interface UploadedPicture {
  readonly bytes: Uint8Array;
  /** Name of the file without any folder; null for bytes without one. */
  readonly file: string | null;
}

export interface UploadLimits {
  /** Of one picture. */
  readonly maxUploadBytes: number;
  readonly maxPictures: number;
}

export interface Upload {
  readonly pictures: readonly UploadedPicture[];
  /** What else the form or the JSON says. */
  readonly fields: ReadonlyMap<string, string>;
}

const MAX_FIELDS = 20;
/** Pictures of one request together may be so many times as large as one: they are in memory all at once. */
const LARGEST_AT_ONCE = 4;
const MAX_FIELD_BYTES = 4096;
const MAX_FILE_NAME = 255;

/**
 * The pictures of a request: its raw body, the files of a form, or base64 in JSON (`picture`, `pictures`). They are never
 * fetched from an address.
 * throws  RequestError('bad_request' | 'unsupported_media_type' | 'body_too_large' | 'too_many_pictures')
 */
export async function readPictures(
  request: FastifyRequest,
  limits: UploadLimits,
  { least, most }: { readonly least: number; readonly most: number },
): Promise<Upload> {
  const upload = await readUpload(request, { ...limits, maxPictures: Math.min(limits.maxPictures, most) });
  for (const name of upload.fields.keys()) {
    if (Object.hasOwn(request.routeOptions.config.fields ?? {}, name)) continue;
    throw new RequestError('bad_request', 'Expected no other fields than the API describes but received one');
  }
  const { length } = upload.pictures;
  if (length < least) {
    throw new RequestError(
      'bad_request',
      `Expected ${counted(least)} in the field picture but received ${length}`,
    );
  }
  return upload;
}

async function readUpload(request: FastifyRequest, limits: UploadLimits): Promise<Upload> {
  if (request.isMultipart()) return readForm(request, limits);
  if (Buffer.isBuffer(request.body)) {
    return { pictures: [{ bytes: requireBytes(request.body, limits), file: null }], fields: new Map() };
  }
  if (isObject(request.body)) return readJson(request.body, limits);
  throw new RequestError(
    'unsupported_media_type',
    'Expected a picture as multipart/form-data, as a raw image/* body, or as base64 in application/json',
  );
}

async function readForm(
  request: FastifyRequest,
  { maxUploadBytes, maxPictures }: UploadLimits,
): Promise<Upload> {
  const pictures: UploadedPicture[] = [];
  const fields = new Map<string, string>();
  const parts = request.parts({
    limits: {
      fileSize: maxUploadBytes,
      files: maxPictures,
      fields: MAX_FIELDS,
      fieldSize: MAX_FIELD_BYTES,
      parts: maxPictures + MAX_FIELDS,
    },
  });
  let total = 0;
  try {
    for await (const part of parts) {
      if (part.type === 'field') {
        fields.set(part.fieldname, textOf(part));
        continue;
      }
      const picture = await pictureOf(part);
      total += picture.bytes.length;
      if (total > LARGEST_AT_ONCE * maxUploadBytes) throw tooLargeTogether(maxUploadBytes);
      pictures.push(picture);
    }
  } catch (error) {
    throw formError(error, { maxUploadBytes, maxPictures });
  }
  return { pictures, fields };
}

async function pictureOf(part: MultipartFile): Promise<UploadedPicture> {
  return { bytes: await part.toBuffer(), file: fileNameOf(part.filename) };
}

function textOf(part: MultipartValue): string {
  return typeof part.value === 'string' ? part.value : String(part.value);
}

function formError(error: unknown, { maxUploadBytes, maxPictures }: UploadLimits): unknown {
  const { code } = error as { code?: string };
  if (code === 'FST_REQ_FILE_TOO_LARGE') return tooLarge(maxUploadBytes);
  if (code === 'FST_FILES_LIMIT' || code === 'FST_PARTS_LIMIT') {
    return new RequestError(
      'too_many_pictures',
      `Expected at most ${counted(maxPictures)} but received more`,
    );
  }
  if (error instanceof RequestError) return error;
  return new RequestError(
    'bad_request',
    'Expected a whole multipart/form-data body but it is damaged or ends early',
  );
}

function readJson(body: Readonly<Record<string, unknown>>, limits: UploadLimits): Upload {
  const { picture, pictures, ...others } = body;
  const given = [...(picture === undefined ? [] : [picture]), ...(Array.isArray(pictures) ? pictures : [])];
  if (given.length > limits.maxPictures) {
    throw new RequestError(
      'too_many_pictures',
      `Expected at most ${counted(limits.maxPictures)} but received ${given.length}`,
    );
  }
  const fields = Object.entries(others).map(([name, value]) => [name, fieldText(name, value)] as const);
  return {
    pictures: given.map((text) => ({ bytes: requireBytes(bytesOfBase64(text), limits), file: null })),
    fields: new Map(fields),
  };
}

function fieldText(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  throw new RequestError('bad_request', `Expected a text for ${name} but received something else`);
}

/** throws  RequestError('bad_request') for what is no base64, plain or as a data: address */
function bytesOfBase64(text: unknown): Buffer {
  if (typeof text !== 'string') {
    throw new RequestError('bad_request', 'Expected a picture as base64 text but received something else');
  }
  if (/^[a-z]+:\/\//i.test(text)) {
    throw new RequestError(
      'bad_request',
      'Expected a picture as base64 but received an address; pictures are never fetched',
    );
  }
  const base64 = text.startsWith('data:') ? text.slice(text.indexOf(',') + 1) : text;
  if (base64.length === 0 || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(base64)) {
    throw new RequestError('bad_request', 'Expected a picture as base64 but received other characters');
  }
  return Buffer.from(base64, 'base64');
}

function requireBytes(bytes: Buffer, { maxUploadBytes }: UploadLimits): Buffer {
  if (bytes.length === 0) throw new RequestError('bad_request', 'Expected a picture but received no byte');
  if (bytes.length > maxUploadBytes) throw tooLarge(maxUploadBytes);
  return bytes;
}

function tooLarge(maxUploadBytes: number): RequestError {
  const mebibytes = Math.round(maxUploadBytes / 1024 / 1024);
  return new RequestError(
    'body_too_large',
    `Expected a picture of at most ${mebibytes} MiB but received a larger one`,
  );
}

function tooLargeTogether(maxUploadBytes: number): RequestError {
  const mebibytes = Math.round((LARGEST_AT_ONCE * maxUploadBytes) / 1024 / 1024);
  return new RequestError(
    'body_too_large',
    `Expected pictures of at most ${mebibytes} MiB together but received more; a job takes any number`,
  );
}

/** Whatever path a client sends, only the name at its end is kept, and only to be shown again. */
export function fileNameOf(given: string | undefined): string | null {
  const name = basename((given ?? '').replaceAll('\\', '/')).replaceAll(/\p{Cc}/gu, '');
  return name === '' || name === '.' || name === '..' ? null : name.slice(0, MAX_FILE_NAME);
}

function counted(pictures: number): string {
  return pictures === 1 ? '1 picture' : `${pictures} pictures`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
