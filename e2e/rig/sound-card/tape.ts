import { EAR_RATE_HZ } from '../browser/answer-trail.ts';
import { Recorder } from './recorder.ts';
import type { SoundServer } from './sound-server.ts';

/** More, and nobody can tell any more what came when. */
const MAX_LOST_MS = 15;

export interface Taped {
  /** At EAR_RATE_HZ. */
  page: Float32Array<ArrayBuffer>;
  /** The person, and the page's echo below; at EAR_RATE_HZ. */
  microphone: Float32Array<ArrayBuffer>;
  /** What the worse of the two lost from its beginning to its end. */
  lostMs: number;
}

/** What the loudspeaker plays and what is before the microphone, from outside of the browser, until it is stopped. */
export class Tape {
  readonly #page: Recorder;
  readonly #microphone: Recorder;

  private constructor(server: SoundServer) {
    this.#page = new Recorder(server, 'speaker');
    this.#microphone = new Recorder(server, 'air');
  }

  static async start(server: SoundServer): Promise<Tape> {
    const tape = new Tape(server);
    try {
      await Promise.all([tape.#page.running(), tape.#microphone.running()]);
      return tape;
    } catch (error) {
      await tape.stop();
      throw error;
    }
  }

  /** How much is on the microphone's recording; up to a quarter of a second behind what sounds at this moment. */
  get nowMs(): number {
    return this.#microphone.recordedMs;
  }

  /** Stops. Both are on the clock of the microphone's recording. */
  async finish(): Promise<Taped> {
    await this.stop();
    const clocks = [this.#page.clock, this.#microphone.clock] as const;
    const lostMs = Math.max(...clocks.map((clock) => Math.abs(clock.lostMs)));
    if (lostMs > MAX_LOST_MS) throw new Error(`a recording lost ${Math.round(lostMs)} ms`);
    const laterMs = clocks[0].beganMs - clocks[1].beganMs;
    const page = delayed(this.#page.taped(), Math.round((laterMs * EAR_RATE_HZ) / 1000));
    return { page, microphone: this.#microphone.taped(), lostMs };
  }

  async stop(): Promise<void> {
    await Promise.all([this.#page.stop(), this.#microphone.stop()]);
  }
}

/** By a negative number it loses its beginning. */
function delayed(samples: Float32Array, by: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(Math.max(0, samples.length + by));
  out.set(samples.subarray(Math.max(0, -by)), Math.max(0, by));
  return out;
}
