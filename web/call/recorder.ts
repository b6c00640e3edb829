import { bytesToInt16, int16ToBytes, int16ToFloat } from '#dsp/pcm';
import { LIMITS } from '#protocol';
import type { Journal, RelayLink } from '../conversation/ports.ts';

interface RecordedFrame {
  startSample: number;
  pcm: Uint8Array<ArrayBuffer>;
}

/**
 * Where the microphone's frames go: always into a short memory of the last seconds, and, while an utterance is open,
 * into the journal and onto the link, in that order: what was said is kept before it is sent.
 */
export class Recorder {
  /** Enough for the pre-roll, a decision that comes late, and as much as the end-of-turn model listens to. */
  static readonly #MEMORY_FRAMES = Math.ceil((8 * LIMITS.inputRateHz) / LIMITS.frameSamples);
  readonly #journal: Journal;
  readonly #link: RelayLink;
  readonly #memory: RecordedFrame[] = [];
  #endSample = 0;
  #open: { utterance: string; isRecording: boolean; fromSample: number; recordedTo: number } | undefined;

  constructor(journal: Journal, link: RelayLink) {
    this.#journal = journal;
    this.#link = link;
  }

  /** End of the last frame, in samples since the first frame of all. */
  get endSample(): number {
    return this.#endSample;
  }

  /** Takes one frame of LIMITS.frameSamples; the samples are copied. Returns its end. */
  push(samples: Int16Array<ArrayBuffer>): number {
    const frame = { startSample: this.#endSample, pcm: new Uint8Array(int16ToBytes(samples)) };
    this.#endSample += samples.length;
    this.#memory.push(frame);
    if (this.#memory.length > Recorder.#MEMORY_FRAMES) this.#memory.shift();
    if (this.#open?.isRecording) this.#record(frame);
    return this.#endSample;
  }

  /** The sound of before is not to be recorded any more. */
  forget(): void {
    this.#memory.length = 0;
  }

  /** The last samples of an utterance, up to now, in [-1, 1]; at most `maxSamples`. */
  tail(utterance: string, maxSamples: number): Float32Array<ArrayBuffer> {
    const from = this.#open?.utterance === utterance ? this.#open.fromSample : this.#endSample;
    const bytes = this.span(Math.max(from, this.#endSample - maxSamples), this.#endSample);
    const samples = new Float32Array(bytes.length / 2);
    int16ToFloat(bytesToInt16(bytes), samples);
    return samples;
  }

  /** What was heard between two positions, as far as it is remembered: PCM16LE. */
  span(fromSample: number, toSample: number): Uint8Array<ArrayBuffer> {
    const first = this.#memory[0]?.startSample ?? this.#endSample;
    const from = Math.max(fromSample, first);
    const span = new Uint8Array(2 * Math.max(0, Math.min(toSample, this.#endSample) - from));
    for (const { startSample, pcm } of this.#memory) {
      const skipped = Math.max(0, from - startSample);
      const at = 2 * (startSample + skipped - from);
      if (skipped < LIMITS.frameSamples && at < span.length) {
        span.set(pcm.subarray(2 * skipped, Math.min(pcm.length, 2 * skipped + span.length - at)), at);
      }
    }
    return span;
  }

  open(conversation: string, utterance: string, fromSample: number): void {
    this.#journal.beginUtterance(conversation, utterance);
    this.#link.begin(utterance);
    this.#open = { utterance, isRecording: true, fromSample, recordedTo: fromSample };
    this.#recordFromMemory(fromSample);
  }

  /** The utterance ends here, for now; the link is told by its own command. */
  pause(): void {
    if (this.#open) this.#open.isRecording = false;
  }

  /** Goes on from `fromSample`, or from where recording stopped if that is later. */
  resume(utterance: string, fromSample: number): void {
    const known = this.#open?.utterance === utterance ? this.#open : undefined;
    const recordedTo = known?.recordedTo ?? 0;
    this.#open = { utterance, isRecording: true, fromSample: known?.fromSample ?? fromSample, recordedTo };
    this.#recordFromMemory(Math.max(recordedTo, fromSample));
  }

  #recordFromMemory(fromSample: number): void {
    for (const frame of this.#memory) {
      if (frame.startSample + LIMITS.frameSamples > fromSample) this.#record(frame);
    }
  }

  #record(frame: RecordedFrame): void {
    if (!this.#open) return;
    this.#open.recordedTo = frame.startSample + LIMITS.frameSamples;
    this.#journal.appendFrame(this.#open.utterance, frame.pcm);
    this.#link.append(this.#open.utterance, frame.pcm);
  }
}
