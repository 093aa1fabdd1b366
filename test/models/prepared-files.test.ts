import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RgbImage } from '../../src/core/image.ts';
import { createMmodDetector } from '../../src/models/dlib/mmod-detector.ts';
import { createResnetEmbedder } from '../../src/models/dlib/resnet-embedder.ts';
import { preparedFilesIn } from '../../src/models/prepared-files.ts';
import { createOnnxRuntime } from '../../src/runtime/onnx-runtime.ts';
import { chipPath, decode, samplePath, samples } from './golden.ts';

const runtime = createOnnxRuntime({ threads: 2 });
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'acquaint-prepared-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function embed(chip: RgbImage, weightsFolder?: string): Promise<Float32Array> {
  const embedder = await createResnetEmbedder(runtime, { weightsFolder, prepared: preparedFilesIn(folder) });
  const [embedding] = await embedder.embed([chip]);
  await embedder.close();
  return embedding!;
}

async function detect(picture: RgbImage, weightsFolder?: string) {
  const detector = await createMmodDetector(runtime, { weightsFolder, prepared: preparedFilesIn(folder) });
  const detections = await detector.detect(picture, { minFacePx: 80, scoreThreshold: 0, maxFaces: 100 });
  await detector.close();
  return detections;
}

describe('graphs that lie ready', () => {
  const chip = () => decode(chipPath(samples[0]!.faces[0]!.chip.png));

  it('give the same embedding, and nothing of the weights is read', async () => {
    const first = await embed(await chip());
    expect(await readdir(folder)).toHaveLength(1);
    expect(await embed(await chip(), join(folder, 'nowhere'))).toEqual(first);
  });

  it('give the same faces, and nothing of the weights is read', async () => {
    const picture = await decode(samplePath('sample5.jpg'));
    const first = await detect(picture);
    expect(first.length).toBeGreaterThan(0);
    expect(await detect(picture, join(folder, 'nowhere'))).toEqual(first);
  });

  it.each([
    [
      'changed',
      async (path: string) => writeFile(path, (await readFile(path)).fill(7, 1_000_000, 1_000_004)),
    ],
    ['cut short', (path: string) => truncate(path, 5_000_000)],
    ['empty', (path: string) => truncate(path, 0)],
  ])('are made anew when the file is %s', async (_what, damage) => {
    const first = await embed(await chip());
    const [name] = await readdir(folder);
    await damage(join(folder, name!));
    expect(await embed(await chip())).toEqual(first);
    expect(await embed(await chip(), join(folder, 'nowhere'))).toEqual(first);
  });

  it('are done without where nothing can be written', async () => {
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file where the folder should be');
    expect(await embed(await chip())).toHaveLength(128);
  });

  it('appear once when several programs start at the same time', async () => {
    const embeddings = await Promise.all([embed(await chip()), embed(await chip()), embed(await chip())]);
    expect(embeddings[1]).toEqual(embeddings[0]);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('of code that is no longer in use go after a month, and not before', async () => {
    const old = join(folder, 'dlib-resnet-v1.graph.0123');
    const recent = join(folder, 'dlib-resnet-v1.graph.4567');
    await writeFile(old, '');
    await writeFile(recent, '');
    await utimes(old, new Date(), new Date(Date.now() - 40 * 24 * 60 * 60 * 1000));
    await embed(await chip());
    const names = await readdir(folder);
    expect(names).toHaveLength(2);
    expect(names).toContain('dlib-resnet-v1.graph.4567');
  });
});
