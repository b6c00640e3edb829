import { VirtualClock } from '#kernel/clock';
import { silentLogger, type LogFields } from '#kernel/logger';
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
  readonly bugs: (LogFields | undefined)[] = [];
  isBroken = false;
  /** The listener fails on events of this kind. */
  failsOn: TranscriptionEvent['kind'] | undefined;
  readonly transcription: LiveTranscription;
  #rateHz: number;

  constructor(settings: Partial<TranscriptionSettings> = {}) {
    this.#rateHz = settings.inputRateHz ?? RATE_HZ;
    this.transcription = new LiveTranscription({
      recogniser: this.recogniser,
      ears: this.ears,
      clock: this.clock,
      settings: { inputRateHz: this.#rateHz, ...settings },
      logger: { ...silentLogger, error: (_, fields) => this.bugs.push(fields) },
      tell: (event) => {
        if (event.kind === this.failsOn) throw new Error('not my day');
        this.events.push(event);
      },
      onBroken: () => (this.isBroken = true),
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

  /** From where to where each utterance went that has ended, in ms. */
  get stretches(): [number | undefined, number][] {
    const started = this.all('speech-started');
    return this.all('speech-stopped').map(({ itemId, endMs }) => [
      started.find((other) => other.itemId === itemId)?.startMs,
      endMs,
    ]);
  }

  /** Keeps the detector from having heard what comes, until it is called. */
  hold(): () => void {
    const { detector } = this.ears;
    let hear = (): void => undefined;
    detector.hearing = new Promise((resolve) => (hear = resolve));
    return hear;
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
