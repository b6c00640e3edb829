/**
 * Silero voice activity detection, versions 5 and 6 (github.com/snakers4/silero-vad, MIT): the model takes 512 new
 * samples at 16 kHz with the 64 before them, and carries a recurrent state. Shared by the browser and the relay; how the
 * network itself is run is the caller's business.
 */
export const SILERO = {
  rateHz: 16_000,
  frameSamples: 512,
  contextSamples: 64,
  /** [2, 1, 128] */
  stateLength: 256,
  inputLength: 576,
} as const;

/** Runs the network once: `input` is [1, 576], `state` [2, 1, 128]; both may be reused by the caller afterwards. */
export type SileroNetwork = (input: Float32Array, state: Float32Array) => Promise<SileroOutput>;

export interface SileroOutput {
  probability: number;
  state: Float32Array;
}

/** What is remembered of one stream of sound between frames. */
export class SileroMemory {
  /** The next 576 samples: the last 64 of the frame before, and a frame. */
  readonly input = new Float32Array(SILERO.inputLength);
  readonly state = new Float32Array(SILERO.stateLength);

  /** 512 samples in [-1, 1]. */
  take(frame: Float32Array): void {
    this.input.copyWithin(0, SILERO.frameSamples);
    this.input.set(frame, SILERO.contextSamples);
  }

  reset(): void {
    this.input.fill(0);
    this.state.fill(0);
  }
}

/** One stream of sound. Frames must be taken one after the other: each waits for the one before. */
export class Silero {
  readonly #network: SileroNetwork;
  readonly #memory = new SileroMemory();

  constructor(network: SileroNetwork) {
    this.#network = network;
  }

  /** Probability of voice in 512 samples in [-1, 1]. */
  async probability(frame: Float32Array): Promise<number> {
    this.#memory.take(frame);
    const { probability, state } = await this.#network(this.#memory.input, this.#memory.state);
    this.#memory.state.set(state);
    return probability;
  }

  reset(): void {
    this.#memory.reset();
  }
}
