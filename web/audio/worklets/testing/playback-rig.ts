import { floatToInt16, int16ToFloat } from '#dsp/pcm';
import { Resampler } from '#dsp/resampler';
import { sine } from '#dsp/testing/tones';
import { PlaybackTap } from '../playback-tap.ts';
import { Playback } from '../playback.ts';
import type { PlaybackCommand, PlaybackEvent } from '../playback.messages.ts';

const QUANTUM = 128;
export const OPTIONS = {
  reserveMs: 80,
  maxReserveMs: 400,
  capacityMs: 5_000,
  tap: { rateHz: 16_000, frameSamples: 512 },
};

type TapFrame = Extract<PlaybackEvent, { type: 'tap' }>;
type StreamEvent = Exclude<PlaybackEvent, TapFrame>;

/**
 * A playback worklet without the worklet: every quantum rendered is kept, and so is every event, copied as by a port.
 * Frames of the tap are kept apart, and a buffer goes back for each.
 */
export class PlaybackRig {
  readonly events: StreamEvent[] = [];
  readonly taps: TapFrame[] = [];
  readonly playback: Playback;
  #output = new Float32Array(65_536);
  #outputSamples = 0;

  constructor(
    readonly contextRateHz = 48_000,
    options = OPTIONS,
  ) {
    this.playback = new Playback(contextRateHz, options, (event) => this.#receive(event));
  }

  send(...commands: PlaybackCommand[]): void {
    for (const command of commands) this.playback.handle(command);
  }

  /** Starts stream `stream` and sends it all of `pcm`, and that this is all. */
  sendAnswer(stream: number, rateHz: number, pcm: Int16Array<ArrayBuffer>): void {
    this.send({ type: 'start', stream, rateHz }, { type: 'audio', stream, pcm }, { type: 'end', stream });
  }

  render(ms: number): void {
    const block = new Float32Array(QUANTUM);
    for (let i = 0; i < Math.ceil((ms * this.contextRateHz) / 1000 / QUANTUM); i++) {
      this.playback.render(block, QUANTUM, this.#outputSamples / this.contextRateHz);
      this.#keep(block);
    }
  }

  #receive(event: PlaybackEvent): void {
    if (event.type !== 'tap') {
      this.events.push(structuredClone(event));
      return;
    }
    this.taps.push(structuredClone(event, { transfer: [event.pcm.buffer] }));
    this.send({ type: 'recycle', pcm: new Int16Array(OPTIONS.tap.frameSamples) });
  }

  #keep(block: Float32Array): void {
    if (this.#outputSamples + QUANTUM > this.#output.length) {
      const longer = new Float32Array(2 * this.#output.length);
      longer.set(this.#output);
      this.#output = longer;
    }
    this.#output.set(block, this.#outputSamples);
    this.#outputSamples += QUANTUM;
  }

  /** All of it so far. */
  get output(): Float32Array {
    return this.#output.subarray(0, this.#outputSamples);
  }

  of<T extends StreamEvent['type']>(type: T): Extract<StreamEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<StreamEvent, { type: T }> => event.type === type);
  }
}

export function tone(rateHz: number, ms: number, toneHz = 440, amplitude = 0.5): Int16Array<ArrayBuffer> {
  const floats = sine(rateHz, toneHz, (rateHz * ms) / 1000, amplitude);
  const pcm = new Int16Array(floats.length);
  floatToInt16(floats, pcm);
  return pcm;
}

export function toFloats(pcm: Int16Array): Float32Array {
  const floats = new Float32Array(pcm.length);
  int16ToFloat(pcm, floats);
  return floats;
}

/** What the tap of a rig should have given for all of its output, silence included: resampled in one piece. */
export function tapOf(output: Float32Array, contextRateHz = 48_000): Int16Array<ArrayBuffer> {
  const resampler = new Resampler({ fromHz: contextRateHz, toHz: OPTIONS.tap.rateHz, ...PlaybackTap.FILTER });
  const floats = new Float32Array(resampler.maxOutputSamples(output.length));
  const pcm = new Int16Array(resampler.process(output, floats));
  floatToInt16(floats, pcm, pcm.length);
  return pcm;
}

export const largestStep = (signal: Float32Array) =>
  signal.reduce((largest, x, i) => Math.max(largest, Math.abs(x - (signal[i - 1] ?? 0))), 0);
