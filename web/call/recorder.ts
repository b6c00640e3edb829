import { int16ToBytes } from '#dsp/pcm';
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
  /** Enough for the pre-roll, the frames until voice is certain, and a decision that comes late. */
  static readonly #MEMORY_FRAMES = Math.ceil((3 * LIMITS.inputRateHz) / LIMITS.frameSamples);
  readonly #journal: Journal;
  readonly #link: RelayLink;
  readonly #memory: RecordedFrame[] = [];
  #endSample = 0;
  #open: { utterance: string; isRecording: boolean; recordedTo: number } | undefined;

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

  open(conversation: string, utterance: string, fromSample: number): void {
    this.#journal.beginUtterance(conversation, utterance);
    this.#link.begin(utterance);
    this.#open = { utterance, isRecording: true, recordedTo: fromSample };
    this.#recordFromMemory(fromSample);
  }

  /** The utterance ends here, for now; the link is told by its own command. */
  pause(): void {
    if (this.#open) this.#open.isRecording = false;
  }

  /** Goes on from `fromSample`, or from where recording stopped if that is later. */
  resume(utterance: string, fromSample: number): void {
    const recordedTo = this.#open?.utterance === utterance ? this.#open.recordedTo : 0;
    this.#open = { utterance, isRecording: true, recordedTo };
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
