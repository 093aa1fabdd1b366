import { beforeAll, describe, expect, it } from 'vitest';
import { parseNetwork } from '../../src/models/dlib/network.ts';
import { buildNetworkGraph } from '../../src/models/dlib/network-graph.ts';
import { weightsEntry } from '../../src/models/manifest.ts';
import { encodeModel } from '../../src/models/onnx/encode.ts';
import { readWeights } from '../../src/models/weights.ts';
import type { Session } from '../../src/ports/runtime.ts';
import { createOnnxRuntime } from '../../src/runtime/onnx-runtime.ts';

const side = 64;
const byteLength = side * side * 3;
let graph: Uint8Array;
let session: Session;

beforeAll(async () => {
  const bytes = await readWeights(weightsEntry('dlib-mmod'));
  graph = encodeModel(buildNetworkGraph(parseNetwork(bytes, 'dlib-mmod')));
  session = await createOnnxRuntime({ threads: 1 }).load(graph);
  return () => session.close();
});

/** A picture without two equal rows or columns, written to `data`. */
function paint(data: Uint8Array): Uint8Array {
  for (let i = 0; i < data.length; i++) data[i] = (i * 31 + (i >> 5) * 17) % 256;
  return data;
}

async function scores(data: Uint8Array): Promise<Float32Array> {
  const { result } = await session.run({ pixels: { type: 'uint8', data, dims: [1, side, side, 3] } });
  return Float32Array.from(result?.data ?? []);
}

describe('ONNX Runtime', () => {
  it('reads pixels that begin in the middle of their buffer', async () => {
    const expected = await scores(paint(new Uint8Array(byteLength)));
    expect(await scores(paint(new Uint8Array(byteLength + 999).subarray(999)))).toEqual(expected);
  });

  it('reads pixels that lie on a SharedArrayBuffer', async () => {
    const expected = await scores(paint(new Uint8Array(byteLength)));
    expect(await scores(paint(new Uint8Array(new SharedArrayBuffer(byteLength))))).toEqual(expected);
  });

  it('loads a graph that begins in the middle of its buffer', async () => {
    const moved = new Uint8Array(graph.length + 13).subarray(13);
    moved.set(graph);
    const second = await createOnnxRuntime({ threads: 1 }).load(moved);
    await second.close();
  });

  it('calls a graph that is cut short or no graph at all corrupt', async () => {
    const runtime = createOnnxRuntime({ threads: 1 });
    const corrupt = { code: 'model_corrupt' };
    await expect(runtime.load(graph.subarray(0, 1000))).rejects.toMatchObject(corrupt);
    await expect(runtime.load(paint(new Uint8Array(100)))).rejects.toMatchObject(corrupt);
  });

  it('calls a tensor of the wrong shape a failed inference and stays usable', async () => {
    const pixels = { type: 'uint8', data: new Uint8Array(byteLength), dims: [1, side, side * 3] } as const;
    await expect(session.run({ pixels })).rejects.toMatchObject({ code: 'inference_failed' });
    expect((await scores(new Uint8Array(byteLength))).length).toBeGreaterThan(0);
  });
});
