import { afterEach, describe, expect, it } from 'vitest';
import { createFakeOmni, type FakeOmni } from '../../../e2e/fakes/omni-server.ts';
import type { OmniFault } from '../../../e2e/fakes/omni-script.ts';
import { UPSTREAM_TIMEOUTS, type UpstreamTimeouts } from '../http-client/patience.ts';
import { spokenTurn } from '../upstream.contract.ts';
import type { ReplyEvent, Upstream, UpstreamProblemKind } from '../upstream.ts';
import { createOmniChat, type OmniChat } from './omni-chat.ts';

const TIMEOUTS = { ...UPSTREAM_TIMEOUTS, firstEventMs: 1_000, stallMs: 500 };
const { firstEventMs, stallMs } = TIMEOUTS;
/** On a busy machine. */
const SLACK_MS = 500;

let fake: FakeOmni;
let upstream: OmniChat;
afterEach(async () => {
  await upstream.close();
  await fake.close();
});

async function start(script: Parameters<FakeOmni['next']>[0], timeouts: UpstreamTimeouts): Promise<void> {
  // Chunks a little apart, so that what was sent before a broken connection has been read by then.
  fake = await createFakeOmni({ script: { pace: 0.05, ...script } });
  upstream = createOmniChat({ baseUrl: fake.baseUrl, model: fake.model, timeouts });
}

/** What goes wrong, what the caller is told, and the longest it hears nothing before. */
const FAULTS: [name: string, fault: OmniFault, kind: UpstreamProblemKind, silenceMs: number][] = [
  ['refuses the connection', { kind: 'reset-before-headers' }, 'upstream-unreachable', 0],
  ['hangs', { kind: 'hang-before-headers' }, 'upstream-silent', firstEventMs],
  ['hangs after its headers', { kind: 'stall', afterChunks: 0, ms: Infinity }, 'upstream-silent', firstEventMs],
  ['dies before its first event', { kind: 'die', afterChunks: 0 }, 'upstream-unreachable', 0],
  ['dies after two chunks', { kind: 'die', afterChunks: 2 }, 'upstream-died', 0],
  ['dies after five chunks', { kind: 'die', afterChunks: 5 }, 'upstream-died', 0],
  ['stalls', { kind: 'stall', afterChunks: 5, ms: Infinity }, 'upstream-stalled', stallMs],
  ['talks garbage', { kind: 'garbage', afterChunks: 5, what: 'invalid-utf8' }, 'upstream-faulty', 0],
  ['sends twelve megabytes at once', { kind: 'garbage', afterChunks: 5, what: 'huge-delta' }, 'upstream-faulty', 0],
  ['is no HTTP server', { kind: 'not-http' }, 'upstream-faulty', 0],
  ['is at its limit (429)', { kind: 'status', status: 429, retryAfter: '7' }, 'upstream-busy', 0],
  ['fails (500)', { kind: 'status', status: 500 }, 'upstream-faulty', 0],
];

async function collectWithSilence(asked: Upstream): Promise<{ events: ReplyEvent[]; silenceMs: number }> {
  const events: ReplyEvent[] = [];
  let silenceMs = 0;
  let lastMs = performance.now();
  for await (const event of asked.respond(spokenTurn(0.5), new AbortController().signal)) {
    silenceMs = Math.max(silenceMs, performance.now() - lastMs);
    lastMs = performance.now();
    events.push(event);
  }
  return { events, silenceMs };
}

describe('a chat server', () => {
  it.each(FAULTS)('that %s fails the turn once and in time', async (_, fault, kind, budgetMs) => {
    await start({ fault }, TIMEOUTS);
    const { events, silenceMs } = await collectWithSilence(upstream);
    expect(fake.counters.faults).toBe(1);
    expect(events.filter((event) => event.kind === 'failed')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ problem: { kind } });
    expect(silenceMs).toBeGreaterThan(0.8 * budgetMs - 1);
    expect(silenceMs).toBeLessThan(budgetMs + SLACK_MS);
    await expect.poll(() => fake.counters.running).toBe(0);
  });

  it('that is slow is waited for', async () => {
    await start({ pace: 1.5, chunkMs: 200, reply: 'Slow.' }, TIMEOUTS);
    const { events, silenceMs } = await collectWithSilence(upstream);
    expect(events.at(-1)?.kind).toBe('usage');
    expect(silenceMs).toBeGreaterThan(200);
  });

  it('leaves nobody in silence for more than 3.5 seconds in mid-answer, with the budgets it comes with', async () => {
    await start({ fault: { kind: 'stall', afterChunks: 5, ms: Infinity } }, UPSTREAM_TIMEOUTS);
    const { events, silenceMs } = await collectWithSilence(upstream);
    expect(events.at(-1)).toMatchObject({ problem: { kind: 'upstream-stalled', retry: 'now' } });
    expect(silenceMs).toBeLessThan(3_500);
  });
});
