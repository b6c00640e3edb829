import { afterEach, describe, expect, it } from 'vitest';
import type { OmniFault } from '../../../e2e/fakes/omni-script.ts';
import { collect, spokenTurn, textOf } from '../upstream.contract.ts';
import type { ReplyEvent, UpstreamProblemKind } from '../upstream.ts';
import { createCascadeRig, RIG_TIMEOUTS, type CascadeRig } from './testing/cascade-rig.ts';

let rig: CascadeRig;
afterEach(() => rig.close());

const PARTS = ['recogniser', 'chat', 'synthesiser'] as const;
const { firstEventMs, stallMs } = RIG_TIMEOUTS;
/** On a busy machine; budgets run from the last event, which is itself some milliseconds old. */
const SLACK_MS = 500;

/** What goes wrong, what the caller is told, and the longest it may hear nothing before. */
const FAULTS: [name: string, fault: OmniFault, kind: UpstreamProblemKind, silenceMs: number][] = [
  ['refuses the connection', { kind: 'reset-before-headers' }, 'upstream-unreachable', 0],
  ['hangs', { kind: 'hang-before-headers' }, 'upstream-silent', firstEventMs],
  ['dies before its first event', { kind: 'die', afterChunks: 0 }, 'upstream-unreachable', 0],
  ['dies after two chunks', { kind: 'die', afterChunks: 2 }, 'upstream-died', 0],
  ['dies after four chunks', { kind: 'die', afterChunks: 4 }, 'upstream-died', 0],
  ['stalls', { kind: 'stall', afterChunks: 3, ms: Infinity }, 'upstream-stalled', stallMs],
  ['talks garbage', { kind: 'garbage', afterChunks: 3, what: 'invalid-json' }, 'upstream-faulty', 0],
  ['is no HTTP server', { kind: 'not-http' }, 'upstream-faulty', 0],
  ['is at its limit (429)', { kind: 'status', status: 429, retryAfter: '7' }, 'upstream-busy', 0],
  ['fails (500)', { kind: 'status', status: 500 }, 'upstream-faulty', 0],
];

const CASES = PARTS.flatMap((part) => FAULTS.map(([...fault]) => [part, ...fault] as const));

/** The events, and the longest wait for one. */
async function collectWithSilence({ cascade }: CascadeRig): Promise<{ events: ReplyEvent[]; silenceMs: number }> {
  const events: ReplyEvent[] = [];
  let silenceMs = 0;
  let lastMs = performance.now();
  for await (const event of cascade.respond(spokenTurn(0.5), new AbortController().signal)) {
    silenceMs = Math.max(silenceMs, performance.now() - lastMs);
    lastMs = performance.now();
    events.push(event);
  }
  return { events, silenceMs };
}

const serverOf = ({ ears, mind, voice }: CascadeRig) => ({ recogniser: ears, chat: mind, synthesiser: voice });

describe('a cascade', () => {
  it.each(CASES)('whose %s %s fails once and in time', async (part, _, fault, kind, budgetMs) => {
    // Chunks a little apart, so that what was sent before a broken connection has been read by then.
    rig = await createCascadeRig({ hears: { wordMs: 5 }, speaks: { wire: 'sse', pace: 0.05 } });
    const server = serverOf(rig)[part];
    server.next({ fault });
    const { events, silenceMs } = await collectWithSilence(rig);
    expect(server.counters.faults).toBe(1);
    expect(events.filter((event) => event.kind === 'failed')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ problem: { kind, detail: expect.stringContaining(part) } });
    expect(silenceMs).toBeGreaterThan(0.8 * budgetMs - 1);
    expect(silenceMs).toBeLessThan(budgetMs + SLACK_MS);
    expect(events.some((event) => event.kind === 'transcript')).toBe(part !== 'recogniser');
    if (kind === 'upstream-busy') expect(events.at(-1)).toMatchObject({ problem: { retryAfterMs: 7_000 } });
    await expect.poll(() => PARTS.map((name) => serverOf(rig)[name].counters.running)).toEqual([0, 0, 0]);
  });

  it.each(PARTS)('whose %s is not there at all says so, and which', async (part) => {
    rig = await createCascadeRig();
    await serverOf(rig)[part].close();
    const events = await collect(rig.cascade, spokenTurn(0.5));
    const problem = { kind: 'upstream-unreachable', retry: 'later', detail: `${part}: ECONNREFUSED` };
    expect(events.at(-1)).toEqual({ kind: 'failed', problem });
    const health = await rig.cascade.check(new AbortController().signal);
    expect(health).toMatchObject({ state: 'down', detail: expect.stringContaining(`${part}: upstream-unreachable`) });
  });

  it.each(PARTS)('with a slow %s is slow, and does not fail', async (part) => {
    rig = await createCascadeRig({
      ...(part === 'recogniser' ? { hears: { firstWordMs: 1_000 } } : {}),
      ...(part === 'chat' ? { writes: { firstTokenMs: 1_000 } } : {}),
      ...(part === 'synthesiser' ? { speaks: { firstAudioMs: 400, pace: 0.4 } } : {}),
    });
    const { events, silenceMs } = await collectWithSilence(rig);
    expect(events.map(({ kind }) => kind)).not.toContain('failed');
    expect(silenceMs).toBeGreaterThan(350);
  });

  it('does not begin what comes after a part that failed', async () => {
    rig = await createCascadeRig();
    rig.ears.next({ fault: { kind: 'status', status: 500 } });
    await collect(rig.cascade, spokenTurn(0.5));
    expect(rig.mind.requests).toHaveLength(0);
    rig.mind.next({ fault: { kind: 'status', status: 500 } });
    await collect(rig.cascade, spokenTurn(0.5));
    expect(rig.voice.requests).toHaveLength(0);
  });

  it('fails in the middle of its words with audio unheard, and does not make its listener wait for that', async () => {
    const reply = 'This is the first sentence of it. And this is a second one. '.repeat(5);
    rig = await createCascadeRig({ writes: { reply, fault: { kind: 'die', afterChunks: 40 } } });
    const events = await collect(rig.cascade, spokenTurn(0.5));
    expect(textOf(events)).not.toBe('');
    expect(events.at(-1)).toMatchObject({ kind: 'failed', problem: { kind: 'upstream-died' } });
  });

  it('counts silence from where the audio it gave runs out', async () => {
    const reply = 'This is a sentence of some length, as you can hear. And this one will never be spoken.';
    rig = await createCascadeRig({ writes: { reply }, stallMs: 200 });
    // The second request hangs; the first sentence lasts longer than its budget.
    rig.voice.next({});
    rig.voice.next({ fault: { kind: 'hang-before-headers' } });
    const { events, silenceMs } = await collectWithSilence(rig);
    const heardMs = events.reduce((sum, event) => sum + (event.kind === 'audio' ? event.pcm.length / 48 : 0), 0);
    expect(heardMs).toBeGreaterThan(1_000);
    expect(silenceMs).toBeLessThan(Math.max(heardMs + 200, firstEventMs) + SLACK_MS);
    expect(silenceMs).toBeGreaterThan(Math.min(heardMs, firstEventMs) - SLACK_MS);
    expect(events.at(-1)).toMatchObject({ kind: 'failed' });
  });
});
