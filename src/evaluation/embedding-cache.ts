import { createHash } from 'node:crypto';
import { chmod, type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireString } from '../core/arguments.ts';
import type { Rect } from '../core/geometry.ts';
import type { FaceQuality } from '../core/quality.ts';
import { AcquaintError } from '../errors.ts';

/** One face of a picture as it was measured. */
export interface MeasuredFace {
  readonly box: Rect;
  readonly score: number;
  readonly embedding: Float32Array;
  readonly quality: FaceQuality;
}

/** What a picture gave. */
export interface MeasuredPicture {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly MeasuredFace[];
}

/** Embeddings of pictures that were measured before, by the hash of their bytes. */
export interface EmbeddingCache {
  /** Lines of the file that were damaged: they are gone, and their pictures are measured again. */
  readonly damaged: number;
  get(contentHash: string): MeasuredPicture | null;
  /** throws  AcquaintError('cache_unusable') */
  put(contentHash: string, picture: MeasuredPicture): Promise<void>;
  close(): Promise<void>;
}

const CHECK_LENGTH = 16;

/** Keeps nothing. */
export function noEmbeddingCache(): EmbeddingCache {
  return { damaged: 0, get: () => null, put: async () => {}, close: async () => {} };
}

/**
 * Opens the cache of one way to make embeddings (`analysisKey` of a recognizer) in `folder`, which is created.
 * One file a key: a line a picture, led by a check sum, so that a line that was cut short or changed is noticed and
 * measured again. Several processes may have it open. The file is for its owner's eyes only: embeddings are biometric
 * data.
 * throws  AcquaintError('cache_unusable')
 */
export async function openEmbeddingCache(folder: string, analysisKey: string): Promise<EmbeddingCache> {
  requireString('folder', folder);
  requireString('analysisKey', analysisKey);
  const path = join(folder, `embeddings-${digest(analysisKey)}.jsonl`);
  const unusable = (cause: NodeJS.ErrnoException): never => {
    throw new AcquaintError(
      'cache_unusable',
      `Embeddings cannot be kept in ${folder} (${cause.code}); choose another folder, or keep none`,
      { cause },
    );
  };
  const { file, entries, damaged } = await openFile(folder, path).catch(unusable);
  return {
    damaged,
    get(contentHash) {
      const payload = entries.get(contentHash);
      return payload === undefined ? null : decodePicture(payload);
    },
    async put(contentHash, picture) {
      const payload = encodePicture(contentHash, picture);
      entries.set(contentHash, payload);
      await file.appendFile(`${digest(payload)} ${payload}\n`).catch(unusable);
    },
    close: () => file.close(),
  };
}

interface CacheFile {
  readonly file: FileHandle;
  /** Content hash -> payload of its line. */
  readonly entries: Map<string, string>;
  readonly damaged: number;
}

async function openFile(folder: string, path: string): Promise<CacheFile> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await open(path, 'a', 0o600);
  try {
    await chmod(path, 0o600);
    const bytes = await readFile(path);
    const entries = new Map<string, string>();
    const damages: Line[] = [];
    for (const line of linesOf(bytes)) {
      const text = bytes.toString('utf8', line.start, line.end);
      const payload = text.slice(CHECK_LENGTH + 1);
      const isWhole = line.isComplete && text.startsWith(`${digest(payload)} `);
      if (isWhole) entries.set(hashOf(payload), payload);
      else damages.push(line);
    }
    if (damages.length > 0) await blank(path, damages);
    return { file, entries, damaged: damages.length };
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface Line {
  readonly start: number;
  /** Exclusive, without the line break. */
  readonly end: number;
  /** Whether a line break follows: a killed process leaves a line without. */
  readonly isComplete: boolean;
}

const LINE_BREAK = 0x0a;

/** The lines that are not empty. */
function linesOf(bytes: Uint8Array): readonly Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(LINE_BREAK, start);
    const end = found === -1 ? bytes.length : found;
    if (end > start) lines.push({ start, end, isComplete: found !== -1 });
    start = end + 1;
  }
  return lines;
}

/**
 * Makes line breaks of damaged lines: told once, they are nobody's any more. In place, because other processes may be
 * appending to the file.
 */
async function blank(path: string, lines: readonly Line[]): Promise<void> {
  const file = await open(path, 'r+');
  try {
    for (const { start, end } of lines)
      await file.write(Buffer.alloc(end - start, LINE_BREAK), 0, end - start, start);
  } finally {
    await file.close();
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, CHECK_LENGTH);
}

interface PictureLine {
  readonly picture: string;
  readonly width: number;
  readonly height: number;
  readonly faces: readonly (Omit<MeasuredFace, 'embedding'> & { readonly embedding: string })[];
}

function hashOf(payload: string): string {
  return (JSON.parse(payload) as PictureLine).picture;
}

function encodePicture(contentHash: string, { width, height, faces }: MeasuredPicture): string {
  const line: PictureLine = {
    picture: contentHash,
    width,
    height,
    faces: faces.map(({ box, score, embedding, quality }) => ({
      box,
      score,
      quality,
      embedding: Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength).toString('base64'),
    })),
  };
  return JSON.stringify(line);
}

function decodePicture(payload: string): MeasuredPicture {
  const { width, height, faces } = JSON.parse(payload) as PictureLine;
  return {
    width,
    height,
    faces: faces.map((face) => {
      const bytes = Buffer.from(face.embedding, 'base64');
      const embedding = new Float32Array(bytes.byteLength / 4);
      new Uint8Array(embedding.buffer).set(bytes);
      return { ...face, embedding };
    }),
  };
}
