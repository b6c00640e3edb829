import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { speak } from '../../../e2e/audio/voice.ts';
import { toBytes } from '../../../e2e/audio/wav.ts';
import { createFakeOmni, type FakeOmniOptions } from '../../../e2e/fakes/omni-server.ts';
import { audioOf, collect, spokenTurn, textOf } from '../upstream.contract.ts';
import { createOmniChat, type OmniChatOptions } from './omni-chat.ts';
import { TestSynthesiser } from './testing/test-synthesiser.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

async function start(fakeOptions: FakeOmniOptions, options: Partial<OmniChatOptions> = {}) {
  const fake = await createFakeOmni({ ...fakeOptions, script: { pace: 0, ...fakeOptions.script } });
  const upstream = createOmniChat({ baseUrl: fake.baseUrl, model: fake.model, ...options });
  open.push(fake, upstream);
  return { fake, upstream };
}

async function startServer(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  open.push({ close: () => server.close().closeAllConnections() });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const signal = new AbortController().signal;
const voiceOf = async (...texts: string[]) =>
  Buffer.concat(await Promise.all(texts.map(async (text) => toBytes((await speak(text)).samples))));

describe('a server that only writes', () => {
  const TWO = 'It is nine o clock. Time to sleep, I think.';
  const llama = (script: FakeOmniOptions['script']) =>
    start(
      { dialect: 'llama-cpp', model: 'hearing.gguf', script: script ?? {} },
      { synthesiser: new TestSynthesiser() },
    );

  it('is recognised by its list of models, and spoken for sentence by sentence while it writes', async () => {
    const { fake, upstream } = await llama({ reply: TWO, wordMs: 200 });
    expect(await upstream.check(signal)).toMatchObject({ state: 'up' });
    const events = await collect(upstream, spokenTurn(0.5));
    expect(textOf(events)).toBe(TWO);
    expect(audioOf(events).equals(await voiceOf('It is nine o clock.', 'Time to sleep, I think.'))).toBe(true);
    const firstAudio = events.findIndex(({ kind }) => kind === 'audio');
    const lastText = events.findLastIndex(({ kind }) => kind === 'text');
    expect(firstAudio).toBeLessThan(lastText);
    expect(upstream.voices).toEqual(['Nova']);
    expect(fake.requests[0]?.body).not.toHaveProperty('speaker');
  });

  it('is left, and its voice with it, when the caller aborts', async () => {
    const synthesiser = new TestSynthesiser();
    const { fake, upstream } = await start(
      { dialect: 'llama-cpp', script: { reply: TWO, wordMs: 200 } },
      { dialect: 'llama-cpp', synthesiser },
    );
    const caller = new AbortController();
    let abortedMs = 0;
    for await (const event of upstream.respond(spokenTurn(0.5), caller.signal)) {
      expect(event.kind).not.toBe('failed');
      if (event.kind !== 'audio') continue;
      abortedMs = performance.now();
      caller.abort();
    }
    await expect.poll(() => fake.requests[0]?.outcome).toBe('aborted');
    expect((fake.requests[0]?.abortedAtMs ?? Infinity) - abortedMs).toBeLessThan(100);
    expect(synthesiser.requests.every((request) => request.signal.aborted)).toBe(true);
  });

  it('is down when its model turns out to be deaf', async () => {
    const baseUrl = await startServer((_, response) =>
      response.end(JSON.stringify({ data: [{ id: 'm', architecture: { input_modalities: ['text'] } }] })),
    );
    expect(await createOmniChat({ baseUrl, model: 'm' }).check(signal)).toMatchObject({
      state: 'down',
      detail: expect.stringContaining('takes no audio'),
    });
  });
});

describe('an answer without a voice', () => {
  it('is spoken in the end where there is a synthesiser, once and as a whole', async () => {
    const synthesiser = new TestSynthesiser();
    const { upstream } = await start({ script: { isSilent: true, reply: 'Yes.' } }, { synthesiser });
    const events = await collect(upstream, spokenTurn(0.5, { settings: { voice: 'Nova' } }));
    expect(events.map(({ kind }) => kind)).toEqual(['text', 'usage', 'audio']);
    expect(audioOf(events).equals(await voiceOf('Yes.'))).toBe(true);
    expect(synthesiser.requests).toMatchObject([{ text: 'Yes.', voice: 'Nova' }]);
  });

  it('stays so where there is none, and one with a voice is not spoken twice', async () => {
    const mute = await start({ script: { isSilent: true, reply: 'Yes.' } });
    expect(audioOf(await collect(mute.upstream, spokenTurn(0.5)))).toHaveLength(0);
    const synthesiser = new TestSynthesiser();
    const { upstream } = await start({ script: { reply: 'Yes.' } }, { synthesiser });
    expect(audioOf(await collect(upstream, spokenTurn(0.5))).equals(await voiceOf('Yes.'))).toBe(true);
    expect(synthesiser.requests).toEqual([]);
  });

  it('that broke off is not spoken', async () => {
    const synthesiser = new TestSynthesiser();
    const script = { isSilent: true, fault: { kind: 'die', afterChunks: 4 } } as const;
    const { upstream } = await start({ script }, { synthesiser });
    expect((await collect(upstream, spokenTurn(0.5))).at(-1)?.kind).toBe('failed');
    expect(synthesiser.requests).toEqual([]);
  });
});

describe('the markup of a tool call', () => {
  const CALL = '<tool_call>{"name": "get_weather", "arguments": {}}</tool_call>';

  it.each([
    ['before its audio', { firstTokenMs: 10, firstAudioMs: 60 }],
    ['after its audio has begun', { firstTokenMs: 200, firstAudioMs: 10 }],
  ])('is neither shown nor spoken, when it comes %s', async (_, times) => {
    const { upstream } = await start({ script: { ...times, markup: CALL, reply: '', chunkMs: 100 } });
    const events = await collect(upstream, spokenTurn(0.5));
    expect(events.map(({ kind }) => kind)).toEqual(['tool-call', 'usage']);
  });

  it('is not waited for until it has been read out', async () => {
    const calls = [{ name: 'get_weather', arguments: '{"city":"Oslo"}' }];
    const { fake, upstream } = await start({ script: { calls, pace: 1, chunkMs: 100 } });
    const startedMs = performance.now();
    const events = await collect(upstream, spokenTurn(0.5, { tools: [{ name: 'get_weather' }] }));
    expect(events.map(({ kind }) => kind)).toEqual(['tool-call', 'usage']);
    // Reading it out takes more than three seconds.
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    await expect.poll(() => fake.requests[0]?.outcome).toBe('aborted');
  });

  it('ends the voice of an answer that has begun', async () => {
    const script = { markup: 'One moment. ', reply: CALL, wordMs: 0, firstAudioMs: 100, chunkMs: 100 };
    const { upstream } = await start({ script });
    const events = await collect(upstream, spokenTurn(0.5));
    expect(textOf(events)).toBe('One moment. ');
    expect(audioOf(events)).toHaveLength(0);
  });

  it('is not suspected for longer than it takes to see a word: early audio is all there, in order', async () => {
    const script = { reply: 'Good day.', firstTokenMs: 150, firstAudioMs: 10, chunkMs: 100 };
    const { upstream } = await start({ script });
    const events = await collect(upstream, spokenTurn(0.5));
    expect(audioOf(events).equals(await voiceOf('Good day.'))).toBe(true);
    expect(events[0]?.kind).toBe('text');
  });
});

describe('the dialect', () => {
  it('of DashScope is told by the address, and needs no list of models there', async () => {
    const seen: string[] = [];
    const baseUrl = await startServer((request, response) => {
      seen.push(String(request.url));
      response.writeHead(404).end('{}');
    });
    const upstream = createOmniChat({ baseUrl: `${baseUrl}/compatible-mode/v1`, model: 'qwen3-omni-flash' });
    open.push(upstream);
    expect(await upstream.check(signal)).toMatchObject({ state: 'up' });
    expect(seen).toContain('/compatible-mode/v1/models');
    expect(upstream.voices).toEqual(['Cherry', 'Ethan']);
  });
});
