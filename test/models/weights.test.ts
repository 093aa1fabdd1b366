import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMmodDetector } from '../../src/models/dlib/mmod-detector.ts';
import { weightsEntry, weightsManifest } from '../../src/models/manifest.ts';
import { readWeights, verifyWeights, weightsPath } from '../../src/models/weights.ts';
import { createOnnxRuntime } from '../../src/runtime/onnx-runtime.ts';

const mmod = weightsEntry('dlib-mmod');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'acquaint-weights-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('the weights', () => {
  it('are all installed, whole, and as long as the manifest says', async () => {
    for (const report of await verifyWeights()) {
      expect(report.status, report.problem ?? '').toBe('ok');
      expect((await readFile(report.path)).length).toBe(report.entry.byteLength);
    }
  });

  it('are free for commercial use but for the 68 landmarks', () => {
    const restricted = weightsManifest.filter(({ commercialUse }) => !commercialUse);
    expect(restricted.map(({ id }) => id)).toEqual(['dlib-landmarks-68']);
  });

  it('that are missing are named, with the place and the remedy', async () => {
    await expect(readWeights(mmod, folder)).rejects.toMatchObject({
      code: 'model_missing',
      message: expect.stringContaining(join(folder, mmod.fileName)),
    });
    await expect(readWeights(mmod, folder)).rejects.toThrow(/npm install/);
  });

  it('that are damaged by one bit are refused, with both hashes', async () => {
    const path = join(folder, mmod.fileName);
    await copyFile(weightsPath(mmod), path);
    const bytes = await readFile(path);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    await writeFile(path, bytes);
    await expect(readWeights(mmod, folder)).rejects.toMatchObject({
      code: 'model_corrupt',
      message: expect.stringMatching(new RegExp(`${mmod.sha256}.*[0-9a-f]{64}`)),
    });
    await expect(
      createMmodDetector(createOnnxRuntime({ threads: 1 }), { weightsFolder: folder }),
    ).rejects.toMatchObject({
      code: 'model_corrupt',
    });
  });

  it('that are cut short are reported as corrupt, the absent ones as missing, without throwing', async () => {
    await writeFile(join(folder, mmod.fileName), (await readFile(weightsPath(mmod))).subarray(0, 1000));
    const reports = await verifyWeights(folder);
    expect(reports.map(({ entry, status }) => [entry.id, status])).toEqual(
      weightsManifest.map(({ id }) => [id, id === 'dlib-mmod' ? 'corrupt' : 'missing']),
    );
  });
});
