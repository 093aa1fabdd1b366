import type { Calibration } from '../core/calibration.ts';
import { AcquaintError } from '../errors.ts';

/** A calibration as it is kept in a gallery. */
export interface StoredCalibration extends Calibration {
  /** The recipe whose distances were measured. */
  readonly recipe: string;
  /** ISO 8601, UTC. */
  readonly calibratedAt: string;
  /** Where the faces came from. */
  readonly source: 'gallery' | 'pictures';
}

/** The calibration of a gallery, and whether it is any use. */
export interface CalibrationState extends StoredCalibration {
  /** Whether its thresholds hold here: those of another recipe's distances do not. */
  readonly applies: boolean;
  /** Whether there are far more people than it has seen: better calibrate again. */
  readonly outgrown: boolean;
}

const FORMAT = 1;

export function calibrationJson(calibration: StoredCalibration): string {
  return JSON.stringify({ format: FORMAT, ...calibration });
}

/**
 * What `calibrationJson` wrote; null when there is none or a newer version wrote it.
 * throws  AcquaintError('gallery_corrupt')
 */
export function storedCalibration(json: string | null): StoredCalibration | null {
  if (json === null) return null;
  const { format, ...calibration } = parsed(json);
  if (Number(format) > FORMAT) return null;
  const { verifyOffset, identifyOffset, recipe, evidence } = calibration;
  const numbers = [verifyOffset, identifyOffset, evidence?.people];
  if (format !== FORMAT || !numbers.every(Number.isFinite) || typeof recipe !== 'string') throw damaged();
  return calibration as StoredCalibration;
}

function parsed(json: string): Partial<StoredCalibration> & { readonly format?: unknown } {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null) return value;
  } catch (cause) {
    throw damaged(cause);
  }
  throw damaged();
}

function damaged(cause?: unknown): AcquaintError {
  const message =
    'The calibration in the gallery is damaged; acquaint calibrate makes a new one, acquaint calibrate --remove does without';
  return new AcquaintError('gallery_corrupt', message, { cause });
}

/** A gallery that has grown beyond this many times the people it was calibrated with is no longer like them. */
const OUTGROWN = 2;

/** Whether there are far more people than the calibration has seen. */
export function isOutgrown({ evidence }: StoredCalibration, people: number): boolean {
  return people > evidence.people * OUTGROWN;
}
