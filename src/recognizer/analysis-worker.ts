import { join } from 'node:path';
import { workerData } from 'piscina';
import { cacheFolder } from '../cache-folder.ts';
import type { Point, Rect } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';
import { AcquaintError } from '../errors.ts';
import { createOnnxRuntime } from '../runtime/onnx-runtime.ts';
import type { AnalysedFace, AnalysisRequest } from './analysis.ts';
import { alignChip, analyze as analyzePicture, embedChips, loadModels, predictLandmarks } from './analyze.ts';
import { createModels } from './models.ts';
import { recipeOf } from './recipes.ts';
import type { DetectorName } from './recognizer-api.ts';

/** A worker thread of the pool: ONNX Runtime's `run` blocks here, so that it does not block the caller. */

export interface WorkerSetup {
  readonly threads: number;
  readonly modelsFolder?: string | undefined;
}

/** An AcquaintError loses its code when it crosses the thread boundary, so results are wrapped. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | ({ readonly ok: false } & Pick<AcquaintError, 'code' | 'message' | 'commands'>);

const { threads, modelsFolder }: WorkerSetup = workerData;
const models = createModels(createOnnxRuntime({ threads }), {
  packs: modelsFolder,
  prepared: join(cacheFolder(), 'prepared'),
});

export function analyze(request: AnalysisRequest): Promise<Outcome<readonly AnalysedFace[]>> {
  return outcome(() => analyzePicture(models, request));
}

export function load(request: {
  readonly detector: DetectorName;
  readonly recipe: string | null;
}): Promise<Outcome<void>> {
  return outcome(() => loadModels(models, request.detector, request.recipe));
}

export function landmarks(request: {
  readonly image: RgbImage;
  readonly boxes: readonly Rect[];
  readonly points: 5 | 68;
}): Promise<Outcome<readonly (readonly Point[])[]>> {
  return outcome(() => predictLandmarks(models, request.image, request.boxes, request.points));
}

export function align(request: {
  readonly image: RgbImage;
  readonly landmarks: readonly (readonly Point[])[];
}): Promise<Outcome<readonly RgbImage[]>> {
  return outcome(async () => request.landmarks.map((points) => alignChip(request.image, points)));
}

export function embed(request: {
  readonly chips: readonly RgbImage[];
  readonly recipe: string;
}): Promise<Outcome<readonly Float32Array[]>> {
  return outcome(async () => embedChips(models, request.chips, recipeOf(request.recipe)));
}

async function outcome<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (!(error instanceof AcquaintError)) throw error;
    const { code, message, commands } = error;
    return { ok: false, code, message, commands };
  }
}
