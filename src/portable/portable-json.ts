import { decodeEmbedding, encodeEmbedding } from '../core/embedding-bytes.ts';
import type { Rect } from '../core/geometry.ts';
import type { FaceQuality } from '../core/quality.ts';
import type { StoredQuality } from '../ports/gallery.ts';
import { readMetadata } from './metadata.ts';
import {
  MAX_CHIP_BYTES,
  MAX_EMBEDDING_LENGTH,
  PORTABLE_FORMAT,
  PORTABLE_VERSION,
  type PortableFace,
  type PortableHeader,
  type PortablePerson,
  type PortableRecord,
} from './portable-format.ts';
import { kindOf, ValueProblem } from './value-problem.ts';
import {
  readBase64,
  readFinite,
  readMoment,
  readName,
  readObject,
  readPattern,
  readWholeNumber,
} from './values.ts';

/**
 * The lines of a portable file as JSON values, there and back. What comes from `…From` was checked in every field and
 * holds nothing else; what `…ToJson` gives is not checked, but `…From` takes it back exactly when it may be written.
 */

/** The last line's content. */
export interface PortableEnd {
  readonly people: number;
  readonly faces: number;
  readonly sha256: string;
}

export function headerToJson({ recipe, embeddingLength, createdAt, collection }: PortableHeader): object {
  return {
    format: PORTABLE_FORMAT,
    version: PORTABLE_VERSION,
    recipe,
    embeddingLength,
    createdAt,
    ...(collection !== undefined && { collection }),
  };
}

export function recordToJson(record: PortableRecord): object {
  return 'person' in record ? { person: personToJson(record.person) } : { face: faceToJson(record.face) };
}

/** throws  ValueProblem */
export function headerFrom(json: unknown): PortableHeader {
  const { version } = requireFormat(json);
  if (version !== PORTABLE_VERSION) {
    const received = Number.isInteger(version) ? `version ${version}; update acquaint` : kindOf(version);
    throw new ValueProblem(`version ${PORTABLE_VERSION} of the format`, received);
  }
  const required = ['format', 'version', 'recipe', 'embeddingLength', 'createdAt'];
  const fields = readObject(json, 'the header', required, ['collection']);
  return {
    recipe: readPattern(fields.recipe, 'recipe', RECIPE, 'the name of a recipe'),
    embeddingLength: readWholeNumber(fields.embeddingLength, 'embeddingLength', 1, MAX_EMBEDDING_LENGTH),
    createdAt: readMoment(fields.createdAt, 'createdAt'),
    ...(fields.collection !== undefined && { collection: readLabel(fields.collection, 'collection') }),
  };
}

/** A person or a face, where there may be no end. throws  ValueProblem */
export function recordFrom(json: unknown, embeddingLength: number): PortableRecord {
  const content = lineFrom(json, embeddingLength);
  if ('end' in content) throw new ValueProblem('a person or a face', 'an end');
  return content;
}

/** A line below the header. throws  ValueProblem */
export function lineFrom(
  json: unknown,
  embeddingLength: number,
): PortableRecord | { readonly end: PortableEnd } {
  const fields = readObject(json, 'the line', [], ['person', 'face', 'end']);
  const [kind, ...others] = Object.keys(fields);
  if (kind === undefined || others.length > 0) {
    throw new ValueProblem('one of person, face and end', kind ? 'several' : 'none');
  }
  if (kind === 'person') return { person: personFrom(fields.person) };
  if (kind === 'face') return { face: faceFrom(fields.face, embeddingLength) };
  return { end: endFrom(fields.end) };
}

const RECIPE = /^[A-Za-z0-9][\w.+-]{0,99}$/;
const ID = /^[\w-]{1,64}$/;
const SHA256 = /^[0-9a-f]{64}$/;
/** Without control characters and halves of surrogate pairs. */
const LABEL = /^[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]{1,200}$/u;
/** The name of a file, not a path: it must lead nowhere when somebody makes a file of that name. */
const FILE_NAME = /^(?!\.{1,2}$)[^/\0]{1,1024}$/;

/** Its first fields tell that it is a header at all, also that of a newer version. */
function requireFormat(json: unknown): { readonly version: unknown } {
  const fields = typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  if (fields.format === PORTABLE_FORMAT) return { version: fields.version };
  throw new ValueProblem(`a header with "format":"${PORTABLE_FORMAT}"`, 'another');
}

function personToJson({ id, name, externalId, metadata, createdAt, updatedAt }: PortablePerson): object {
  return {
    id,
    name,
    ...(externalId !== undefined && { externalId }),
    ...(metadata !== undefined && { metadata }),
    createdAt,
    updatedAt,
  };
}

function personFrom(json: unknown): PortablePerson {
  const optional = ['externalId', 'metadata'];
  const fields = readObject(json, 'person', ['id', 'name', 'createdAt', 'updatedAt'], optional);
  return {
    id: readId(fields.id, 'person.id'),
    name: readName(fields.name, 'person.name'),
    ...(fields.externalId !== undefined && { externalId: readLabel(fields.externalId, 'person.externalId') }),
    ...(fields.metadata !== undefined && { metadata: readMetadata(fields.metadata, 'person.metadata') }),
    createdAt: readMoment(fields.createdAt, 'person.createdAt'),
    updatedAt: readMoment(fields.updatedAt, 'person.updatedAt'),
  };
}

function readLabel(value: unknown, what: string): string {
  return readPattern(value, what, LABEL, '1 to 200 characters without control characters');
}

function readId(value: unknown, what: string): string {
  return readPattern(value, what, ID, '1 to 64 letters, digits, hyphens and underscores');
}

function faceToJson(face: PortableFace): object {
  return {
    id: face.id,
    personId: face.personId,
    createdAt: face.createdAt,
    contentHash: face.contentHash,
    fileName: face.fileName,
    box: face.box,
    quality: face.quality,
    embedding: base64(encodeEmbedding(face.embedding)),
    chip: face.chip && base64(face.chip),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

const FACE_FIELDS = [
  'id',
  'personId',
  'createdAt',
  'contentHash',
  'fileName',
  'box',
  'quality',
  'embedding',
  'chip',
];

function faceFrom(json: unknown, embeddingLength: number): PortableFace {
  const { fileName, box, quality, chip, ...fields } = readObject(json, 'face', FACE_FIELDS);
  return {
    id: readId(fields.id, 'face.id'),
    personId: readId(fields.personId, 'face.personId'),
    createdAt: readMoment(fields.createdAt, 'face.createdAt'),
    contentHash: readSha256(fields.contentHash, 'face.contentHash'),
    fileName:
      fileName === null
        ? null
        : readPattern(fileName, 'face.fileName', FILE_NAME, 'the name of a file, without a folder, or null'),
    box: box === null ? null : readBox(box),
    quality: quality === null ? null : readQuality(quality),
    embedding: readEmbedding(fields.embedding, embeddingLength),
    chip: chip === null ? null : readChip(chip),
  };
}

function readSha256(value: unknown, what: string): string {
  return readPattern(value, what, SHA256, '64 lower-case hexadecimal digits');
}

function readBox(value: unknown): Rect {
  const fields = readObject(value, 'face.box', ['left', 'top', 'right', 'bottom']);
  const box = {
    left: readFinite(fields.left, 'face.box.left'),
    top: readFinite(fields.top, 'face.box.top'),
    right: readFinite(fields.right, 'face.box.right'),
    bottom: readFinite(fields.bottom, 'face.box.bottom'),
  };
  if (box.left <= box.right && box.top <= box.bottom) return box;
  throw new ValueProblem('left <= right and top <= bottom for face.box', 'another box');
}

/** Galleries of version 0.1 have the first three only. null: not measured. */
const MEASURES: {
  readonly [Name in keyof FaceQuality]: null extends FaceQuality[Name] ? 'nullable' : 'required' | 'optional';
} = {
  sizePx: 'required',
  sharpness: 'required',
  brightness: 'required',
  outside: 'optional',
  contrast: 'optional',
  yaw: 'optional',
  roll: 'optional',
  eyeLight: 'nullable',
  mouthLines: 'nullable',
  landmarkSpread: 'nullable',
  viewSpread: 'nullable',
};
const MEASURE_NAMES = Object.keys(MEASURES) as readonly (keyof FaceQuality)[];
const REQUIRED_MEASURES = MEASURE_NAMES.filter((name) => MEASURES[name] === 'required');

function readQuality(value: unknown): StoredQuality {
  const fields = readObject(value, 'face.quality', REQUIRED_MEASURES, MEASURE_NAMES);
  const measured = MEASURE_NAMES.filter((name) => Object.hasOwn(fields, name)).map((name) => {
    const isNull = MEASURES[name] === 'nullable' && fields[name] === null;
    return [name, isNull ? null : readFinite(fields[name], `face.quality.${name}`)] as const;
  });
  return Object.fromEntries(measured) as unknown as StoredQuality;
}

function readEmbedding(value: unknown, length: number): Float32Array {
  const byteLength = length * Float32Array.BYTES_PER_ELEMENT;
  const bytes = readBase64(value, 'face.embedding', MAX_EMBEDDING_LENGTH * Float32Array.BYTES_PER_ELEMENT);
  if (bytes.byteLength !== byteLength) {
    throw new ValueProblem(
      `${length} numbers of 4 bytes for face.embedding, as the header says,`,
      `${bytes.byteLength} bytes`,
    );
  }
  const embedding = decodeEmbedding(bytes);
  if (embedding.every(Number.isFinite)) return embedding;
  throw new ValueProblem('finite numbers for face.embedding', 'one that is not');
}

function readChip(value: unknown): Uint8Array {
  const bytes = readBase64(value, 'face.chip', MAX_CHIP_BYTES);
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
  if (isJpeg) return bytes;
  throw new ValueProblem('a JPEG file for face.chip', 'other bytes');
}

function endFrom(json: unknown): PortableEnd {
  const fields = readObject(json, 'end', ['people', 'faces', 'sha256']);
  return {
    people: readWholeNumber(fields.people, 'end.people', 0, Number.MAX_SAFE_INTEGER),
    faces: readWholeNumber(fields.faces, 'end.faces', 0, Number.MAX_SAFE_INTEGER),
    sha256: readSha256(fields.sha256, 'end.sha256'),
  };
}
