import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { findPack, type ModelPack, type PackSource } from '../../src/packs/catalog.ts';

/** Bytes without a pattern, so that a piece at the wrong place shows. */
export function someBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A pack of the catalogue whose file is `bytes`, from elsewhere. */
export function packOf(bytes: Uint8Array, source: PackSource, changes: Partial<ModelPack> = {}): ModelPack {
  const pack = findPack('yunet-n')!;
  const file = { fileName: 'model.onnx', sha256: sha256(bytes), byteLength: bytes.length };
  return { ...pack, ...file, source, ...changes };
}

export function packAt(address: string, bytes: Uint8Array, changes: Partial<ModelPack> = {}): ModelPack {
  return packOf(bytes, { kind: 'address', address }, changes);
}

export async function modelFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'acquaint-packs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).toSorted();
}

/** Compared by hash: a difference of a megabyte is no message. */
export async function expectFile(path: string, bytes: Uint8Array): Promise<void> {
  expect(sha256(await readFile(path))).toBe(sha256(bytes));
}
