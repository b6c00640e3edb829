import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '#protocol';
import type { ReplyEvent, Upstream, UpstreamProblemKind, UpstreamTurn } from './upstream.ts';

/** An adapter and what stands behind it, made anew for each test. */
export interface UpstreamFixture {
  upstream: Upstream;
  /** Ends both. */
  close(): Promise<void>;
}

/** How the next answer of the server goes. `slow` takes seconds; `late` says nothing for seconds. */
export type Course = 'slow' | 'late' | Fault;

export type Fault = keyof typeof KIND_OF_FAULT;

const KIND_OF_FAULT = {
  'closes without an answer': 'upstream-unreachable',
  'says nothing': 'upstream-silent',
  'stops in mid-answer': 'upstream-stalled',
  'dies before its first event': 'upstream-unreachable',
  'dies in mid-answer': 'upstream-died',
  'ends too early': 'upstream-died',
  'is full': 'upstream-busy',
  'refuses the request': 'upstream-rejected',
  'refuses our credentials': 'upstream-unauthorised',
  'fails by itself': 'upstream-faulty',
  'fails by itself in mid-answer': 'upstream-faulty',
  'talks nonsense': 'upstream-faulty',
  'talks nonsense in mid-answer': 'upstream-faulty',
} satisfies Record<string, UpstreamProblemKind>;

const FAULTS = Object.entries(KIND_OF_FAULT) as [Fault, UpstreamProblemKind][];

/** An adapter that speaks to a server over a network. The server is the test's own, so it sees what reaches it. */
export interface NetworkFixture extends UpstreamFixture {
  arrange(course: Course): void;
  /** How often an arranged fault has struck. */
  faultsFired(): number;
  /** When the server saw its last client leave in mid-answer, by `performance.now()`. */
  lastAbortMs(): number | undefined;
  openSockets(): number;
  /** Makes the server vanish; nothing listens there any more. */
  stopServer(): Promise<void>;
  closeUpstream(): Promise<void>;
}

/** The longest an abort may take to reach the server. */
const ABORT_MS = 100;

/** A rising tone: a different signal for each length. */
export function spokenTurn(seconds: number, extra: Partial<UpstreamTurn> = {}): UpstreamTurn {
  const audio = Buffer.alloc(2 * Math.round(seconds * LIMITS.inputRateHz));
  for (let n = 0; n < audio.length / 2; n++) {
    const s = n / LIMITS.inputRateHz;
    audio.writeInt16LE(Math.round(9000 * Math.sin(2 * Math.PI * (180 + 60 * s) * s)), 2 * n);
  }
  return { settings: {}, context: [], audio, ...extra };
}

export async function collect(upstream: Upstream, turn: UpstreamTurn, signal = new AbortController().signal): Promise<ReplyEvent[]> {
  const events: ReplyEvent[] = [];
  for await (const event of upstream.respond(turn, signal)) events.push(event);
  return events;
}

export const audioOf = (events: readonly ReplyEvent[]): Buffer =>
  Buffer.concat(events.flatMap((event) => (event.kind === 'audio' ? [event.pcm] : [])));

export const textOf = (events: readonly ReplyEvent[]): string =>
  events.map((event) => (event.kind === 'text' ? event.text : '')).join('');

/** What every upstream does, with or without a server behind it. */
export function describeUpstream(createFixture: () => Promise<UpstreamFixture>): void {
  describe('as an upstream', () => {
    let fixture: UpstreamFixture;
    let upstream: Upstream;
    const unhandled: unknown[] = [];
    const remember = (reason: unknown) => unhandled.push(reason);

    beforeEach(async () => {
      process.on('unhandledRejection', remember);
      fixture = await createFixture();
      ({ upstream } = fixture);
    });
    afterEach(async () => {
      await fixture.close();
      await sleep(0);
      process.off('unhandledRejection', remember);
      expect(unhandled.splice(0)).toEqual([]);
    });

    it('answers in words and in whole samples of audio, and does not fail', async () => {
      const events = await collect(upstream, spokenTurn(1));
      expect(textOf(events)).not.toBe('');
      for (const event of events) {
        expect(event.kind).not.toBe('failed');
        if (event.kind === 'audio') expect(event.pcm.length % 2).toBe(0);
        if (event.kind === 'audio') expect(event.pcm.length).toBeGreaterThan(0);
      }
      expect(audioOf(events).length / 2 / upstream.outputRateHz).toBeGreaterThan(0.5);
      expect(upstream.outputRateHz).toBeGreaterThanOrEqual(8_000);
    });

    it('takes a conversation, settings it may not know, and the longest utterance', async () => {
      const { audio } = spokenTurn(0.5);
      const context = [{ userAudio: audio, assistantText: 'Yes.' }, { userText: 'And then?' }, { assistantText: 'Well.' }, {}];
      const settings = { systemPrompt: 'Be brief.', voice: 'Nobody We Know', temperature: 0.3, maxTokens: 64 };
      const events = await collect(upstream, spokenTurn(LIMITS.maxUtteranceMs / 1000, { settings, context }));
      expect(events.filter(({ kind }) => kind === 'failed')).toEqual([]);
      expect(audioOf(events).length).toBeGreaterThan(0);
    });

    it('does not mix turns answered at the same time', async () => {
      const turns = [0.6, 1.1, 1.7].map((seconds) => spokenTurn(seconds));
      const alone: ReplyEvent[][] = [];
      for (const turn of turns) alone.push(await collect(upstream, turn));
      const together = await Promise.all(turns.map((turn) => collect(upstream, turn)));
      expect(new Set(alone.map(textOf)).size).toBe(turns.length);
      for (const [i, events] of together.entries()) {
        expect(textOf(events)).toBe(textOf(alone[i] ?? []));
        expect(audioOf(events).equals(audioOf(alone[i] ?? []))).toBe(true);
      }
    });

    it('gives nothing when it is aborted before it begins', async () => {
      expect(await collect(upstream, spokenTurn(1), AbortSignal.abort())).toEqual([]);
    });

    it('just ends when it is aborted in mid-answer, wherever that is', async () => {
      for (const after of [1, 2, 3]) {
        const caller = new AbortController();
        const events: ReplyEvent[] = [];
        for await (const event of upstream.respond(spokenTurn(2), caller.signal)) {
          events.push(event);
          if (events.length === after) caller.abort();
        }
        expect(events).toHaveLength(after);
        expect(events.at(-1)?.kind).not.toBe('failed');
      }
    });

    it('answers again after answers that were left', async () => {
      for await (const event of upstream.respond(spokenTurn(1), new AbortController().signal)) {
        expect(event.kind).not.toBe('failed');
        break;
      }
      expect(audioOf(await collect(upstream, spokenTurn(1))).length).toBeGreaterThan(0);
    });

    it('lets the process do other things meanwhile', async () => {
      let longestMs = 0;
      let isRunning = true;
      const watch = (async () => {
        for (let lastMs = performance.now(); isRunning; lastMs = performance.now()) {
          await new Promise((tick) => setImmediate(tick));
          longestMs = Math.max(longestMs, performance.now() - lastMs);
        }
      })();
      await collect(upstream, spokenTurn(LIMITS.maxUtteranceMs / 1000));
      isRunning = false;
      await watch;
      // Tens of milliseconds go into base64 of a minute of audio; a second would be felt by every other call.
      expect(longestMs).toBeLessThan(250);
    });

    it('says that it is up, and does not throw when asked with an aborted signal', async () => {
      expect((await upstream.check(new AbortController().signal)).state).toBe('up');
      expect((await upstream.check(AbortSignal.abort())).state).not.toBe('down');
    });
  });
}

/** What every upstream with a server behind it does when server, network or caller give up. */
export function describeNetworkUpstream(createFixture: () => Promise<NetworkFixture>): void {
  describe('as an upstream over a network', () => {
    let fixture: NetworkFixture;

    beforeEach(async () => {
      fixture = await createFixture();
    });
    afterEach(() => fixture.close());

    it.each(FAULTS)('reports a server that %s as %s, once and last', async (fault, kind) => {
      fixture.arrange(fault);
      const events = await collect(fixture.upstream, spokenTurn(1));
      expect(fixture.faultsFired()).toBe(1);
      const failures = events.filter((event) => event.kind === 'failed');
      expect(failures).toHaveLength(1);
      expect(events.at(-1)).toMatchObject({ kind: 'failed', problem: { kind } });
      const rejected = kind === 'upstream-rejected' || kind === 'upstream-unauthorised';
      expect(failures[0]?.problem.retry === 'never').toBe(rejected);
      if (fault.endsWith('in mid-answer')) expect(events.length).toBeGreaterThan(1);
    });

    it('reports a server that is not there as unreachable, and down', async () => {
      await fixture.stopServer();
      const events = await collect(fixture.upstream, spokenTurn(1));
      expect(events).toMatchObject([{ kind: 'failed', problem: { kind: 'upstream-unreachable' } }]);
      expect((await fixture.upstream.check(new AbortController().signal)).state).toBe('down');
    });

    it.each([
      ['before the first event', 'late', 0],
      ['in mid-answer', 'slow', 3],
    ] as const)('reaches the server within 100 ms when aborted %s', async (_, course, afterEvents) => {
      for (let trial = 0; trial < 5; trial++) {
        fixture.arrange(course);
        const caller = new AbortController();
        let abortedMs = 0;
        const abort = () => {
          abortedMs = performance.now();
          caller.abort();
        };
        if (afterEvents === 0) setTimeout(abort, 60);
        const events: ReplyEvent[] = [];
        for await (const event of fixture.upstream.respond(spokenTurn(0.3), caller.signal)) {
          events.push(event);
          if (events.length === afterEvents) setTimeout(abort, 10);
        }
        expect(events.filter(({ kind }) => kind === 'failed')).toEqual([]);
        expect(abortedMs).toBeGreaterThan(0);
        expect(await abortDelayMs(fixture, abortedMs)).toBeLessThan(ABORT_MS);
      }
    });

    it('reaches the server within 100 ms when aborted while nobody reads', async () => {
      fixture.arrange('slow');
      const caller = new AbortController();
      const events = fixture.upstream.respond(spokenTurn(0.3), caller.signal)[Symbol.asyncIterator]();
      await events.next();
      await sleep(100);
      const abortedMs = performance.now();
      caller.abort();
      expect(await abortDelayMs(fixture, abortedMs)).toBeLessThan(ABORT_MS);
      expect(await events.next()).toEqual({ value: undefined, done: true });
    });

    it('reaches the server within 100 ms when the loop is left', async () => {
      fixture.arrange('slow');
      let leftMs = 0;
      for await (const event of fixture.upstream.respond(spokenTurn(0.3), new AbortController().signal)) {
        expect(event.kind).not.toBe('failed');
        leftMs = performance.now();
        break;
      }
      expect(await abortDelayMs(fixture, leftMs)).toBeLessThan(ABORT_MS);
    });

    it('keeps one connection for turns that end well, and none once it is closed', async () => {
      for (let turn = 0; turn < 8; turn++) {
        await collect(fixture.upstream, spokenTurn(0.3));
        await sleep(20);
      }
      expect(fixture.openSockets()).toBe(1);
      await fixture.closeUpstream();
      await expect.poll(() => fixture.openSockets()).toBe(0);
    });

    it('leaves no connection behind that failed or was left', async () => {
      for (const [fault] of FAULTS) {
        fixture.arrange(fault);
        await collect(fixture.upstream, spokenTurn(0.3));
      }
      for (let i = 0; i < 5; i++) {
        fixture.arrange('slow');
        for await (const event of fixture.upstream.respond(spokenTurn(0.3), new AbortController().signal)) {
          expect(event.kind).not.toBe('failed');
          break;
        }
      }
      // Refusals that were read to their end leave idle connections for the next turns; in such haste a second one
      // is opened before the first is free again.
      await expect.poll(() => fixture.openSockets()).toBeLessThanOrEqual(2);
      expect(fixture.faultsFired()).toBe(FAULTS.length);
      expect(audioOf(await collect(fixture.upstream, spokenTurn(0.3))).length).toBeGreaterThan(0);
    });
  });
}

async function abortDelayMs(fixture: NetworkFixture, abortedMs: number): Promise<number> {
  await expect.poll(() => (fixture.lastAbortMs() ?? 0) >= abortedMs, { interval: 5 }).toBe(true);
  return (fixture.lastAbortMs() ?? Infinity) - abortedMs;
}
