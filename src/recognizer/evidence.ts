import type { FalseMatchCurve } from '../core/false-matches.ts';
import type { LikelihoodCurve } from '../core/likelihood.ts';

/** What was measured about the distances of one kind of embeddings. */
export interface Evidence {
  readonly falseMatches: FalseMatchCurve;
  readonly likelihood: LikelihoodCurve;
}

const falseMatches = (...rows: readonly (readonly [rate: number, distance: number])[]): FalseMatchCurve =>
  rows.map(([rate, distance]) => ({ rate, distance }));

const likelihood = (...rows: readonly (readonly [distance: number, logRatio: number])[]): LikelihoodCurve =>
  rows.map(([distance, logRatio]) => ({ distance, logRatio }));

/**
 * By the space of the recipe. Measured by bench/accuracy/evidence.js on all pairs of LFW's 7,701 pictures: 29.6 million
 * of different people, 8,101 of one person.
 */
export const EVIDENCE: Readonly<Record<string, Evidence>> = {
  'dlib-resnet-v1': {
    falseMatches: falseMatches(
      [1e-6, 0.3846],
      [1e-5, 0.4227],
      [3e-5, 0.4471],
      [1e-4, 0.4766],
      [3e-4, 0.5081],
      [1e-3, 0.5458],
      [3e-3, 0.5811],
      [0.01, 0.6204],
      [0.03, 0.6596],
      [0.1, 0.7115],
      [0.3, 0.7787],
    ),
    likelihood: likelihood(
      [0.38, 10.87],
      [0.42, 9.27],
      [0.46, 7.71],
      [0.5, 6.13],
      [0.54, 4.28],
      [0.58, 2.36],
      [0.62, 0.32],
      [0.66, -2.43],
      [0.7, -4.12],
      [0.74, -5.03],
      [0.78, -5.74],
      [0.82, -6.14],
    ),
  },
  'dlib-resnet-v1+mirror': {
    falseMatches: falseMatches(
      [1e-6, 0.3777],
      [1e-5, 0.4151],
      [3e-5, 0.438],
      [1e-4, 0.4672],
      [3e-4, 0.4975],
      [1e-3, 0.5343],
      [3e-3, 0.5692],
      [0.01, 0.6083],
      [0.03, 0.6475],
      [0.1, 0.6994],
      [0.3, 0.7669],
    ),
    likelihood: likelihood(
      [0.38, 10.71],
      [0.42, 8.9],
      [0.46, 7.26],
      [0.5, 5.47],
      [0.54, 3.56],
      [0.58, 1.52],
      [0.62, -0.77],
      [0.66, -3.87],
      [0.7, -4.54],
      [0.74, -4.99],
    ),
  },
  'dlib-resnet-v1+views': {
    falseMatches: falseMatches(
      [1e-6, 0.3162],
      [1e-5, 0.3474],
      [3e-5, 0.3674],
      [1e-4, 0.3911],
      [3e-4, 0.4149],
      [1e-3, 0.4426],
      [3e-3, 0.4693],
      [0.01, 0.5002],
      [0.03, 0.532],
      [0.1, 0.5749],
      [0.3, 0.6311],
    ),
    likelihood: likelihood(
      [0.3, 12.16],
      [0.34, 9.63],
      [0.38, 7.36],
      [0.42, 5.06],
      [0.46, 2.45],
      [0.5, -0.32],
      [0.54, -3.37],
      [0.58, -4.63],
      [0.62, -5.74],
    ),
  },
  'mobilefacenet-512+mirror': {
    falseMatches: falseMatches(
      [1e-6, 0.9193],
      [1e-5, 1.0197],
      [3e-5, 1.0494],
      [1e-4, 1.0825],
      [3e-4, 1.115],
      [1e-3, 1.152],
      [3e-3, 1.1879],
      [0.01, 1.2296],
      [0.03, 1.2702],
      [0.1, 1.3194],
      [0.3, 1.375],
    ),
    likelihood: likelihood(
      [0.94, 10.77],
      [0.98, 9.52],
      [1.02, 7.55],
      [1.06, 5.49],
      [1.1, 3.7],
      [1.14, 1.81],
      [1.18, -0.15],
      [1.22, -0.77],
      [1.26, -2.23],
      [1.3, -4.29],
      [1.34, -4.47],
    ),
  },
  'dlib+mobilefacenet': {
    falseMatches: falseMatches(
      [1e-6, 0.5993],
      [1e-5, 0.6509],
      [3e-5, 0.6747],
      [1e-4, 0.6998],
      [3e-4, 0.7231],
      [1e-3, 0.7505],
      [3e-3, 0.7774],
      [0.01, 0.8102],
      [0.03, 0.8445],
      [0.1, 0.8897],
      [0.3, 0.9439],
    ),
    likelihood: likelihood(
      [0.58, 12.63],
      [0.62, 9.74],
      [0.66, 7.44],
      [0.7, 4.66],
      [0.74, 2.21],
      [0.78, 0.05],
      [0.82, -2.48],
      [0.86, -3.76],
      [0.9, -5.22],
    ),
  },
};
