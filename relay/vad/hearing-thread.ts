import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { messageOf } from '#kernel/result';
import type { Control, FromThread, Told } from './ears.messages.ts';
import { KeptThread } from './kept-thread.ts';
import { readSoundBatch, SoundBatch } from './sound-batch.ts';
import type { StartThread } from './thread.ts';
import type { StreamEnd } from './stream-end.ts';

export interface HearingThreadOptions {
  start: StartThread;
  clock: Clock;
  logger: Logger;
  /** Asks the end-of-turn model, where there is one: how sure it is, 0.5 being its threshold. */
  judge?: (audio: Float32Array<ArrayBuffer>) => Promise<number | undefined>;
}

/**
 * Sound is collected for so long and sent as one message: a message costs the main thread 10 to 20 µs, a piece of sound
 * in it a tenth of one. A frame is 32 ms, so it is hardly late by that, and more frames meet in one run of the network.
 */
const COLLECT_MS = 8;
/** Sent and not yet taken in by a thread that is stuck, some 40 s of 100 streams at 24 kHz; what is more is lost. */
const MAX_UNTAKEN_BYTES = 64 * 1024 * 1024;
const BEHIND_EVERY_MS = 10_000;

/** One hearing thread, as the main thread sees it: what goes there and what comes back. */
export class HearingThread {
  readonly #options: HearingThreadOptions;
  readonly #thread: KeptThread;
  readonly #ends = new Map<number, StreamEnd>();
  readonly #sound = new SoundBatch();
  #untakenBytes = 0;
  #isCollecting = false;
  #lostMs = 0;
  #behindMs = 0;
  #toldBehindMs = -Infinity;

  constructor(options: HearingThreadOptions) {
    this.#options = options;
    this.#thread = new KeptThread({
      ...options,
      onMessage: (message) => this.#receive(message),
      onUp: () => {
        for (const end of this.#ends.values()) this.#openAgain(end);
      },
      onDown: () => {
        this.#untakenBytes = 0;
        this.#loseCollected();
      },
    });
  }

  get load(): number {
    return this.#ends.size;
  }

  /** Milliseconds of sound that nobody heard, of all streams together. */
  get lostMs(): number {
    return this.#lostMs;
  }

  /** What the stream that is furthest behind has still to hear; more than a piece means that there are too many. */
  get behindMs(): number {
    return this.#ends.size === 0 ? 0 : this.#behindMs;
  }

  open(end: StreamEnd): void {
    this.#ends.set(end.id, end);
    this.#openAgain(end);
  }

  close(end: StreamEnd): void {
    if (!this.#ends.delete(end.id)) return;
    this.#flush();
    this.#thread.post({ type: 'close', stream: end.id });
  }

  /** False: it is lost. */
  hear(stream: number, leftOutBytes: number, pcm: Uint8Array): boolean {
    if (!this.#thread.isUp || this.#untakenBytes > MAX_UNTAKEN_BYTES) return false;
    this.#sound.add(stream, leftOutBytes, pcm);
    if (!this.#isCollecting) {
      this.#isCollecting = true;
      this.#options.clock.after(COLLECT_MS, () => this.#flush());
    }
    return true;
  }

  control(stream: number, control: Control): void {
    this.#flush();
    this.#thread.post({ type: 'control', stream, control });
  }

  /** Some of the sound will never be heard. */
  lose(ms: number): void {
    this.#lostMs += ms;
    const { clock, logger } = this.#options;
    if (ms === 0 || clock.nowMs() - this.#toldBehindMs < BEHIND_EVERY_MS) return;
    this.#toldBehindMs = clock.nowMs();
    logger.warn('ears.behind', { detail: `${Math.round(this.#lostMs)} ms of sound not heard so far` });
  }

  stop(): Promise<void> {
    return this.#thread.close();
  }

  #openAgain(end: StreamEnd): void {
    this.#thread.post({ type: 'open', stream: end.id, setup: end.toSetup() });
  }

  #flush(): void {
    this.#isCollecting = false;
    if (this.#sound.byteLength === 0) return;
    const batch = this.#sound.take();
    if (this.#thread.post({ type: 'sound', batch }, [batch.buffer])) this.#untakenBytes += batch.byteLength;
  }

  #receive(message: FromThread): void {
    switch (message.type) {
      case 'taken':
        this.#untakenBytes -= message.bytes;
        this.#behindMs = message.behindMs;
        return this.lose(message.lostMs);
      case 'signals':
        return message.told.forEach((told) => this.#tell(told));
      case 'reached':
        this.#ends.get(message.stream)?.reached(message.mark);
        return;
      case 'asked':
        void this.#judge(message);
        return;
      case 'converted':
      case 'judged':
        return;
    }
  }

  /** Listeners are of other sessions than each other: what one of them throws concerns neither the others nor the relay. */
  #tell({ stream, epoch, signal }: Told): void {
    try {
      this.#ends.get(stream)?.tell(signal, epoch);
    } catch (thrown) {
      this.#options.logger.error('ears.listener-failed', { signal: signal.kind, reason: messageOf(thrown) });
    }
  }

  #loseCollected(): void {
    let lostMs = 0;
    readSoundBatch(this.#sound.take(), (stream, _, pcm) => (lostMs += this.#ends.get(stream)?.toMs(pcm.length) ?? 0));
    this.lose(lostMs);
  }

  async #judge({ stream, endSample, audio }: Extract<FromThread, { type: 'asked' }>): Promise<void> {
    try {
      const judged = await this.#options.judge?.(audio);
      if (judged !== undefined) this.#thread.post({ type: 'judged', stream, endSample, judged });
    } catch (thrown) {
      this.#options.logger.error('ears.judge-failed', { reason: messageOf(thrown) });
    }
  }
}
