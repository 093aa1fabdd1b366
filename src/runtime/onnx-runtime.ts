import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { AcquaintError } from '../errors.ts';
import type { NetInputShape, Runtime, Session, Tensor } from '../ports/runtime.ts';

export interface OnnxRuntimeOptions {
  /** Threads that share the work of one `run`. */
  readonly threads: number;
}

/** ONNX Runtime's own log: 4 is fatal errors only; what fails is thrown. */
const LOG_FATAL = 4;

/**
 * Nets on ONNX Runtime's CPU provider. `run` blocks the calling thread while the net computes.
 */
export function createOnnxRuntime({ threads }: OnnxRuntimeOptions): Runtime {
  return {
    async load(graph, { reuseMemory = false } = {}) {
      try {
        const session = await InferenceSession.create(graph, {
          executionProviders: ['cpu'],
          intraOpNumThreads: threads,
          interOpNumThreads: 1,
          enableCpuMemArena: reuseMemory,
          enableMemPattern: false,
          logSeverityLevel: LOG_FATAL,
          extra: {
            session: {
              // Waiting threads must not spin: pictures in work at once share the cores.
              intra_op: { allow_spinning: '0' },
              // Weights in the arena would make it grow to the next power of two.
              use_device_allocator_for_initializers: '1',
            },
          },
        });
        return new OnnxSession(session);
      } catch (cause) {
        throw new AcquaintError('model_corrupt', `The net could not be loaded: ${reasonOf(cause)}`, {
          cause,
        });
      }
    },
  };
}

class OnnxSession implements Session {
  readonly inputs: readonly NetInputShape[];
  #session: InferenceSession | null;

  constructor(session: InferenceSession) {
    this.#session = session;
    this.inputs = session.inputMetadata.map((input) => ({
      name: input.name,
      dims: input.isTensor ? input.shape.map(sizeOf) : [],
    }));
  }

  async run(inputs: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
    if (this.#session === null) throw new AcquaintError('inference_failed', 'The net has been closed');
    const feeds = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, toOnnx(tensor)]));
    try {
      const results = await this.#session.run(feeds);
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, fromOnnx(tensor)]));
    } catch (cause) {
      throw new AcquaintError('inference_failed', `The net failed: ${reasonOf(cause)}`, { cause });
    }
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.release();
  }
}

/** A size that a graph leaves open has a name instead of a number. */
function sizeOf(size: number | string): number | null {
  return typeof size === 'number' && size > 0 ? size : null;
}

function toOnnx({ type, data, dims }: Tensor): OnnxTensor {
  // On Node 20 the native side refuses memory that threads share.
  const own = data.buffer instanceof SharedArrayBuffer ? data.slice() : data;
  return new OnnxTensor(type, own, dims);
}

function fromOnnx(tensor: OnnxTensor): Tensor {
  if (!(tensor.data instanceof Float32Array)) {
    throw new TypeError(`Expected a result of float32 but received ${tensor.type}`);
  }
  return { type: 'float32', data: tensor.data, dims: tensor.dims };
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
