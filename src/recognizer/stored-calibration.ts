import type { Calibration } from '../core/calibration.ts';

/** A calibration as it is kept in a gallery. */
export interface StoredCalibration extends Calibration {
  /** The recipe whose distances were measured. */
  readonly recipe: string;
  /** ISO 8601, UTC. */
  readonly calibratedAt: string;
  /** Where the faces came from. */
  readonly source: 'gallery' | 'pictures';
}

const FORMAT = 1;

export function calibrationJson(calibration: StoredCalibration): string {
  return JSON.stringify({ format: FORMAT, ...calibration });
}

/** What `calibrationJson` wrote; null when there is none or a newer version wrote it. */
export function storedCalibration(json: string | null): StoredCalibration | null {
  if (json === null) return null;
  const { format, ...calibration } = JSON.parse(json) as StoredCalibration & { format: number };
  return format === FORMAT ? calibration : null;
}

/** A gallery that has grown beyond this many times the people it was calibrated with is no longer like them. */
const OUTGROWN = 2;

/** Whether there are far more people than the calibration has seen. */
export function isOutgrown({ evidence }: StoredCalibration, people: number): boolean {
  return people > evidence.people * OUTGROWN;
}
