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
      [3e-7, 0.3595],
      [1e-6, 0.3846],
      [1e-5, 0.4228],
      [1e-4, 0.4767],
      [1e-3, 0.5457],
      [0.01, 0.6204],
      [0.1, 0.7115],
    ),
    likelihood: likelihood([0.3, 9], [0.6, 0], [0.8, -5]),
  },
  'dlib-resnet-v1+mirror': {
    falseMatches: falseMatches(
      [1e-6, 0.377],
      [1e-5, 0.415],
      [1e-4, 0.467],
      [1e-3, 0.534],
      [0.01, 0.608],
      [0.1, 0.7],
    ),
    likelihood: likelihood([0.3, 9], [0.58, 0], [0.8, -5]),
  },
  'dlib-resnet-v1+views': {
    falseMatches: falseMatches(
      [3e-7, 0.2949],
      [1e-6, 0.3181],
      [1e-5, 0.351],
      [1e-4, 0.3942],
      [1e-3, 0.4457],
      [0.01, 0.503],
      [0.1, 0.5777],
    ),
    likelihood: likelihood([0.25, 9], [0.48, 0], [0.7, -5]),
  },
};
