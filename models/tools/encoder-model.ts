import { GraphBuilder } from './graph-builder.ts';

const MELS = 80;
const FRAMES = 800;
const POSITIONS = FRAMES / 2;
const WIDTH = 384;
const HEADS = 6;
const LAYERS = 4;

/**
 * A network with the operations and sizes of Smart Turn v3 (the encoder of Whisper tiny over 400 positions, attention
 * pooling, a small classifier: 8 million parameters) and random weights. It judges nothing; it costs what the real one
 * costs. `int8`: weights and activations quantised in the same form as the published file (QDQ, per channel).
 */
export function encoderModel(precision: 'fp32' | 'int8'): Uint8Array<ArrayBuffer> {
  const net = new EncoderBuilder(precision);
  let x = net.gelu(net.conv('input_features', MELS, WIDTH, 1));
  x = net.gelu(net.conv(x, WIDTH, WIDTH, 2));
  x = net.add('Transpose', [x], { perm: [0, 2, 1] });
  x = net.add('Add', [x, net.weights([POSITIONS, WIDTH], 1)]);
  for (let layer = 0; layer < LAYERS; layer++) {
    x = net.add('Add', [x, net.attention(net.norm(x, WIDTH))]);
    const wide = net.gelu(net.linear(net.norm(x, WIDTH), WIDTH, 4 * WIDTH));
    x = net.add('Add', [x, net.linear(wide, 4 * WIDTH, WIDTH)]);
  }
  x = net.norm(x, WIDTH);
  const scores = net.linear(net.add('Tanh', [net.linear(x, WIDTH, 256)]), 256, 1);
  const shares = net.add('Softmax', [scores], { axis: 1 });
  const pooled = net.add('ReduceSum', [net.add('Mul', [x, shares]), net.indices(1)], { keepdims: 0 });
  let y = net.gelu(net.norm(net.linear(pooled, WIDTH, 256), 256));
  y = net.gelu(net.linear(y, 256, 64));
  net.add('Sigmoid', [net.linear(y, 64, 1)], {}, 'logits');
  return net.toFile(
    'encoder',
    [{ name: 'input_features', dims: [1, MELS, FRAMES] }],
    [{ name: 'logits', dims: [1, 1] }],
  );
}

class EncoderBuilder extends GraphBuilder {
  readonly #isQuantised: boolean;
  #seed = 1;

  constructor(precision: 'fp32' | 'int8') {
    super();
    this.#isQuantised = precision === 'int8';
  }

  /** Evenly spread in ±`range`. */
  weights(dims: readonly number[], range: number): string {
    return this.tensor(dims, this.#random(product(dims), range));
  }

  linear(x: string, from: number, to: number): string {
    const weight = this.#parameter([from, to], 1, 1 / Math.sqrt(from));
    const y = this.add('MatMul', [this.#activation(x), weight]);
    return this.add('Add', [this.#activation(y), this.weights([to], 0.1)]);
  }

  conv(x: string, from: number, to: number, stride: number): string {
    const weight = this.#parameter([to, from, 3], 0, 1 / Math.sqrt(3 * from));
    const attributes = { kernel_shape: [3], strides: [stride], pads: [1, 1], dilations: [1], group: 1 };
    return this.add('Conv', [this.#activation(x), weight, this.#bias(to)], attributes);
  }

  gelu(x: string): string {
    const scaled = this.add('Div', [x, this.scalar(Math.SQRT2)]);
    const gate = this.add('Add', [this.add('Erf', [scaled]), this.scalar(1)]);
    return this.add('Mul', [this.add('Mul', [x, gate]), this.scalar(0.5)]);
  }

  norm(x: string, width: number): string {
    const scale = this.tensor([width], new Float32Array(width).fill(1));
    const shift = this.tensor([width], new Float32Array(width));
    return this.add('LayerNormalization', [x, scale, shift], { axis: -1, epsilon: { float: 1e-5 } });
  }

  attention(x: string): string {
    const heads = (perm: readonly number[]): string => {
      const shape = this.indices(1, POSITIONS, HEADS, WIDTH / HEADS);
      return this.add('Transpose', [this.add('Reshape', [this.linear(x, WIDTH, WIDTH), shape])], { perm });
    };
    const scaled = this.add('Mul', [heads([0, 2, 1, 3]), this.scalar(1 / Math.sqrt(WIDTH / HEADS))]);
    const scores = this.add('MatMul', [this.#activation(scaled), this.#activation(heads([0, 2, 3, 1]))]);
    const shares = this.add('Softmax', [scores], { axis: -1 });
    const mixed = this.add('MatMul', [this.#activation(shares), this.#activation(heads([0, 2, 1, 3]))]);
    const rows = this.add('Transpose', [mixed], { perm: [0, 2, 1, 3] });
    return this.linear(this.add('Reshape', [rows, this.indices(1, POSITIONS, WIDTH)]), WIDTH, WIDTH);
  }

  #bias(length: number): string {
    if (!this.#isQuantised) return this.weights([length], 0.1);
    const values = Int32Array.from(this.#random(length, 1000));
    return this.add('DequantizeLinear', [this.tensor([length], values), this.scalar(1e-4)]);
  }

  /** A weight; quantised, one scale for each output channel along `axis`. */
  #parameter(dims: readonly number[], axis: number, range: number): string {
    if (!this.#isQuantised) return this.weights(dims, range);
    const channels = dims[axis] ?? 1;
    const values = Int8Array.from(this.#random(product(dims), 127));
    const scales = new Float32Array(channels).fill(range / 127);
    const zeros = this.tensor([channels], new Int8Array(channels));
    const inputs = [this.tensor(dims, values), this.tensor([channels], scales), zeros];
    return this.add('DequantizeLinear', inputs, { axis });
  }

  /** An activation, rounded to 256 steps where the network is quantised. */
  #activation(x: string): string {
    if (!this.#isQuantised) return x;
    const [scale, zero] = [this.scalar(8 / 255), this.tensor([], Uint8Array.of(128))];
    return this.add('DequantizeLinear', [this.add('QuantizeLinear', [x, scale, zero]), scale, zero]);
  }

  #random(length: number, range: number): Float32Array {
    return Float32Array.from({ length }, () => {
      // xorshift32: the same network on every machine.
      this.#seed ^= this.#seed << 13;
      this.#seed ^= this.#seed >>> 17;
      this.#seed ^= this.#seed << 5;
      return (this.#seed / 2 ** 31) * range;
    });
  }
}

const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
