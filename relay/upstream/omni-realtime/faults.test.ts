import { afterEach, describe, expect, it } from 'vitest';
import type { RealtimeFault } from '../../../e2e/fakes/realtime-script.ts';
import { UPSTREAM_TIMEOUTS } from '../http-client/patience.ts';
import { spokenTurn } from '../upstream.contract.ts';
import type { ReplyEvent, Upstream, UpstreamProblemKind } from '../upstream.ts';
import { start as startEnds, TIMEOUTS, type Ends } from './testing/talk.ts';

let ends: Ends;
afterEach(() => ends.close());

const { firstEventMs, stallMs } = TIMEOUTS;
/** On a busy machine. */
const SLACK_MS = 500;
const error = (type: string, code: string) => ({ type, code, message: 'told to fail', param: null });

/** What goes wrong, what the caller is told, and the longest it hears nothing before. */
const FAULTS: [name: string, fault: RealtimeFault, kind: UpstreamProblemKind, silenceMs: number][] = [
  ['hangs up on us', { kind: 'reset' }, 'upstream-unreachable', 0],
  ['opens and says nothing', { kind: 'mute' }, 'upstream-silent', firstEventMs],
  ['says something else', { kind: 'wrong-hello' }, 'upstream-faulty', 0],
  ['listens and says nothing', { kind: 'stall', afterDeltas: 0, ms: Infinity }, 'upstream-silent', firstEventMs],
  ['dies before its first event', { kind: 'die', afterDeltas: 0 }, 'upstream-unreachable', 0],
  ['dies after one piece', { kind: 'die', afterDeltas: 1 }, 'upstream-died', 0],
  ['dies after five pieces', { kind: 'die', afterDeltas: 5 }, 'upstream-died', 0],
  ['ends the session in mid-answer', { kind: 'close', afterDeltas: 5, code: 1000 }, 'upstream-died', 0],
  ['restarts', { kind: 'close', afterDeltas: 5, code: 1012 }, 'upstream-died', 0],
  ['stalls', { kind: 'stall', afterDeltas: 5, ms: Infinity }, 'upstream-stalled', stallMs],
  ['talks garbage', { kind: 'garbage', afterDeltas: 5, what: 'invalid-json' }, 'upstream-faulty', 0],
  ['sends twelve megabytes at once', { kind: 'garbage', afterDeltas: 5, what: 'huge-delta' }, 'upstream-faulty', 0],
  ['is at its limit (429)', { kind: 'status', status: 429, retryAfter: '7' }, 'upstream-busy', 0],
  ['fails (500)', { kind: 'status', status: 500 }, 'upstream-faulty', 0],
  [
    'throttles in mid-answer',
    { kind: 'error', afterDeltas: 5, error: error('Throttling', 'limit_requests') },
    'upstream-busy',
    0,
  ],
];

async function collectWithSilence(upstream: Upstream): Promise<{ events: ReplyEvent[]; silenceMs: number }> {
  const events: ReplyEvent[] = [];
  let silenceMs = 0;
  let lastMs = performance.now();
  for await (const event of upstream.respond(spokenTurn(0.5), new AbortController().signal)) {
    // The user's own words are not what it waits for.
    if (event.kind !== 'transcript') {
      silenceMs = Math.max(silenceMs, performance.now() - lastMs);
      lastMs = performance.now();
    }
    events.push(event);
  }
  return { events, silenceMs };
}

describe('a realtime server', () => {
  it.each(FAULTS)('that %s fails the turn once and in time', async (_, fault, kind, budgetMs) => {
    // Pieces a little apart, so that what was sent before a broken connection has been read by then.
    ends = await startEnds({ script: { pace: 0.05 } });
    ends.fake.next({ fault });
    const { events, silenceMs } = await collectWithSilence(ends.upstream);
    expect(ends.fake.counters.faults).toBe(1);
    expect(events.filter((event) => event.kind === 'failed')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ problem: { kind } });
    expect(silenceMs).toBeGreaterThan(0.8 * budgetMs - 1);
    expect(silenceMs).toBeLessThan(budgetMs + SLACK_MS);
    if (kind === 'upstream-busy' && fault.kind === 'status') {
      expect(events.at(-1)).toMatchObject({ problem: { retryAfterMs: 7_000 } });
    }
    await expect.poll(() => ends.fake.openSockets).toBe(0);
  });

  it('that is slow is waited for', async () => {
    ends = await startEnds({ script: { pace: 1.5, chunkMs: 200, reply: 'Slow.' } });
    const { events, silenceMs } = await collectWithSilence(ends.upstream);
    expect(events.at(-1)?.kind).toBe('usage');
    expect(silenceMs).toBeGreaterThan(200);
  });

  it('leaves nobody in silence for more than 3.5 seconds in mid-answer, with the budgets it comes with', async () => {
    ends = await startEnds({}, { timeouts: UPSTREAM_TIMEOUTS });
    ends.fake.next({ fault: { kind: 'stall', afterDeltas: 5, ms: Infinity } });
    const { events, silenceMs } = await collectWithSilence(ends.upstream);
    expect(events.at(-1)).toMatchObject({ problem: { kind: 'upstream-stalled', retry: 'now' } });
    expect(silenceMs).toBeLessThan(3_500);
  });
});
