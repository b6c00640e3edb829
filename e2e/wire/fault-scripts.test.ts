import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { LinkEvent } from '../../web/conversation/ports.ts';
import { LinkBench } from '../../web/link/fakes/link-bench.ts';
import { VirtualClock } from '#kernel/clock';
import { Assembly } from '../../relay/session/assembly.ts';
import { InMemoryRelay } from '../../relay/session/testing/in-memory-relay.ts';
import { settle } from '../../relay/session/testing/speaker.ts';
import { Turn } from '../../relay/session/turn.ts';

/**
 * The browser's real link against the relay's real sessions: random scripts of speech and faults, then peace. Every
 * utterance must end answered once, whole, by one inference, from exactly the audio that was spoken.
 */
const STEPS = [
  ...[
    'speak',
    'speak',
    'speak',
    'commit',
    'commit again',
    'reopen',
    'discard',
    'interrupt',
    'produce',
    'produce',
    'time',
  ],
  ...['up 1', 'up 3', 'up 6', 'up 6', 'down 1', 'down 3', 'down 6', 'down 6'],
  ...['cut', 'kill relay', 'away for long', 'upstream dies', 'repeat', 'reload'],
] as const;
type Step = (typeof STEPS)[number];
const FAULTS = STEPS.slice(-6);

interface Spoken {
  frames: Uint8Array<ArrayBuffer>[];
  state: 'open' | 'committed' | 'dropped' | 'done';
  attempt: number;
  /** Inference and number of each event of the attempt. */
  events: [inference: number, n: number][];
  /** Faults that may each cost one more inference. */
  excuses: number;
}

class Call {
  readonly spoken = new Map<string, Spoken>();
  readonly violations: string[] = [];
  readonly #clock = new VirtualClock();
  readonly #relay = new InMemoryRelay(this.#clock);
  readonly #toRetry = new Set<string>();
  #bench = this.#page();

  open(): Promise<void> {
    return this.#bench.open();
  }

  async perform(step: Step): Promise<void> {
    const { network, link } = this.#bench;
    const [verb, count] = step.split(' ');
    const [id, current] = [...this.spoken].at(-1) ?? [];
    if (verb === 'up') network.flushUp(Number(count));
    else if (verb === 'down') network.flushDown(Number(count));
    else if (step === 'speak') this.#speak();
    else if (step === 'commit' && id !== undefined && current?.state === 'open') this.#commit(id, current);
    else if (step === 'commit again') this.#commitAgain();
    else if (step === 'reopen' && id !== undefined && current?.state === 'committed') this.#reopen(id, current);
    else if (step === 'discard' && id !== undefined && current?.state === 'open')
      this.#let(id, current, () => link.discard(id));
    else if (step === 'interrupt' && id !== undefined && current?.state === 'committed' && current.attempt > 0) {
      this.#let(id, current, () => link.cancel(id, current.attempt, 1, ''));
    } else if (step === 'produce') this.#relay.produce();
    else if (step === 'time') await this.#pass(700);
    else await this.#fault(step);
    await settle();
  }

  /** No more faults: lines hold, time passes, failures are asked again. */
  async heal(): Promise<void> {
    for (const [id, spoken] of this.spoken) if (spoken.state === 'open') this.#commit(id, spoken);
    for (let round = 0; round < 60 && this.#isUnfinished; round++) {
      await this.#pass(1_500);
      while (this.#relay.produce()) await this.#run();
      for (const id of this.#toRetry) this.#bench.link.commit(id, false);
      this.#toRetry.clear();
    }
  }

  check(): string[] {
    for (const [id, { state, excuses }] of this.spoken) {
      const asked = this.#relay.inferences.filter(({ speaker }) => `u${speaker}` === id).length;
      if (state === 'committed' || state === 'open') this.violations.push(`STUCK ${id}`);
      if (asked > 1 + excuses) this.violations.push(`DOUBLE ${id}: ${asked} > 1 + ${excuses}`);
    }
    return this.violations;
  }

  get #isUnfinished(): boolean {
    return [...this.spoken.values()].some(({ state }) => state === 'committed');
  }

  #page(): LinkBench {
    const bench = new LinkBench({ serve: this.#relay.serve });
    bench.link.onEvent((event) => this.#heard(event));
    return bench;
  }

  async #run(): Promise<void> {
    do await settle();
    while (this.#bench.network.flushUp() + this.#bench.network.flushDown() > 0);
  }

  async #pass(ms: number): Promise<void> {
    this.#clock.advance(ms);
    this.#bench.clock.advance(ms);
    await this.#run();
  }

  async #fault(step: Step): Promise<void> {
    const { network } = this.#bench;
    if (step === 'repeat') network.repeatUp();
    if (step === 'upstream dies' && this.#relay.fail()) this.#excuse();
    if (step === 'cut') network.cut();
    if (step === 'kill relay' || step === 'away for long') {
      this.#excuse();
      network.cut();
    }
    if (step === 'kill relay') this.#relay.kill();
    if (step === 'away for long') this.#clock.advance(130_000);
    if (step === 'reload') await this.#reload();
  }

  #excuse(): void {
    for (const spoken of this.spoken.values()) spoken.excuses++;
  }

  #speak(): void {
    const last = [...this.spoken].at(-1);
    const isOpen = last?.[1].state === 'open';
    if (!isOpen && this.spoken.size >= 200) return;
    const id = isOpen ? last[0] : `u${this.spoken.size}`;
    const spoken = isOpen ? last[1] : { frames: [], state: 'open' as const, attempt: 0, events: [], excuses: 0 };
    if (!isOpen) {
      this.spoken.set(id, spoken);
      this.#bench.link.begin(id);
    }
    const frame = Uint8Array.of(Number(id.slice(1)), spoken.frames.length & 255, spoken.frames.length >> 8, 0);
    spoken.frames.push(frame);
    this.#bench.link.append(id, frame);
  }

  #commit(id: string, spoken: Spoken): void {
    spoken.state = 'committed';
    this.#bench.link.commit(id, true);
  }

  #commitAgain(): void {
    for (const [id, { state }] of this.spoken) if (state === 'committed') this.#bench.link.commit(id, false);
  }

  #reopen(id: string, spoken: Spoken): void {
    spoken.state = 'open';
    spoken.excuses++;
    this.#toRetry.delete(id);
    this.#bench.link.reopen(id);
    this.#speak();
  }

  #let(id: string, spoken: Spoken, tell: () => void): void {
    spoken.state = 'dropped';
    this.#toRetry.delete(id);
    tell();
  }

  async #reload(): Promise<void> {
    this.#bench.network.cut();
    this.#bench.link.close();
    this.#bench = this.#page();
    this.#toRetry.clear();
    await this.#bench.open();
    for (const [id, spoken] of this.spoken) {
      if (spoken.state === 'done' || spoken.state === 'dropped') continue;
      this.#bench.link.restore(id, spoken.frames, spoken.attempt);
      spoken.events = [];
      // A running answer to less than what is restored is stopped and asked again.
      spoken.excuses++;
      if (spoken.state === 'committed') this.#bench.link.commit(id, false);
    }
  }

  #heard(event: LinkEvent): void {
    const spoken = this.spoken.get(event.utterance);
    if (!spoken || event.type === 'queued') return;
    if (spoken.state !== 'committed')
      return void this.violations.push(`LATE ${event.type} of ${spoken.state} ${event.utterance}`);
    if (event.type === 'failed') {
      this.#toRetry.add(event.utterance);
      spoken.excuses++;
      return;
    }
    if (event.attempt < spoken.attempt) this.violations.push(`MIXED ${event.utterance}`);
    if (event.attempt > spoken.attempt) spoken.events = [];
    spoken.attempt = event.attempt;
    if (event.type === 'part' && event.part.kind === 'text') {
      const [inference = -1, n = -1] = event.part.text.split('/').map(Number);
      this.#take(event.utterance, spoken, [inference, n]);
    } else if (event.type === 'audio') {
      const [low = 0, high = 0, n = -1] = event.pcm;
      this.#take(event.utterance, spoken, [low + (high << 8), n]);
    } else if (event.type === 'final') this.#finish(event.utterance, spoken);
  }

  #take(id: string, { events }: Spoken, event: [number, number]): void {
    const first = events[0]?.[0] ?? event[0];
    if (event[0] !== first || event[1] !== events.length) this.violations.push(`GAP ${id} at ${events.length}`);
    events.push(event);
  }

  #finish(id: string, spoken: Spoken): void {
    const inference = this.#relay.inferences[spoken.events[0]?.[0] ?? -1];
    const sha256 = createHash('sha256').update(Buffer.concat(spoken.frames)).digest('hex');
    if (inference?.length !== spoken.events.length) this.violations.push(`SHORT ${id}`);
    if (inference?.sha256 !== sha256) this.violations.push(`CORRUPT ${id}`);
    spoken.state = 'done';
    this.#bench.link.receipt(id, spoken.attempt);
  }
}

const RUNS = 6_000;
const SEED = 20261121;
const script = fc.array(fc.constantFrom(...STEPS), { minLength: 10, maxLength: 70 });

async function run(steps: Step[]): Promise<{ violations: string[]; answered: number }> {
  const call = new Call();
  await call.open();
  for (const step of steps) await call.perform(step);
  await call.heal();
  const answered = [...call.spoken.values()].filter(({ state }) => state === 'done').length;
  return { violations: call.check(), answered };
}

describe('browser and relay together, under any script of speech and faults', { timeout: 180_000 }, () => {
  it('answer every utterance once, whole, from the audio that was spoken', async () => {
    const fired = new Map<Step, number>();
    let answers = 0;
    await fc.assert(
      fc.asyncProperty(script, async (steps) => {
        for (const step of steps) fired.set(step, (fired.get(step) ?? 0) + 1);
        const { violations, answered } = await run(steps);
        expect(violations).toEqual([]);
        answers += answered;
      }),
      { numRuns: RUNS, seed: SEED },
    );
    for (const fault of FAULTS) expect(fired.get(fault), fault).toBeGreaterThan(RUNS / 2);
    expect(answers).toBeGreaterThan(RUNS / 2);
  });

  it.each([
    [
      'commits were not recognised',
      'DOUBLE',
      () => [vi.spyOn(Turn.prototype, 'isAnswered', 'get').mockReturnValue(false)],
    ],
    ['neither the order nor the hash of the frames were looked at', 'CORRUPT', trustingClient],
  ])('would not if %s', async (_name, violation, breakRelay) => {
    const spies = breakRelay();
    const kinds = new Set<string>();
    for (const steps of fc.sample(script, { numRuns: 300, seed: SEED })) {
      for (const text of (await run(steps)).violations) kinds.add(text.split(' ')[0] ?? '');
    }
    for (const spy of spies) spy.mockRestore();
    expect([...kinds]).toContain(violation);
  });
});

function trustingClient() {
  const add = Assembly.prototype.add;
  return [
    vi.spyOn(Assembly.prototype, 'add').mockImplementation(function (this: Assembly, _sequence, pcm) {
      return add.call(this, this.frames, pcm);
    }),
    vi.spyOn(Assembly.prototype, 'check').mockReturnValue('whole'),
  ];
}
