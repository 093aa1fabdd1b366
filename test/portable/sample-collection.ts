import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type {
  PortableFace,
  PortableHeader,
  PortablePerson,
  PortableRecord,
} from '../../src/portable/portable-format.ts';
import { readPortableFile } from '../../src/portable/read-portable-file.ts';

export const MOMENT = '2026-01-31T12:00:00.000Z';

export const header: PortableHeader = { recipe: 'dlib-resnet-v1', embeddingLength: 4, createdAt: MOMENT };

export function personOf(id: string, changes: Partial<PortablePerson> = {}): { person: PortablePerson } {
  return { person: { id, name: `Person ${id}`, createdAt: MOMENT, updatedAt: MOMENT, ...changes } };
}

export function faceOf(
  id: string,
  personId: string,
  changes: Partial<PortableFace> = {},
): { face: PortableFace } {
  return {
    face: {
      id,
      personId,
      createdAt: MOMENT,
      contentHash: createHash('sha256').update(id).digest('hex'),
      fileName: 'ada 1.jpg',
      box: { left: -3, top: 5.5, right: 90, bottom: 98 },
      quality: { sizePx: 93, sharpness: 120.5, brightness: 99.25, yaw: -3.5, viewSpread: null },
      embedding: Float32Array.of(0.25, -1, Math.PI, 0),
      chip: Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1, 2, 3),
      ...changes,
    },
  };
}

/**
 * Two people, three faces: with everything that may be there, and with as little as may be.
 * fixtures/collection-v1.acquaint is what `writePortableFile` of version 1 made of them.
 */
export const sampleRecords: readonly PortableRecord[] = [
  personOf('person-1', {
    name: 'Ada Lovelace',
    externalId: 'HR 0815/a',
    metadata: { department: 'Analytical engines', floors: [1, 2.5, null], badge: { valid: true } },
  }),
  faceOf('face-1', 'person-1'),
  personOf('person-2', { name: '山田 花子' }),
  faceOf('face-2', 'person-2', { fileName: null, box: null, quality: null, chip: null }),
  faceOf('face-3', 'person-1'),
];

/** A folder of the calling test's own. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'acquaint-portable-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function newFile(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(await newFolder(), name);
  await writeFile(path, content);
  return path;
}

export async function recordsIn(path: string): Promise<readonly PortableRecord[]> {
  return collect(readPortableFile(path));
}

export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Records as one sees them: bytes and embeddings as plain lists. */
export function plain(records: readonly PortableRecord[]): unknown {
  return records.map((record) =>
    'person' in record
      ? record
      : {
          face: {
            ...record.face,
            embedding: [...record.face.embedding],
            chip: record.face.chip && [...record.face.chip],
          },
        },
  );
}
