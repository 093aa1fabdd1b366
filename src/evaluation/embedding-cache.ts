import { createHash } from 'node:crypto';
import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rect } from '../core/geometry.ts';
import type { FaceQuality } from '../core/quality.ts';

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
  /** Lines of the file that were damaged and are measured again. */
  readonly damaged: number;
  get(contentHash: string): MeasuredPicture | null;
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
 * measured again. The file is for its owner's eyes only: embeddings are biometric data.
 * throws  what the file system throws when the folder cannot be written
 */
export async function openEmbeddingCache(folder: string, analysisKey: string): Promise<EmbeddingCache> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `embeddings-${digest(analysisKey)}.jsonl`);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const entries = new Map<string, string>();
  let damaged = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const payload = line.slice(CHECK_LENGTH + 1);
    const contentHash = line.startsWith(`${digest(payload)} `) ? hashOf(payload) : null;
    if (contentHash === null) damaged++;
    else entries.set(contentHash, payload);
  }
  const file = await open(path, 'a', 0o600);
  await chmod(path, 0o600);
  // What a killed process left unfinished must not swallow the next line.
  if (text !== '' && !text.endsWith('\n')) await file.write('\n');
  return {
    damaged,
    get(contentHash) {
      const payload = entries.get(contentHash);
      return payload === undefined ? null : decodePicture(payload);
    },
    async put(contentHash, picture) {
      const payload = encodePicture(contentHash, picture);
      entries.set(contentHash, payload);
      await file.write(`${digest(payload)} ${payload}\n`);
    },
    close: () => file.close(),
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, CHECK_LENGTH);
}

interface Line {
  readonly picture: string;
  readonly width: number;
  readonly height: number;
  readonly faces: readonly (Omit<MeasuredFace, 'embedding'> & { readonly embedding: string })[];
}

function hashOf(payload: string): string {
  return (JSON.parse(payload) as Line).picture;
}

function encodePicture(contentHash: string, { width, height, faces }: MeasuredPicture): string {
  const line: Line = {
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
  const { width, height, faces } = JSON.parse(payload) as Line;
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
