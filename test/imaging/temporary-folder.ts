import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder of the calling test file's own, removed after its tests. Another user may look into it. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'acquaint-imaging-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
