import { AudioKind } from '#protocol';
import type { Peer } from './peer.ts';
import type { LoggedEvent, ReplyLog } from './reply-log.ts';

const BYTES_PER_SAMPLE = 2;

export interface DeliveryOptions {
  utterance: string;
  attempt: number;
  log: ReplyLog;
  creditMs: number;
}

/**
 * Sends the events of one answer in order, never further ahead of what was heard than the credit. One event without
 * credit holds back everything behind it: the order of n is what makes a resume a single number.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  #to: { peer: Peer; handle: number } | undefined;
  #cursor = 0;
  #sentSamples = 0;
  #playedSamples = 0;
  #finalSent = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Bytes of audio logged but not sent; samples behind the cursor were sent at least once. */
  get unsentBytes(): number {
    return (this.#options.log.samples - this.#sentSamples) * BYTES_PER_SAMPLE;
  }

  /** Whether the current connection was given everything, the `final` included. */
  get isComplete(): boolean {
    return this.#finalSent;
  }

  /** Where the next connection is to go on. */
  rewind(cursor: number): void {
    this.#cursor = Math.min(cursor, this.#options.log.count);
    const next = this.#nextAudio();
    this.#sentSamples = next?.sample ?? this.#options.log.samples;
    this.#playedSamples = Math.min(this.#playedSamples, this.#sentSamples);
    this.#finalSent = false;
    this.#to = undefined;
  }

  connect(peer: Peer, handle: number): void {
    this.#to = { peer, handle };
    this.pump();
  }

  disconnect(): void {
    this.#to = undefined;
  }

  /** Takes play-out credit; a client cannot have heard what it was not sent. */
  played(sample: number): void {
    this.#playedSamples = Math.max(this.#playedSamples, Math.min(sample, this.#sentSamples));
    this.pump();
  }

  /** Sends what may be sent. */
  pump(): void {
    const { log } = this.#options;
    while (this.#to) {
      const event = log.at(this.#cursor);
      if (!event) break;
      if (event.kind === 'audio' && this.#endOf(event) > this.#playedSamples + this.#creditSamples) return;
      const n = this.#cursor++;
      this.#send(this.#to, n, event);
    }
    if (this.#to && !this.#finalSent && log.ending) this.#sendFinal(this.#to.peer, log.ending);
  }

  #send(to: { peer: Peer; handle: number }, n: number, event: LoggedEvent): void {
    const { utterance, attempt } = this.#options;
    if (event.kind === 'part') {
      to.peer.send({ type: 'reply', utterance, attempt, n, part: event.part });
      return;
    }
    this.#sentSamples = this.#endOf(event);
    const { sample, pcm } = event;
    to.peer.sendAudio({ kind: AudioKind.reply, attempt, handle: to.handle, sequence: n, sample, pcm });
  }

  #sendFinal(peer: Peer, ending: NonNullable<ReplyLog['ending']>): void {
    const { utterance, attempt, log } = this.#options;
    this.#finalSent = true;
    peer.send({ type: 'final', utterance, attempt, count: log.count, samples: log.samples, ...ending });
  }

  get #creditSamples(): number {
    const { creditMs, log } = this.#options;
    return Math.floor((creditMs * log.rateHz) / 1000);
  }

  #endOf(event: { sample: number; pcm: Uint8Array }): number {
    return event.sample + event.pcm.length / BYTES_PER_SAMPLE;
  }

  #nextAudio(): { sample: number } | undefined {
    for (let n = this.#cursor; n < this.#options.log.count; n++) {
      const event = this.#options.log.at(n);
      if (event?.kind === 'audio') return event;
    }
    return undefined;
  }
}
