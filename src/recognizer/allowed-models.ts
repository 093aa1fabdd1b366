import { weightsEntry } from '../models/manifest.ts';
import { findPack } from '../packs/catalog.ts';
import { requireAllowedUse } from '../packs/license.ts';
import { packOfDetector } from './models.ts';
import type { Recipe } from './recipes.ts';
import type { Settings } from './recognizer-options.ts';

/**
 * Refuses, for commercial use, a recipe or a detector whose licence excludes it.
 * throws  AcquaintError('not_for_commercial_use')
 */
export function requireAllowed({ commercial, detector }: Settings, { parts }: Recipe): void {
  const packs = [packOfDetector(detector), ...parts.map(({ embedder }) => findPack(embedder))];
  for (const pack of packs) if (pack) requireAllowedUse(pack, commercial);
}

/** The same for landmarks. */
export function requireAllowedLandmarks({ commercial }: Settings, points: 5 | 68): void {
  const entry = weightsEntry(points === 5 ? 'dlib-landmarks-5' : 'dlib-landmarks-68');
  requireAllowedUse({ ...entry, dataNote: entry.origin }, commercial);
}
