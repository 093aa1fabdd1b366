import type { LivenessThresholds } from '../core/liveness-decision.ts';
import { AcquaintError } from '../errors.ts';
import type { LivenessNetSpec } from '../models/liveness-net.ts';
import { findPack, type ModelPack, type PackId } from '../packs/catalog.ts';
import { pullCommand, requirePack } from '../packs/store.ts';

/** A net that tells a face from a picture of a face, by the name of its pack. */
export type LivenessModelName = Extract<PackId, 'faceplugin-liveness' | 'minifasnet-v2'>;

interface LivenessModel extends Pick<LivenessNetSpec, 'classes' | 'liveClass'> {
  readonly name: LivenessModelName;
  readonly scale: number;
  readonly thresholds: LivenessThresholds;
}

/** The first that was fetched is taken. */
const MODELS: readonly LivenessModel[] = [
  {
    name: 'faceplugin-liveness',
    classes: 3,
    liveClass: 0,
    scale: 2.7,
    // Chosen on NUAA's photos (docs/liveness.md).
    thresholds: { spoofBelow: 0.1, liveFrom: 0.9 },
  },
  {
    name: 'minifasnet-v2',
    classes: 3,
    // Silent-Face-Anti-Spoofing, test.py: label 1 is a real face.
    liveClass: 1,
    scale: 2.7,
    // By hand: nobody has measured them here.
    thresholds: { spoofBelow: 0.1, liveFrom: 0.9 },
  },
];

export const LIVENESS_MODELS: readonly LivenessModelName[] = MODELS.map(({ name }) => name);

/** The net's own thresholds, where nobody asks for others. */
export function livenessThresholds(name: LivenessModelName): LivenessThresholds {
  return modelNamed(name).thresholds;
}

/** The pack of the net. */
export function livenessPack(name: LivenessModelName): ModelPack {
  const pack = findPack(name);
  if (!pack) throw new TypeError(`Expected a known pack but received ${name}`);
  return pack;
}

/** What the adapter has to know of the net. */
export function livenessNetSpec(name: LivenessModelName): LivenessNetSpec {
  const { classes, liveClass, scale } = modelNamed(name);
  const { side, channels, mean, deviation } = livenessPack(name).input;
  if (side === null) throw new TypeError(`Expected a net for crops of one size but received ${name}`);
  return { model: name, view: { side, scale }, pixels: { channels, mean, deviation }, classes, liveClass };
}

/**
 * The net that is there: `wanted`, else the first that was fetched.
 * throws  AcquaintError('model_missing') that says which command brings one
 */
export async function fetchedLivenessModel(
  wanted: LivenessModelName | undefined,
  folder: string | undefined,
): Promise<LivenessModelName> {
  if (wanted !== undefined) {
    await requirePack(livenessPack(wanted), folder);
    return wanted;
  }
  for (const name of LIVENESS_MODELS) if (await isFetched(name, folder)) return name;
  const commands = LIVENESS_MODELS.map((name) => pullCommand(livenessPack(name), folder));
  throw new AcquaintError(
    'model_missing',
    `Expected a model that tells a face from a picture of a face but none was fetched. Fetch one by: ${commands.join(' - or by: ')}`,
    { commands },
  );
}

async function isFetched(name: LivenessModelName, folder: string | undefined): Promise<boolean> {
  try {
    await requirePack(livenessPack(name), folder);
    return true;
  } catch (error) {
    if (error instanceof AcquaintError && error.code === 'model_missing') return false;
    throw error;
  }
}

/** throws  TypeError for a name that is none */
export function requireLivenessModel(name: LivenessModelName): LivenessModelName {
  return modelNamed(name).name;
}

function modelNamed(name: LivenessModelName): LivenessModel {
  const model = MODELS.find((each) => each.name === name);
  if (model) return model;
  throw new TypeError(
    `Expected ${LIVENESS_MODELS.map((each) => `'${each}'`).join(' or ')} for livenessModel but received ${String(name)}`,
  );
}
