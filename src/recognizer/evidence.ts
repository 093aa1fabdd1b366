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
      [1e-4, 0.4766],
      [1e-3, 0.5458],
      [0.01, 0.6204],
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
      [1e-4, 0.4672],
      [1e-3, 0.5343],
      [0.01, 0.6083],
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
      [1e-6, 0.2973],
      [1e-5, 0.3267],
      [1e-4, 0.3666],
      [1e-3, 0.4132],
      [0.01, 0.4656],
      [0.1, 0.5351],
      [0.3, 0.5875],
    ),
    likelihood: likelihood(
      [0.3, 10.84],
      [0.34, 8.35],
      [0.38, 5.77],
      [0.42, 3.03],
      [0.46, 0.1],
      [0.5, -3.09],
      [0.54, -4.58],
      [0.58, -6],
    ),
  },
  'mobilefacenet-512+mirror': {
    falseMatches: falseMatches(
      [1e-6, 0.9193],
      [1e-5, 1.0197],
      [1e-4, 1.0825],
      [1e-3, 1.152],
      [0.01, 1.2296],
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
      [1e-6, 0.5863],
      [1e-5, 0.6363],
      [1e-4, 0.6825],
      [1e-3, 0.731],
      [0.01, 0.7881],
      [0.1, 0.8637],
      [0.3, 0.9146],
    ),
    likelihood: likelihood(
      [0.54, 13.23],
      [0.58, 11.5],
      [0.62, 8.84],
      [0.66, 6.3],
      [0.7, 3.39],
      [0.74, 0.79],
      [0.78, -0.92],
      [0.82, -3.33],
      [0.86, -5.03],
      [0.9, -6.2],
    ),
  },
};
