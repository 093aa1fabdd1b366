import type { Tensor } from '../../ports/runtime.ts';

/** The few element types our nets use. */
export type ElementType = Tensor['type'] | 'int64';

/** A value that enters or leaves the graph; a string in `dims` names a dimension whose size is open. */
export interface GraphValue {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | string)[];
}

export type AttributeValue = number | readonly number[];

export interface GraphNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Whole numbers or lists of them: no operator we use takes others. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface GraphConstant {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly nodes: readonly GraphNode[];
  readonly constants: readonly GraphConstant[];
}

/** Builds a graph node by node. Every method returns the name of the value it made. */
export class GraphBuilder {
  readonly #name: string;
  readonly #nodes: GraphNode[] = [];
  readonly #constants: GraphConstant[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    const output = `${operator.toLowerCase()}_${this.#nodes.length}`;
    this.#nodes.push({ operator, inputs, output, attributes });
    return output;
  }

  floats(dims: readonly number[], data: Float32Array): string {
    return this.#constant(dims, data);
  }

  integers(values: readonly number[]): string {
    return this.#constant([values.length], BigInt64Array.from(values, BigInt));
  }

  /** The graph, with `result` under the name of `output`. */
  build(input: GraphValue, result: string, output: GraphValue): OnnxGraph {
    const nodes = [
      ...this.#nodes,
      { operator: 'Identity', inputs: [result], output: output.name, attributes: {} },
    ];
    return { name: this.#name, inputs: [input], outputs: [output], nodes, constants: this.#constants };
  }

  #constant(dims: readonly number[], data: Float32Array | BigInt64Array): string {
    const name = `constant_${this.#constants.length}`;
    this.#constants.push({ name, dims, data });
    return name;
  }
}
