import { SileroBatch, type SileroBatchNetwork } from '#models/vad/silero-batch';
import { EarStream } from './ear-stream.ts';
import type { FromThread, Told, ToHearing } from './ears.messages.ts';
import { readSoundBatch } from './sound-batch.ts';

/** A frame costs no less in a larger batch, and whatever else a thread is told has to wait for one to end: 6 ms. */
const MAX_BATCH = 32;

/** More than clients send at a time. */
const MARKED_LAG_MS = 500;

export interface HearingParts {
  loadNetwork(): Promise<SileroBatchNetwork>;
  post(message: FromThread, transfer?: ArrayBuffer[]): void;
  /** Called between batches, so that messages get in. */
  breathe(): Promise<void>;
}

/**
 * A hearing thread without the thread: any number of streams, of each of which one frame at a time is judged together
 * with those of others. Throws what the network throws; nothing can be heard from then on.
 */
export class HearingHost {
  readonly #parts: HearingParts;
  readonly #streams = new Map<number, EarStream>();
  /** With something to hear, who has waited longest first. */
  readonly #pending = new Set<number>();
  #batch: Promise<SileroBatch> | undefined;
  #isBusy = false;
  /** As it was told last. */
  #behindMs = 0;

  constructor(parts: HearingParts) {
    this.#parts = parts;
  }

  /** Ends when everything that came in has been heard. */
  async handle(message: ToHearing): Promise<void> {
    switch (message.type) {
      case 'open':
        this.#streams.set(message.stream, new EarStream(message.setup));
        // Loaded by the time the first word is spoken.
        await this.#network();
        return;
      case 'sound':
        this.#take(message.batch);
        return this.#work();
      case 'control':
        this.#streams.get(message.stream)?.control(message.control);
        this.#pending.add(message.stream);
        return this.#work();
      case 'judged':
        this.#streams.get(message.stream)?.judge(message.endSample, message.judged);
        return;
      case 'close':
        this.#streams.delete(message.stream);
        this.#pending.delete(message.stream);
        return;
    }
  }

  #take(batch: Uint8Array<ArrayBuffer>): void {
    let lostMs = 0;
    readSoundBatch(batch, (id, leftOutBytes, pcm) => {
      const stream = this.#streams.get(id);
      if (!stream) return;
      stream.push(pcm, leftOutBytes);
      lostMs += stream.lostMs;
      stream.lostMs = 0;
      this.#pending.add(id);
    });
    this.#tellTaken(batch.byteLength, lostMs);
  }

  #tellTaken(bytes: number, lostMs: number): void {
    this.#behindMs = 0;
    for (const id of this.#pending) this.#behindMs = Math.max(this.#behindMs, this.#streams.get(id)?.waitingMs ?? 0);
    this.#parts.post({ type: 'taken', bytes, lostMs, behindMs: this.#behindMs });
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const network = await this.#network();
    while (this.#pending.size > 0) {
      const ready = this.#nextReady();
      if (ready.length > 0) this.#tell(ready, await network.probabilities(ready.map(({ stream }) => stream.memory)));
      await this.#parts.breathe();
    }
    this.#isBusy = false;
    // Otherwise it would be thought to be behind until more sound comes.
    if (this.#behindMs > MARKED_LAG_MS) this.#tellTaken(0, 0);
  }

  #nextReady(): Ready[] {
    const ready: Ready[] = [];
    for (const id of [...this.#pending]) {
      if (ready.length === MAX_BATCH) break;
      this.#pending.delete(id);
      const stream = this.#streams.get(id);
      if (!stream) continue;
      const isReady = stream.advance();
      for (const mark of stream.takeReached()) this.#parts.post({ type: 'reached', stream: id, mark });
      if (!isReady) continue;
      ready.push({ id, stream });
      this.#pending.add(id);
    }
    return ready;
  }

  #tell(ready: readonly Ready[], probabilities: Float32Array): void {
    const told: Told[] = [];
    for (const [i, { id, stream }] of ready.entries()) {
      stream.heard(
        probabilities[i] ?? 0,
        (signal) => told.push({ stream: id, epoch: stream.epoch, signal }),
        ({ endSample, audio }) => this.#parts.post({ type: 'asked', stream: id, endSample, audio }, [audio.buffer]),
      );
    }
    if (told.length > 0) this.#parts.post({ type: 'signals', told });
  }

  #network(): Promise<SileroBatch> {
    return (this.#batch ??= this.#parts.loadNetwork().then((network) => new SileroBatch(network, MAX_BATCH)));
  }
}

interface Ready {
  id: number;
  stream: EarStream;
}
