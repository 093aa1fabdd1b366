import { existsSync } from 'node:fs';
import { Piscina } from 'piscina';
import type { Point, Rect } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';
import { AcquaintError } from '../errors.ts';
import { forbidTelemetry } from '../runtime/forbid-telemetry.ts';
import { stackSizeMb } from '../runtime/stack-size.ts';
import { usableCores } from '../runtime/usable-cores.ts';
import type { AnalysedFace, AnalysisRequest } from './analysis.ts';
import type { Outcome, WorkerSetup } from './analysis-worker.ts';
import type { DetectorName } from './recognizer-api.ts';

export interface AnalysisPoolOptions {
  /** Pictures in work at once. */
  readonly concurrency: number;
  readonly threadsPerPicture: number;
  /** Of packs. */
  readonly modelsFolder?: string | undefined;
}

/** More workers each hold nets of their own (about 150 MB) and gain little. */
const MAX_WORKERS = 8;

export function defaultConcurrency(): number {
  return Math.min(MAX_WORKERS, usableCores());
}

/** More share a picture's nets no faster. */
const MAX_THREADS_PER_PICTURE = 4;

/** One picture alone should use every core; several share them, which costs a tenth because threads wait. */
export function defaultThreadsPerPicture(): number {
  return Math.min(MAX_THREADS_PER_PICTURE, usableCores());
}

/** Worker threads with models of their own: several pictures in work at once, the calling thread free. */
export interface AnalysisPool {
  /** Starts one thread and loads in it what pictures will need. */
  load(detector: DetectorName, recipe: string | null): Promise<void>;
  analyze(request: AnalysisRequest, signal?: AbortSignal): Promise<readonly AnalysedFace[]>;
  landmarks(image: RgbImage, boxes: readonly Rect[], points: 5 | 68): Promise<readonly (readonly Point[])[]>;
  align(image: RgbImage, landmarks: readonly (readonly Point[])[]): Promise<readonly RgbImage[]>;
  embed(chips: readonly RgbImage[], recipe: string): Promise<readonly Float32Array[]>;
  close(): Promise<void>;
}

/** Starts no thread before the first request. */
export function createAnalysisPool({
  concurrency,
  threadsPerPicture,
  modelsFolder,
}: AnalysisPoolOptions): AnalysisPool {
  let pool: Piscina | null = null;
  let loading: Promise<void> | null = null;
  const inWork = new Set<Promise<unknown>>();
  const run = async <T>(name: string, request: unknown, signal?: AbortSignal): Promise<T> => {
    pool ??= startPool(concurrency, { threads: threadsPerPicture, modelsFolder });
    const task: Promise<Outcome<T>> = pool.run(request, { name });
    inWork.add(task);
    const done = () => inWork.delete(task);
    task.then(done, done);
    return unwrap(await (signal ? untilAborted(task, signal) : task));
  };
  return {
    load(detector, recipe) {
      loading ??= run<void>('load', { detector, recipe }).finally(() => {
        loading = null;
      });
      return loading;
    },
    async analyze(request, signal) {
      // Else another thread would be started for what the one that loads is about to do.
      await loading?.catch(() => {});
      return run('analyze', request, signal);
    },
    landmarks: (image, boxes, points) => run('landmarks', { image, boxes, points }),
    align: (image, landmarks) => run('align', { image, landmarks }),
    embed: (chips, recipe) => run('embed', { chips, recipe }),
    async close() {
      const closing = pool;
      pool = null;
      // A worker that is ended while ONNX Runtime computes takes the whole process down.
      await Promise.allSettled(inWork);
      await closing?.destroy();
    },
  };
}

/** Rejects when the signal fires: the caller goes on at once, the worker finishes its picture for nobody. */
function untilAborted<T>(task: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () =>
      reject(new AcquaintError('aborted', 'The work was interrupted', { cause: signal.reason }));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    // A signal may live for thousands of pictures: it must not collect their listeners.
    task.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function startPool(concurrency: number, setup: WorkerSetup): Piscina {
  const worker = new URL('./analysis-worker.js', import.meta.url);
  if (!existsSync(worker)) {
    throw new Error(
      `Expected the built worker at ${worker.pathname}; run npm run build and import the built package`,
    );
  }
  forbidTelemetry();
  return new Piscina({
    filename: worker.href,
    minThreads: 1,
    maxThreads: concurrency,
    concurrentTasksPerWorker: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    resourceLimits: { stackSizeMb: stackSizeMb() },
    workerData: setup,
  });
}

function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  const { code, message, commands } = outcome;
  throw new AcquaintError(code, message, { commands });
}
