import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UpstreamHealth, UpstreamProblem, UpstreamProblemKind } from './upstream.ts';

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

/** What an adapter yields: a failure is its last event, and anything else is none. */
type StreamEvent = { kind: string; problem?: UpstreamProblem };

/**
 * An adapter that streams answers of a server over a network, made anew for each test. The server is the test's own,
 * so it sees what reaches it.
 */
export interface NetworkStreamFixture {
  /** Asks for about a second of whatever it is. */
  ask(signal: AbortSignal): AsyncIterable<StreamEvent>;
  check(signal: AbortSignal): Promise<UpstreamHealth>;
  arrange(course: Course): void;
  /** How often an arranged fault has struck. */
  faultsFired(): number;
  /** When the server saw its last client leave in mid-answer, by `performance.now()`. */
  lastAbortMs(): number | undefined;
  openSockets(): number;
  /** Connections that turns without a conversation leave open for the next; 1 unless said otherwise. */
  idleSockets?: number;
  /** Makes the server vanish; nothing listens there any more. */
  stopServer(): Promise<void>;
  closeUpstream(): Promise<void>;
  /** Ends both sides. */
  close(): Promise<void>;
}

async function collect(stream: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}
const unaborted = () => new AbortController().signal;

/** The longest an abort usually takes to reach the server; a busy machine may hold up a single one. */
const ABORT_MS = 100;

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/**
 * What everything with a server behind it does when server, network or caller give up. `undetectable` faults leave no
 * trace in what the server sends.
 */
export function describeNetworkStream(
  createFixture: () => Promise<NetworkStreamFixture>,
  undetectable: readonly Fault[] = [],
): void {
  const faults = FAULTS.filter(([fault]) => !undetectable.includes(fault));

  describe('over a network', () => {
    let fixture: NetworkStreamFixture;

    beforeEach(async () => {
      fixture = await createFixture();
    });
    afterEach(() => fixture.close());

    it.each(faults)('reports a server that %s as %s, once and last', async (fault, kind) => {
      fixture.arrange(fault);
      const events = await collect(fixture.ask(unaborted()));
      expect(fixture.faultsFired()).toBe(1);
      const failures = events.filter((event) => event.kind === 'failed');
      expect(failures).toHaveLength(1);
      expect(events.at(-1)).toMatchObject({ kind: 'failed', problem: { kind } });
      const rejected = kind === 'upstream-rejected' || kind === 'upstream-unauthorised';
      expect(failures[0]?.problem?.retry === 'never').toBe(rejected);
      if (fault.endsWith('in mid-answer')) expect(events.length).toBeGreaterThan(1);
    });

    it('reports a server that is not there as unreachable, and down', async () => {
      await fixture.stopServer();
      const events = await collect(fixture.ask(unaborted()));
      expect(events.filter(({ kind }) => kind === 'failed')).toHaveLength(1);
      expect(events.at(-1)).toMatchObject({ problem: { kind: 'upstream-unreachable' } });
      expect((await fixture.check(unaborted())).state).toBe('down');
    });

    it.each([
      ['before the first event', 'late', 0],
      ['in mid-answer', 'slow', 3],
    ] as const)('reaches the server within 100 ms when aborted %s', async (_, course, afterEvents) => {
      const delaysMs: number[] = [];
      for (let trial = 0; trial < 5; trial++) {
        fixture.arrange(course);
        const caller = new AbortController();
        let abortedMs = 0;
        const abort = () => {
          abortedMs = performance.now();
          caller.abort();
        };
        if (afterEvents === 0) setTimeout(abort, 60);
        const events: StreamEvent[] = [];
        for await (const event of fixture.ask(caller.signal)) {
          events.push(event);
          if (events.length === afterEvents) setTimeout(abort, 10);
        }
        expect(events.filter(({ kind }) => kind === 'failed')).toEqual([]);
        expect(abortedMs).toBeGreaterThan(0);
        delaysMs.push(await abortDelayMs(fixture, abortedMs));
      }
      expect(middle(delaysMs)).toBeLessThan(ABORT_MS);
    });

    it('reaches the server within 100 ms when aborted while nobody reads', async () => {
      const delaysMs: number[] = [];
      for (let trial = 0; trial < 3; trial++) {
        fixture.arrange('slow');
        const caller = new AbortController();
        const events = fixture.ask(caller.signal)[Symbol.asyncIterator]();
        await events.next();
        await sleep(100);
        const abortedMs = performance.now();
        caller.abort();
        delaysMs.push(await abortDelayMs(fixture, abortedMs));
        expect(await events.next()).toEqual({ value: undefined, done: true });
      }
      expect(middle(delaysMs)).toBeLessThan(ABORT_MS);
    });

    it('reaches the server within 100 ms when the loop is left', async () => {
      const delaysMs: number[] = [];
      for (let trial = 0; trial < 3; trial++) {
        fixture.arrange('slow');
        const leftMs = await leaveInMidAnswer(fixture);
        delaysMs.push(await abortDelayMs(fixture, leftMs));
      }
      expect(middle(delaysMs)).toBeLessThan(ABORT_MS);
    });

    it('keeps no more connections than it can use again, and none once it is closed', async () => {
      for (let turn = 0; turn < 8; turn++) {
        await collect(fixture.ask(unaborted()));
        await sleep(20);
      }
      await expect.poll(() => fixture.openSockets()).toBe(fixture.idleSockets ?? 1);
      await fixture.closeUpstream();
      await expect.poll(() => fixture.openSockets()).toBe(0);
    });

    it('leaves no connection behind that failed or was left', async () => {
      for (const [fault] of faults) {
        fixture.arrange(fault);
        await collect(fixture.ask(unaborted()));
      }
      for (let i = 0; i < 5; i++) {
        fixture.arrange('slow');
        await leaveInMidAnswer(fixture);
      }
      // Refusals that were read to their end leave idle connections for the next turns; in such haste a second one
      // is opened before the first is free again.
      await expect.poll(() => fixture.openSockets()).toBeLessThanOrEqual(2);
      expect(fixture.faultsFired()).toBe(faults.length);
      const events = await collect(fixture.ask(unaborted()));
      expect(events.map(({ kind }) => kind)).not.toContain('failed');
      expect(events.length).toBeGreaterThan(0);
    });
  });
}

/** At the third event: where servers stand in a row, the first one is from another. Returns when. */
async function leaveInMidAnswer(fixture: NetworkStreamFixture): Promise<number> {
  let events = 0;
  let leftMs = 0;
  for await (const event of fixture.ask(unaborted())) {
    expect(event.kind).not.toBe('failed');
    leftMs = performance.now();
    if (++events === 3) break;
  }
  expect(events).toBe(3);
  return leftMs;
}

async function abortDelayMs(fixture: NetworkStreamFixture, abortedMs: number): Promise<number> {
  await expect.poll(() => (fixture.lastAbortMs() ?? 0) >= abortedMs, { interval: 5 }).toBe(true);
  return (fixture.lastAbortMs() ?? Infinity) - abortedMs;
}
