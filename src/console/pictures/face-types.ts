import type { IdentifiedFace } from '../../client/index.ts';

export type Box = IdentifiedFace['box'];
export type Decision = IdentifiedFace['decision'];

/** What every answer about a face says, of a photo or of a camera. */
export type Answer = Pick<
  IdentifiedFace,
  | 'decision'
  | 'liveness'
  | 'person'
  | 'distance'
  | 'threshold'
  | 'confidence'
  | 'runnerUp'
  | 'reasons'
  | 'quality'
>;
