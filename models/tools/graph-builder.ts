import { toOnnxFile, type Node, type Port, type Tensor, type TensorData } from './onnx-file.ts';

/** Writes a graph down in the order it is computed: each operation gives the name of its result. */
export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #initializers: Tensor[] = [];
  #named = 0;

  /** A constant; the name of it. */
  tensor(dims: readonly number[], data: TensorData): string {
    const name = this.#name('c');
    this.#initializers.push({ name, dims, data });
    return name;
  }

  scalar(value: number): string {
    return this.tensor([], Float32Array.of(value));
  }

  /** Whole numbers for operations that take their axes or shapes as an input. */
  indices(...values: readonly number[]): string {
    return this.tensor([values.length], BigInt64Array.from(values, BigInt));
  }

  /** One operation with one result; `output` names it where the outside has to know it. */
  add(type: string, inputs: readonly string[], attributes: Node['attributes'] = {}, output = this.#name('v')): string {
    this.#nodes.push({ type, inputs, outputs: [output], attributes });
    return output;
  }

  toFile(name: string, inputs: readonly Port[], outputs: readonly Port[]): Uint8Array<ArrayBuffer> {
    const graph = { name, opset: 17, inputs, outputs, nodes: this.#nodes, initializers: this.#initializers };
    return toOnnxFile(graph);
  }

  #name(prefix: string): string {
    return `${prefix}${this.#named++}`;
  }
}
