import { weightsEntry } from '../models/manifest.ts';
import { findPack, type ModelPack } from '../packs/catalog.ts';
import { requireAllowedUse } from '../packs/license.ts';
import { requirePack } from '../packs/store.ts';
import { packOfDetector } from './models.ts';
import type { Recipe } from './recipes.ts';
import type { Settings } from './recognizer-options.ts';

/**
 * Refuses, for commercial use, a recipe or a detector whose licence excludes it.
 * throws  AcquaintError('not_for_commercial_use')
 */
export function requireAllowed(settings: Settings, recipe: Recipe): void {
  for (const pack of packsFor(settings, recipe)) requireAllowedUse(pack, settings.commercial);
}

/** The same for landmarks. */
export function requireAllowedLandmarks({ commercial }: Settings, points: 5 | 68): void {
  const entry = weightsEntry(points === 5 ? 'dlib-landmarks-5' : 'dlib-landmarks-68');
  requireAllowedUse({ ...entry, dataNote: entry.origin }, commercial);
}

/**
 * Refuses a recipe or a detector whose file was not fetched yet.
 * throws  AcquaintError('model_missing')
 */
export async function requireFetched(settings: Settings, recipe: Recipe): Promise<void> {
  for (const pack of packsFor(settings, recipe)) await requirePack(pack, settings.modelsFolder);
}

function packsFor({ detector }: Settings, { parts }: Recipe): ModelPack[] {
  const packs = [packOfDetector(detector), ...parts.map(({ embedder }) => findPack(embedder))];
  return packs.filter((pack) => pack !== null);
}
