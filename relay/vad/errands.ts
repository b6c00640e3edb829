import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import type { Errand, FromThread } from './ears.messages.ts';
import { KeptThread } from './kept-thread.ts';
import type { StartThread } from './thread.ts';
import { toModelRate } from './to-model-rate.ts';

export interface ErrandsOptions {
  start: StartThread;
  clock: Clock;
  logger: Logger;
}

/** More than this waiting: the newest question would be answered when the turn is long over. */
const MAX_QUESTIONS = 4;

type Answer = Extract<FromThread, { type: 'converted' | 'judged' }>;

/** A thread for what hearing may not wait for, started when there is something to do. */
export class Errands {
  readonly #options: ErrandsOptions;
  readonly #pending = new Map<number, (answer: Answer | undefined) => void>();
  #thread: KeptThread | undefined;
  #nextId = 1;
  #questions = 0;

  constructor(options: ErrandsOptions) {
    this.#options = options;
  }

  /** PCM16LE at 16 kHz. If the thread dies of it, or is not there, it is done here. */
  async convert(pcm: Uint8Array, rateHz: number): Promise<Uint8Array> {
    // The caller keeps its own: it may be part of a larger buffer, or be wanted again.
    const copy = Uint8Array.from(pcm);
    const answer = await this.#ask({ type: 'convert', id: this.#nextId++, pcm: copy, rateHz }, copy.buffer);
    return answer?.type === 'converted' ? answer.pcm : toModelRate(pcm, rateHz);
  }

  /** Undefined when nobody can tell, or not in time. */
  async judge(audio: Float32Array<ArrayBuffer>, file: string): Promise<number | undefined> {
    if (this.#questions >= MAX_QUESTIONS) return undefined;
    this.#questions++;
    const answer = await this.#ask({ type: 'judge', id: this.#nextId++, audio, file }, audio.buffer);
    this.#questions--;
    return answer?.type === 'judged' ? answer.probability : undefined;
  }

  async close(): Promise<void> {
    await this.#thread?.close();
    this.#giveUp();
  }

  #ask(errand: Errand, transfer: ArrayBuffer): Promise<Answer | undefined> {
    const thread = (this.#thread ??= new KeptThread({
      ...this.#options,
      onMessage: (message) => this.#receive(message),
      onUp: () => undefined,
      onDown: () => this.#giveUp(),
    }));
    return new Promise((resolve) => {
      this.#pending.set(errand.id, resolve);
      if (!thread.post(errand, [transfer])) this.#giveUp();
    });
  }

  #receive(message: FromThread): void {
    if (message.type !== 'converted' && message.type !== 'judged') return;
    const resolve = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    resolve?.(message);
  }

  #giveUp(): void {
    for (const resolve of this.#pending.values()) resolve(undefined);
    this.#pending.clear();
  }
}
