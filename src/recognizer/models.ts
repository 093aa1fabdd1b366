import { createHogDetector } from '../models/dlib/hog-detector.ts';
import { createLandmarkPredictor } from '../models/dlib/landmarks.ts';
import { createMmodDetector } from '../models/dlib/mmod-detector.ts';
import { createResnetEmbedder } from '../models/dlib/resnet-embedder.ts';
import type { Detector } from '../ports/detector.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { LandmarkPredictor } from '../ports/landmark-predictor.ts';
import type { Runtime } from '../ports/runtime.ts';
import type { DetectorName } from './recognizer-api.ts';

/** The models of one thread. Each is loaded when it is first asked for, once; a failed load is tried again. */
export interface Models {
  detector(name: DetectorName): Promise<Detector>;
  landmarks(points: 5 | 68): Promise<LandmarkPredictor>;
  embedder(): Promise<Embedder>;
}

export function createModels(runtime: Runtime, weightsFolder?: string): Models {
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
    detector: (name) =>
      once(name, () =>
        name === 'hog'
          ? createHogDetector(runtime, weightsFolder)
          : createMmodDetector(runtime, weightsFolder),
      ),
    landmarks: (points) => once(`landmarks-${points}`, () => createLandmarkPredictor(points, weightsFolder)),
    embedder: () => once('embedder', () => createResnetEmbedder(runtime, weightsFolder)),
  };
}
