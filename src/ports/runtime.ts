/** A dense tensor, row-major: `dims` outermost first. */
export interface Tensor {
  readonly type: 'uint8' | 'float32';
  readonly data: Uint8Array | Float32Array;
  readonly dims: readonly number[];
}

/** What a graph declares about one of its inputs. */
export interface NetInputShape {
  readonly name: string;
  /** null: any size. */
  readonly dims: readonly (number | null)[];
}

/** A loaded net. One `run` at a time; `run` may block the calling thread, so sessions live in worker threads. */
export interface Session {
  /** In the order of the graph. */
  readonly inputs: readonly NetInputShape[];
  /**
   * requires  a tensor for every input of the graph, with the type and rank the graph declares
   * ensures   one tensor for every output of the graph; inputs unchanged
   * throws    AcquaintError('inference_failed')
   */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  /** Gives the net's memory back. Calling it twice is harmless. */
  close(): Promise<void>;
}

export interface LoadOptions {
  /**
   * Keep the memory of one run for the next (default false): faster, for nets whose inputs are bounded in size. With
   * pictures of ever new sizes it would only grow.
   */
  readonly reuseMemory?: boolean;
}

/** Where nets run. */
export interface Runtime {
  /** `graph`: a serialised ONNX model. throws AcquaintError('model_corrupt') when it cannot be loaded. */
  load(graph: Uint8Array, options?: LoadOptions): Promise<Session>;
}
