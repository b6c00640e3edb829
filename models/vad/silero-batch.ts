import { SILERO, type SileroMemory } from './silero.ts';

/** Runs the network for `count` streams at once: `input` is [count, 576], `state` [2, count, 128]. */
export type SileroBatchNetwork = (
  input: Float32Array,
  state: Float32Array,
  count: number,
) => Promise<SileroBatchOutput>;

export interface SileroBatchOutput {
  /** One for each stream. */
  probabilities: Float32Array;
  /** [2, count, 128] */
  state: Float32Array;
}

/** Of each of its two layers, per stream. */
const LAYER = SILERO.stateLength / 2;

/**
 * Frames of many streams in one run: on WebAssembly a frame then costs half of what it costs alone, and is judged
 * exactly the same.
 */
export class SileroBatch {
  readonly #network: SileroBatchNetwork;
  readonly #input: Float32Array;
  readonly #state: Float32Array;

  constructor(network: SileroBatchNetwork, maxStreams: number) {
    this.#network = network;
    this.#input = new Float32Array(maxStreams * SILERO.inputLength);
    this.#state = new Float32Array(maxStreams * SILERO.stateLength);
  }

  /** Probabilities of voice in the frame that each stream has just taken; at most `maxStreams`, each once. */
  async probabilities(streams: readonly SileroMemory[]): Promise<Float32Array> {
    const count = streams.length;
    streams.forEach(({ input, state }, i) => {
      this.#input.set(input, i * SILERO.inputLength);
      this.#state.set(state.subarray(0, LAYER), i * LAYER);
      this.#state.set(state.subarray(LAYER), (count + i) * LAYER);
    });
    const output = await this.#network(
      this.#input.subarray(0, count * SILERO.inputLength),
      this.#state.subarray(0, count * SILERO.stateLength),
      count,
    );
    streams.forEach(({ state }, i) => {
      state.set(output.state.subarray(i * LAYER, (i + 1) * LAYER));
      state.set(output.state.subarray((count + i) * LAYER, (count + i + 1) * LAYER), LAYER);
    });
    return output.probabilities;
  }
}
