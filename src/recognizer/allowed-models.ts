import { AcquaintError } from '../errors.ts';
import { weightsEntry } from '../models/manifest.ts';
import { findPack } from '../packs/catalog.ts';
import { packOfDetector } from './models.ts';
import type { Recipe } from './recipes.ts';
import type { Settings } from './recognizer-options.ts';

interface Licensed {
  readonly id: string;
  readonly license: string;
  readonly commercialUse: boolean;
}

/**
 * Refuses, for commercial use, a recipe or a detector whose licence excludes it.
 * throws  AcquaintError('not_for_commercial_use')
 */
export function requireAllowed({ commercial, detector }: Settings, { parts }: Recipe): void {
  if (!commercial) return;
  const packs = [packOfDetector(detector), ...parts.map(({ embedder }) => findPack(embedder))];
  for (const pack of packs) if (pack) requireCommercialUse(pack);
}

/** The same for landmarks. */
export function requireAllowedLandmarks({ commercial }: Settings, points: 5 | 68): void {
  if (commercial) requireCommercialUse(weightsEntry(points === 5 ? 'dlib-landmarks-5' : 'dlib-landmarks-68'));
}

function requireCommercialUse({ id, license, commercialUse }: Licensed): void {
  if (commercialUse) return;
  throw new AcquaintError(
    'not_for_commercial_use',
    `Expected models that may be used commercially, as configured, but ${id} may not (${license}); ` +
      'choose another one, or ask its authors for a licence',
  );
}
