import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { LinkEvent } from '../../conversation/ports.ts';
import { LinkBench, settle, type BenchOptions } from './link-bench.ts';
import { joined, modelEvent } from './model-relay.ts';

/** One thing that happens: speech, messages arriving, time, a fault. */
export type Step =
  | { do: 'speak' | 'commit' | 'commit again' | 'reopen' | 'discard' }
  | { do: 'up' | 'down'; count: number }
  | { do: 'produce' | 'time' }
  | { do: 'cut' | 'kill relay' | 'evict' | 'upstream dies' | 'shed' | 'repeat' | 'reload' };

interface Spoken {
  frames: Uint8Array<ArrayBuffer>[];
  isCommitted: boolean;
  isDiscarded: boolean;
  isDone: boolean;
  attempt: number;
  /** Faults that may each cost one more inference. */
  excuses: number;
  answers: Map<number, string[]>;
}

/** The call around the link: a journal that survives a reload, and retries of what failed. */
export class Speaker {
  readonly spoken = new Map<string, Spoken>();
  readonly violations: string[] = [];
  bench: LinkBench;
  readonly fired = new Map<string, number>();
  #current: string | undefined;
  #toRetry = new Set<string>();
  #count = 0;

  constructor(readonly options: BenchOptions) {
    this.bench = this.#listen(new LinkBench(options));
  }

  async perform(step: Step): Promise<void> {
    const { bench } = this;
    this.fired.set(step.do, (this.fired.get(step.do) ?? 0) + 1);
    if (step.do === 'up') bench.network.flushUp(step.count);
    else if (step.do === 'down') bench.network.flushDown(step.count);
    else if (step.do === 'produce') bench.relay.produce();
    else if (step.do === 'time') await bench.pass(700);
    else if (step.do === 'reload') await this.#reload();
    else this.#act(step.do);
    await settle();
  }

  /** No more faults: lines hold, time passes, failures are asked again. */
  async heal(): Promise<void> {
    if (this.#current !== undefined) this.#commit(this.#current);
    for (let round = 0; round < 40; round++) {
      await this.bench.pass(20_000);
      await this.bench.answer();
      for (const id of this.#toRetry) this.bench.link.commit(id, false);
      this.#toRetry.clear();
    }
  }

  check(): string[] {
    for (const [id, spoken] of this.spoken) {
      if (spoken.isDiscarded) continue;
      if (!spoken.isDone) this.violations.push(`STUCK ${id}`);
      const inferences = this.bench.relay.inferences.filter(({ utterance }) => utterance === id);
      const last = inferences.findLast(({ attempt }) => attempt === spoken.attempt);
      if (spoken.isDone && last?.sha256 !== bytesToHex(sha256(joined(spoken.frames))))
        this.violations.push(`CORRUPT ${id}`);
      if (inferences.length > 1 + spoken.excuses)
        this.violations.push(`DOUBLE ${id}: ${inferences.length} > 1 + ${spoken.excuses}`);
    }
    return this.violations;
  }

  #act(action: Exclude<Step['do'], 'up' | 'down' | 'produce' | 'time' | 'reload'>): void {
    const { link, network, relay } = this.bench;
    const current = this.#current;
    const spoken = current === undefined ? undefined : this.spoken.get(current);
    switch (action) {
      case 'speak':
        return this.#speak();
      case 'commit':
        if (current !== undefined) this.#commit(current);
        return;
      case 'commit again':
        for (const [id, other] of this.spoken) if (other.isCommitted && !other.isDone) link.commit(id, false);
        return;
      case 'reopen':
        return this.#reopen();
      case 'discard':
        if (current === undefined || !spoken) return;
        spoken.isDiscarded = true;
        this.#current = undefined;
        return link.discard(current);
      case 'cut':
        return network.cut();
      case 'kill relay':
        relay.kill();
        this.#excuse();
        return network.cut();
      case 'evict':
        if (relay.evictAssemblies()) this.#excuse();
        return;
      case 'upstream dies':
        if (relay.fail()) this.#excuse();
        return;
      case 'repeat':
        network.repeatUp();
        return;
      case 'shed':
        this.#excuse();
        return relay.shed();
    }
  }

  #excuse(): void {
    for (const spoken of this.spoken.values()) spoken.excuses++;
  }

  #speak(): void {
    if (this.#current === undefined) {
      this.#current = `u${this.#count++}`;
      const empty = { isCommitted: false, isDiscarded: false, isDone: false, attempt: 0, excuses: 0 };
      this.spoken.set(this.#current, { ...empty, frames: [], answers: new Map() });
      this.bench.link.begin(this.#current);
    }
    const spoken = this.spoken.get(this.#current);
    if (!spoken) return;
    const frame = new Uint8Array(8).fill(this.#count * 31 + spoken.frames.length * 7);
    spoken.frames.push(frame);
    this.bench.link.append(this.#current, frame);
  }

  #commit(id: string): void {
    const spoken = this.spoken.get(id);
    if (spoken) spoken.isCommitted = true;
    this.#current = undefined;
    this.bench.link.commit(id, true);
  }

  /** The last committed utterance goes on after all. */
  #reopen(): void {
    if (this.#current !== undefined) return;
    const last = [...this.spoken].findLast(([, spoken]) => spoken.isCommitted && !spoken.isDone && !spoken.isDiscarded);
    if (!last) return;
    const [id, spoken] = last;
    spoken.isCommitted = false;
    spoken.excuses++;
    this.#toRetry.delete(id);
    this.#current = id;
    this.bench.link.reopen(id);
    this.#speak();
  }

  async #reload(): Promise<void> {
    const old = this.bench;
    old.network.cut();
    old.link.close();
    this.bench = this.#listen(new LinkBench({ ...this.options, serve: old.relay.serve }, old.relay));
    this.#toRetry.clear();
    await this.bench.open();
    for (const [id, spoken] of this.spoken) {
      if (spoken.isDone || spoken.isDiscarded) continue;
      this.bench.link.restore(id, spoken.frames, spoken.attempt);
      // What an earlier page load received of an attempt went with it.
      spoken.answers.clear();
      // A running answer to less than what is restored is stopped and asked again.
      spoken.excuses++;
      if (spoken.isCommitted) this.bench.link.commit(id, false);
    }
  }

  #listen(bench: LinkBench): LinkBench {
    bench.link.onEvent((event) => this.#heard(event));
    return bench;
  }

  #heard(event: LinkEvent): void {
    const spoken = this.spoken.get(event.utterance);
    if (!spoken || event.type === 'queued') return;
    if (spoken.isDiscarded || spoken.isDone) return void this.violations.push(`LATE ${event.type} ${event.utterance}`);
    const { utterance, attempt } = event;
    if (event.type === 'failed') {
      this.#toRetry.add(utterance);
      // The retry that follows may cost one.
      spoken.excuses++;
      return;
    }
    if (!spoken.isCommitted) this.violations.push(`LATE ${event.type} of a reopened ${utterance}`);
    if (attempt < spoken.attempt) this.violations.push(`MIXED ${utterance}: ${attempt} after ${spoken.attempt}`);
    spoken.attempt = attempt;
    const parts = spoken.answers.get(attempt) ?? [];
    spoken.answers.set(attempt, parts);
    if (event.type === 'part' || event.type === 'audio') {
      const expected = modelEvent(utterance, attempt, parts.length);
      const got =
        event.type === 'part'
          ? { text: event.part.kind === 'text' ? event.part.text : '' }
          : { sample: event.sample, pcm: event.pcm };
      if (describeEvent(expected) !== describeEvent(got)) this.violations.push(`GAP ${utterance} at ${parts.length}`);
      parts.push(describeEvent(got));
    } else if (event.type === 'final') {
      if (parts.length !== 3 + (spoken.frames.length % 4)) this.violations.push(`SHORT ${utterance}: ${parts.length}`);
      spoken.isDone = true;
      this.bench.link.receipt(utterance, attempt);
    }
  }
}

const describeEvent = (event: { text: string } | { sample: number; pcm: Uint8Array }): string =>
  'text' in event ? event.text : `${event.sample}:${event.pcm.join(',')}`;
