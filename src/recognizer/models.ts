import { createArcFaceEmbedder } from '../models/arcface-embedder.ts';
import { createHogDetector } from '../models/dlib/hog-detector.ts';
import { createLandmarkPredictor } from '../models/dlib/landmarks.ts';
import { createMmodDetector } from '../models/dlib/mmod-detector.ts';
import { createResnetEmbedder, DLIB_RESNET_MODEL } from '../models/dlib/resnet-embedder.ts';
import { createLivenessNet } from '../models/liveness-net.ts';
import { preparedFilesIn } from '../models/prepared-files.ts';
import type { ModelSource } from '../models/weights.ts';
import { createYunetDetector } from '../models/yunet-detector.ts';
import { findPack, type ModelPack, type PackId } from '../packs/catalog.ts';
import { readPack } from '../packs/store.ts';
import type { Detector } from '../ports/detector.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { LandmarkPredictor } from '../ports/landmark-predictor.ts';
import type { LivenessNet } from '../ports/liveness-net.ts';
import type { Runtime } from '../ports/runtime.ts';
import { type LivenessModelName, livenessNetSpec, livenessPack } from './liveness-models.ts';
import type { EmbedderName } from './recipes.ts';
import type { DetectorName } from './recognizer-api.ts';

/** The models of one thread. Each is loaded when it is first asked for, once; a failed load is tried again. */
export interface Models {
  detector(name: DetectorName): Promise<Detector>;
  landmarks(points: 5 | 68): Promise<LandmarkPredictor>;
  embedder(name: EmbedderName): Promise<Embedder>;
  liveness(name: LivenessModelName): Promise<LivenessNet>;
}

export interface ModelFolders {
  /** Replaces the folder of the package's own weights. */
  readonly weights?: string | undefined;
  /** Of packs; undefined: the user's. */
  readonly packs?: string | undefined;
  /** Of graphs that lie ready; undefined: they are made anew. */
  readonly prepared?: string | undefined;
}

export function createModels(runtime: Runtime, folders: ModelFolders = {}): Models {
  const loaded = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, load: () => Promise<T>): Promise<T> => {
    const known = loaded.get(key);
    if (known) return known as Promise<T>;
    const loading = load();
    loaded.set(key, loading);
    loading.catch(() => loaded.delete(key));
    return loading;
  };
  return {
    detector: (name) => once(name, () => loadDetector(runtime, name, folders)),
    landmarks: (points) =>
      once(`landmarks-${points}`, () => createLandmarkPredictor(points, sourceOf(folders))),
    embedder: (name) => once(name, () => loadEmbedder(runtime, name, folders)),
    liveness: (name) => once(name, () => loadLivenessNet(runtime, name, folders)),
  };
}

function sourceOf({ weights, prepared }: ModelFolders): ModelSource {
  return { weightsFolder: weights, prepared: prepared === undefined ? undefined : preparedFilesIn(prepared) };
}

/** The pack that a detector needs, or null. */
export function packOfDetector(name: DetectorName): ModelPack | null {
  if (name === 'yunet') return packOf('yunet-n');
  return null;
}

async function loadDetector(runtime: Runtime, name: DetectorName, folders: ModelFolders): Promise<Detector> {
  if (name === 'hog') return createHogDetector(runtime, sourceOf(folders));
  if (name === 'mmod') return createMmodDetector(runtime, sourceOf(folders));
  return createYunetDetector(runtime, await readPack(packOf('yunet-n'), folders.packs));
}

async function loadEmbedder(runtime: Runtime, name: EmbedderName, folders: ModelFolders): Promise<Embedder> {
  if (name === DLIB_RESNET_MODEL) return createResnetEmbedder(runtime, sourceOf(folders));
  const pack = packOf(name);
  const { side, embeddingLength, ...pixels } = pack.input;
  if (side === null || embeddingLength === null) {
    throw new TypeError(`Expected a pack that embeds chips but received ${name}`);
  }
  return createArcFaceEmbedder(runtime, await readPack(pack, folders.packs), {
    model: name,
    chipSize: side,
    pixels,
    length: embeddingLength,
  });
}

async function loadLivenessNet(
  runtime: Runtime,
  name: LivenessModelName,
  folders: ModelFolders,
): Promise<LivenessNet> {
  const graph = await readPack(livenessPack(name), folders.packs);
  return createLivenessNet(runtime, graph, livenessNetSpec(name));
}

function packOf(id: PackId): ModelPack {
  const pack = findPack(id);
  if (!pack) throw new TypeError(`Expected a known pack but received ${id}`);
  return pack;
}
