import { VirtualClock } from '#kernel/clock';
import { LiveTranscription } from '../live-transcription.ts';
import type { TranscriptionEvent, TranscriptionSettings } from '../transcription-event.ts';
import { ScriptedEars } from '../../live/testing/scripted-ears.ts';
import { WordCounter } from './word-counter.ts';

export const RATE_HZ = 16_000;
const PACKET_MS = 100;

/** A transcription on a virtual clock, with everything it has told. */
export class Dictation {
  readonly clock = new VirtualClock();
  readonly ears = new ScriptedEars();
  readonly recogniser = new WordCounter(this.clock);
  readonly events: TranscriptionEvent[] = [];
  readonly transcription: LiveTranscription;
  #rateHz: number;

  constructor(settings: Partial<TranscriptionSettings> = {}) {
    this.#rateHz = settings.inputRateHz ?? RATE_HZ;
    this.transcription = new LiveTranscription({
      recogniser: this.recogniser,
      ears: this.ears,
      clock: this.clock,
      settings: { inputRateHz: this.#rateHz, ...settings },
      tell: (event) => this.events.push(event),
    });
  }

  /** Sound at the pace of speech. */
  async speak(ms: number, level = 1000): Promise<void> {
    for (let spoken = 0; spoken < ms; spoken += PACKET_MS) {
      const samples = new Int16Array((PACKET_MS * this.#rateHz) / 1000).fill(level);
      const problem = this.transcription.append(new Uint8Array(samples.buffer));
      if (problem) throw new Error(problem.kind);
      await this.wait(PACKET_MS);
    }
  }

  /** Lets time pass and whatever comes of it happen. */
  async wait(ms: number): Promise<void> {
    await settle();
    this.clock.advance(ms);
    await settle();
  }

  all<K extends TranscriptionEvent['kind']>(kind: K): Extract<TranscriptionEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<TranscriptionEvent, { kind: K }> => event.kind === kind);
  }

  get kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  /** What was told, without the interims. */
  get course(): string[] {
    return this.kinds.filter((kind) => kind !== 'interim');
  }
}

/** Longer than any chain of promises in what is tested. */
async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
