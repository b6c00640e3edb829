import { createHash } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { GARBAGE, type GarbageKind } from '../../../e2e/fakes/omni-script.ts';
import { createFakeOmni, type FakeOmni, type FakeOmniOptions } from '../../../e2e/fakes/omni-server.ts';
import { speak } from '../../../e2e/audio/voice.ts';
import { toBytes } from '../../../e2e/audio/wav.ts';
import type { ContextItem } from '../upstream.ts';
import { audioOf, collect, spokenTurn, textOf, toneOf } from '../upstream.contract.ts';
import { createOmniChat, type OmniChat, type OmniChatOptions } from './omni-chat.ts';
import { toWav } from '../pcm/wav.ts';

const TIMEOUTS = { firstEventMs: 1_500, stallMs: 500, lateAudioMs: 1_500 };
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

function connect(options: OmniChatOptions): OmniChat {
  const upstream = createOmniChat({ timeouts: TIMEOUTS, ...options });
  open.push(upstream);
  return upstream;
}

async function start(options: FakeOmniOptions = {}): Promise<{ fake: FakeOmni; upstream: OmniChat }> {
  const fake = await createFakeOmni({ ...options, script: { pace: 0, ...options.script } });
  open.push(fake);
  return { fake, upstream: connect({ baseUrl: fake.baseUrl, model: fake.model }) };
}

async function startServer(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  open.push({ close: () => server.close().closeAllConnections() });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a turn', () => {
  it('arrives at the server sample for sample', async () => {
    const { fake, upstream } = await start();
    const context: ContextItem[] = [
      { kind: 'user', audio: toneOf(0.7) },
      { kind: 'assistant', text: 'Yes.' },
    ];
    const turn = spokenTurn(1.234, { context });
    await collect(upstream, turn);
    const audios = fake.requests[0]?.audios ?? [];
    expect(audios.map(({ durationMs }) => durationMs)).toEqual([700, 1234]);
    expect(audios[1]?.rateHz).toBe(16_000);
    expect(audios[1]?.sha256).toBe(createHash('sha256').update(toneOf(1.234)).digest('hex'));
    expect(audios[1]?.levelDb).toBeCloseTo(-14.2, 1);
  });

  it.each([undefined, 1013, 7])('comes back sample for sample, in pieces of %s bytes', async (pieceBytes) => {
    const { fake, upstream } = await start({
      script: { reply: 'Good day.', chunkMs: 137, ...(pieceBytes ? { pieceBytes } : {}) },
    });
    const events = await collect(upstream, spokenTurn(0.5));
    const { samples } = await speak('Good day.');
    expect(audioOf(events).equals(Buffer.from(toBytes(samples)))).toBe(true);
    expect(textOf(events)).toBe('Good day.');
    expect(events[0]?.kind).toBe('text');
    expect(events.at(-1)).toMatchObject({ kind: 'usage', usage: { outputTokens: 2 } });
    expect(fake.requests[0]?.outcome).toBe('finished');
  });

  it('may be answered in words alone', async () => {
    const { upstream } = await start({ script: { isSilent: true, reply: 'Only words.' } });
    const events = await collect(upstream, spokenTurn(0.5));
    expect(textOf(events)).toBe('Only words.');
    expect(events.map(({ kind }) => kind)).toEqual(['text', 'text', 'usage']);
  });

  it('is answered beside many others', async () => {
    const { fake, upstream } = await start({ script: { isSilent: true, firstTokenMs: 400 } });
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, i) => collect(upstream, spokenTurn(0.2 + i / 10))),
    );
    for (const [i, events] of answers.entries())
      expect(textOf(events)).toContain(`for ${(0.2 + i / 10).toFixed(1)} seconds`);
    expect(fake.counters.peakRunning).toBe(24);
  });
});

describe('a server that talks nonsense', () => {
  it.each(Object.keys(GARBAGE) as GarbageKind[])('of the kind %s is reported once and last', async (what) => {
    const { fake, upstream } = await start({ script: { fault: { kind: 'garbage', afterChunks: 3, what } } });
    const events = await collect(upstream, spokenTurn(0.5));
    const kind = what === 'error-busy' ? 'upstream-busy' : 'upstream-faulty';
    expect(events.at(-1)).toMatchObject({ kind: 'failed', problem: { kind } });
    expect(events.filter((event) => event.kind === 'failed')).toHaveLength(1);
    expect(textOf(events)).not.toBe('');
    expect(fake.counters.faults).toBe(1);
    await expect.poll(() => fake.counters.running).toBe(0);
  });

  it('instead of HTTP is faulty', async () => {
    const { upstream } = await start({ script: { fault: { kind: 'not-http' } } });
    expect(await collect(upstream, spokenTurn(0.5))).toMatchObject([{ problem: { kind: 'upstream-faulty' } }]);
  });
});

describe('waiting', () => {
  it('passes on how long a full server wants to be left alone', async () => {
    const { upstream } = await start({ script: { fault: { kind: 'status', status: 429, retryAfter: '7' } } });
    expect(await collect(upstream, spokenTurn(0.5))).toMatchObject([
      { problem: { kind: 'upstream-busy', retry: 'later', retryAfterMs: 7_000 } },
    ]);
  });

  it('bears a pause shorter than the budget', async () => {
    const { upstream } = await start({ script: { chunkMs: 500, fault: { kind: 'stall', afterChunks: 6, ms: 150 } } });
    const events = await collect(upstream, spokenTurn(0.5));
    expect(events.at(-1)?.kind).toBe('usage');
  });

  it('takes an event that dribbles in for no stall, but comments alone for one', async () => {
    const serve = (start: string, piece: string, end: string) =>
      startServer((_, response) => {
        response.setHeader('content-type', 'text/event-stream');
        response.write(`data: {"choices":[{"delta":{"content":"Well, "}}]}\n\n${start}`);
        let sent = 0;
        const timer = setInterval(() => {
          if (++sent < 12) return void response.write(piece);
          clearInterval(timer);
          response.end(`${end}data: {"choices":[{"delta":{"content":"yes."},"finish_reason":"stop"}]}\n\n`);
        }, 80);
      });
    const dribbling = await serve('data: {"filler":"', 'x'.repeat(5_000), '"}\n\n');
    expect(textOf(await collect(connect({ baseUrl: dribbling, model: 'm' }), spokenTurn(0.5)))).toBe('Well, yes.');
    const pinging = connect({ baseUrl: await serve('', ': ping\n\n', ''), model: 'm' });
    expect((await collect(pinging, spokenTurn(0.5))).at(-1)).toMatchObject({ problem: { kind: 'upstream-stalled' } });
  });

  it('takes a slow listener for no stall', async () => {
    const { upstream } = await start({ script: { chunkMs: 300, pace: 0.1 } });
    let events = 0;
    for await (const event of upstream.respond(spokenTurn(0.5), new AbortController().signal)) {
      expect(event.kind).not.toBe('failed');
      if (events++ % 6 === 0) await sleep(TIMEOUTS.stallMs * 1.5);
    }
    expect(events).toBeGreaterThan(8);
  });

  it('gives models that speak only when their text is finished the time to do so, and others not', async () => {
    const script = { firstAudioMs: 900, pace: 0 };
    const late = await start({ model: 'Qwen/Qwen2.5-Omni-7B', script });
    expect(audioOf(await collect(late.upstream, spokenTurn(0.5))).length).toBeGreaterThan(0);
    const { upstream } = await start({ script });
    expect((await collect(upstream, spokenTurn(0.5))).at(-1)).toMatchObject({ problem: { kind: 'upstream-stalled' } });
  });
});

describe('a server', () => {
  it('is asked for its model where none is configured, and its family decides voices and rate', async () => {
    const { fake } = await start();
    const upstream = connect({ baseUrl: `${fake.baseUrl}/v1/` });
    expect(upstream.model).toBe('');
    expect(audioOf(await collect(upstream, spokenTurn(0.5))).length).toBeGreaterThan(0);
    expect(upstream.model).toBe(fake.model);
    expect(upstream.voices).toEqual(['ethan', 'chelsie', 'aiden']);
  });

  it('gets our key, and is told to be unauthorised when it turns it down', async () => {
    const fake = await createFakeOmni({ apiKey: 'right', script: { pace: 0 } });
    open.push(fake);
    const { baseUrl, model } = fake;
    const signal = new AbortController().signal;
    const right = connect({ baseUrl, model, apiKey: 'right' });
    expect(audioOf(await collect(right, spokenTurn(0.5))).length).toBeGreaterThan(0);
    expect(await right.check(signal)).toMatchObject({ state: 'up' });
    const wrong = connect({ baseUrl, model, apiKey: 'wrong' });
    expect(await collect(wrong, spokenTurn(0.5))).toMatchObject([
      { problem: { kind: 'upstream-unauthorised', retry: 'never' } },
    ]);
    expect(await wrong.check(signal)).toMatchObject({ state: 'down', detail: expect.stringContaining('unauthorised') });
  });

  it('that is loading is down; one without a health route is judged by its models', async () => {
    const { fake, upstream } = await start();
    const signal = new AbortController().signal;
    const health = await upstream.check(signal);
    expect(health.state).toBe('up');
    expect(health.latencyMs).toBeGreaterThan(0);
    fake.isHealthy = false;
    expect((await upstream.check(signal)).state).toBe('down');
    const baseUrl = await startServer((request, response) => {
      if (request.url === '/v1/models') response.end('{"data":[{"id":"m"}]}');
      else response.writeHead(404).end();
    });
    expect(await connect({ baseUrl }).check(signal)).toMatchObject({ state: 'up' });
    expect(await connect({ baseUrl, model: 'other' }).check(signal)).toMatchObject({
      state: 'up',
      detail: expect.stringContaining('not among'),
    });
  });

  it('that never answers a check is down within the budget', async () => {
    const baseUrl = await startServer(() => {});
    const startedMs = performance.now();
    const upstream = connect({ baseUrl, timeouts: { checkMs: 200 } });
    expect((await upstream.check(new AbortController().signal)).state).toBe('down');
    expect(performance.now() - startedMs).toBeLessThan(600);
  });

  it('whose audio states another rate fails once and is believed from then on', async () => {
    const audio = toWav(Buffer.alloc(200), 44_100).toString('base64');
    const chunk = { modality: 'audio', choices: [{ index: 0, delta: { content: audio }, finish_reason: 'stop' }] };
    const baseUrl = await startServer((_, response) => {
      response.setHeader('content-type', 'text/event-stream');
      response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    });
    const upstream = connect({ baseUrl, model: 'Ming-Omni' });
    expect(upstream.outputRateHz).toBe(24_000);
    expect(await collect(upstream, spokenTurn(0.5))).toMatchObject([
      { problem: { kind: 'upstream-faulty', retry: 'now' } },
    ]);
    expect(upstream.outputRateHz).toBe(44_100);
    expect(audioOf(await collect(upstream, spokenTurn(0.5)))).toHaveLength(200);
  });

  it('that hangs up without [DONE] has still finished once it gave a reason', async () => {
    const baseUrl = await startServer((_, response) => {
      response.setHeader('content-type', 'text/event-stream');
      response.write('data: {"choices":[{"delta":{"content":"Yes."},"finish_reason":"stop"}]}\n\n');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await collect(connect({ baseUrl, model: 'm' }), spokenTurn(0.5))).toEqual([{ kind: 'text', text: 'Yes.' }]);
  });

  it('must have an address that is one', () => {
    expect(() => createOmniChat({ baseUrl: 'not an address' })).toThrow();
  });
});
