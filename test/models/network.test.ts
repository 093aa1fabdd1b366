import { beforeAll, describe, expect, it } from 'vitest';
import { AcquaintError } from '../../src/errors.ts';
import { type DlibNetwork, parseNetwork } from '../../src/models/dlib/network.ts';
import { weightsEntry } from '../../src/models/manifest.ts';
import { readWeights } from '../../src/models/weights.ts';

let mmodBytes: Uint8Array;
let mmod: DlibNetwork;
let resnet: DlibNetwork;

beforeAll(async () => {
  mmodBytes = await readWeights(weightsEntry('dlib-mmod'));
  mmod = parseNetwork(mmodBytes, 'mmod');
  resnet = parseNetwork(await readWeights(weightsEntry('dlib-resnet-v1')), 'resnet');
});

/** Of each layer with filters, from input to output: how many numbers, the first, the last, and their sum. */
function parameterSummary(network: DlibNetwork) {
  return network.layers.flatMap((layer) => {
    if (layer.kind !== 'convolution' && layer.kind !== 'fully_connected') return [];
    const numbers = [...layer.weights, ...(layer.kind === 'convolution' ? layer.bias : [])];
    const sum = numbers.reduce((total, number) => total + number, 0);
    return [[numbers.length, numbers[0] ?? Number.NaN, numbers.at(-1) ?? Number.NaN, sum] as const];
  });
}

describe('the reader of dlib nets', () => {
  it("reads the detector's numbers as dlib does", () => {
    // dlib 19.24: visit_layer_parameters, output to input, printed with nine digits.
    const expected = [
      [3646, -0.00131869758, -0.209265828, -5.19456864],
      [50670, -5.95880738e-5, 5.27802868e-8, -4.01921537],
      [50670, -0.000199438568, 2.54588102e-8, -0.988051977],
      [36045, -0.00085992855, 5.93586265e-8, -1.01818271],
      [25632, 0.000544586044, -3.16298383e-8, -1.25485714],
      [12832, 0.000385045219, 4.09560847e-8, -0.699127546],
      [1216, -0.00163527776, -3.33708049e-5, -0.0318300187],
    ].reverse();
    expectSameNumbers(parameterSummary(mmod), expected);
  });

  it("reads the embedding net's numbers as dlib does", () => {
    const summary = parameterSummary(resnet);
    expect(summary).toHaveLength(30);
    const expected = [
      [4736, -0.0293299202, 4.82206815e-5, -1.03509322],
      [9248, -0.0198807381, -2.55741014e-7, -5.46457896],
    ];
    expectSameNumbers(summary.slice(0, 2), expected);
    expectSameNumbers(summary.slice(-2), [
      [590080, 3.87452959e-9, -7.58783045e-8, -117.664041],
      [32768, -0.00674624741, 0.00627936004, -0.109791151],
    ]);
  });

  it('reads how the detector looks at a picture and how it suppresses', () => {
    expect(mmod.input.pyramid).toEqual({ paddingPx: 10, outerPaddingPx: 11 });
    if (mmod.loss.kind !== 'mmod') throw new TypeError('Expected a detector');
    expect(mmod.loss.options.windows).toEqual([{ width: 80, height: 80 }]);
    expect(mmod.loss.options.suppression.iou).toBeCloseTo(0.338276, 6);
    expect(mmod.loss.options.suppression.covered).toBe(1);
  });

  it('reads the size and the channel means of the embedding net', () => {
    expect(resnet.input.size).toEqual({ width: 150, height: 150 });
    expect(resnet.input.means.red).toBeCloseTo(122.782, 4);
    expect(resnet.input.means.green).toBeCloseTo(117.001, 4);
    expect(resnet.input.means.blue).toBeCloseTo(104.298, 4);
  });

  it('finds 14 residual blocks, 4 of which shrink', () => {
    const kinds = resnet.layers.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'add')).toHaveLength(14);
    // One average pool in each shrinking block, and one over everything at the end.
    expect(kinds.filter((kind) => kind === 'average_pool')).toHaveLength(5);
    expect(kinds.at(-1)).toBe('fully_connected');
  });

  it('refuses a file that is cut short anywhere', () => {
    for (let cut = 0; cut < 200; cut++) expectCorrupt(mmodBytes.subarray(0, cut));
    for (let cut = 200; cut < mmodBytes.length; cut += 9973) expectCorrupt(mmodBytes.subarray(0, cut));
    expectCorrupt(mmodBytes.subarray(0, mmodBytes.length - 1));
  });

  it('refuses bytes behind the end', () => {
    expectCorrupt(Uint8Array.from([...mmodBytes, 0]));
  });

  it('answers a changed byte with a net or model_corrupt, never with anything else', () => {
    for (let at = 0; at < 600; at++) {
      const damaged = mmodBytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      try {
        parseNetwork(damaged, 'damaged');
      } catch (error) {
        expect(error).toBeInstanceOf(AcquaintError);
        expect(error).toMatchObject({ code: 'model_corrupt' });
      }
    }
  });
});

function expectSameNumbers(actual: readonly (readonly number[])[], expected: readonly (readonly number[])[]) {
  expect(actual).toHaveLength(expected.length);
  for (const [i, numbers] of expected.entries()) {
    for (const [j, number] of numbers.entries()) {
      expect(Math.abs((actual[i]?.[j] ?? Number.NaN) - number)).toBeLessThanOrEqual(
        1e-8 * Math.abs(number) + 1e-15 + (j === 3 ? 1e-7 : 0),
      );
    }
  }
}

function expectCorrupt(bytes: Uint8Array): void {
  expect(() => parseNetwork(bytes, 'cut')).toThrow(expect.objectContaining({ code: 'model_corrupt' }));
}
