import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { speak } from '../../../e2e/audio/voice.ts';
import { toBytes } from '../../../e2e/audio/wav.ts';
import { REALTIME_GARBAGE, type RealtimeGarbage } from '../../../e2e/fakes/realtime-script.ts';
import { audioOf, collect, spokenTurn, textOf, toneOf } from '../upstream.contract.ts';
import { createOmniRealtime } from './omni-realtime.ts';
import { start as startEnds, Talk, TIMEOUTS, transcriptOf, type Ends } from './testing/talk.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

async function start(...options: Parameters<typeof startEnds>): Promise<Ends> {
  const ends = await startEnds(...options);
  open.push(ends);
  return ends;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('a turn', () => {
  it('arrives sample for sample, after a session of our own making', async () => {
    const { fake, upstream } = await start();
    const turn = spokenTurn(1.234, { settings: { systemPrompt: 'Be kind.', voice: 'ethan', temperature: 0.5 } });
    await collect(upstream, turn);
    expect(fake.turns).toHaveLength(1);
    expect(fake.turns[0]?.audio).toMatchObject({ durationMs: 1234, rateHz: 16_000, sha256: sha256(toneOf(1.234)) });
    expect(fake.turns[0]?.session).toEqual({
      modalities: ['text', 'audio'],
      voice: 'Ethan',
      input_audio_format: 'pcm16',
      output_audio_format: 'pcm24',
      input_audio_transcription: { model: 'gummy-realtime-v1' },
      turn_detection: null,
      instructions: 'Be kind.',
      temperature: 0.5,
    });
  });

  it('is resampled for servers that listen at 24 kHz, without loss of level', async () => {
    const { fake, upstream } = await start({ dialect: 'openai', model: 'gpt-realtime' });
    const turn = spokenTurn(1.2);
    await collect(upstream, turn);
    expect(fake.turns[0]?.audio.durationMs).toBeCloseTo(1200, 0);
    expect(fake.turns[0]?.audio.levelDb).toBeCloseTo(-14.2, 1);
  });

  it.each(['dashscope', 'openai', 'openai-beta', 'turn-streaming'] as const)(
    'comes back sample for sample from %s, with its words and its price',
    async (dialect) => {
      const script = { reply: 'Good day.', chunkMs: 137 };
      const model = dialect === 'dashscope' ? 'qwen3-omni-flash-realtime' : 'm';
      const { upstream } = await start({ dialect, model, script });
      const events = await collect(upstream, spokenTurn(2));
      const { samples } = await speak('Good day.');
      expect(audioOf(events).equals(Buffer.from(toBytes(samples)))).toBe(true);
      expect(textOf(events)).toBe('Good day.');
      expect(events.at(-1)).toEqual({ kind: 'usage', usage: { inputTokens: 25, outputTokens: 2 } });
    },
  );

  it('takes the words where they come only when they are complete', async () => {
    const { upstream } = await start({ script: { reply: 'All at once.', hasLateWords: true } });
    expect(textOf(await collect(upstream, spokenTurn(0.5)))).toBe('All at once.');
  });
});

describe('what the user said', () => {
  it.each([
    ['before the answer', { transcriptMs: 0, firstTokenMs: 100 }],
    ['after the answer', { transcriptMs: 400, firstTokenMs: 0, firstAudioMs: 0 }],
    ['in pieces first', { transcriptMs: 10, hasTranscriptDeltas: true }],
  ])('is told once, when it comes %s', async (_, script) => {
    const { upstream } = await start({ script: { ...script, transcript: 'Turn the lights off.' } });
    const events = await collect(upstream, spokenTurn(0.5));
    const told = events.filter(({ kind }) => kind === 'transcript');
    expect(told).toEqual([{ kind: 'transcript', text: 'Turn the lights off.' }]);
  });

  it('is waited for no longer than a second when the answer is whole', async () => {
    const { upstream } = await start({ script: { transcriptMs: undefined } });
    const startedMs = performance.now();
    const events = await collect(upstream, spokenTurn(0.5));
    expect(events.at(-1)?.kind).toBe('usage');
    expect(transcriptOf(events)).toBe('');
    expect(performance.now() - startedMs).toBeLessThan(2_500);
  });

  it('is not taken for what is said in the next turn when it comes that late', async () => {
    const { fake, upstream } = await start({ script: { transcriptMs: 1_300, transcript: 'late' } });
    const talk = new Talk(upstream);
    expect(transcriptOf(await talk.say(0.4))).toBe('');
    fake.script = { ...fake.script, transcriptMs: 5, firstTokenMs: 500, firstAudioMs: 500, transcript: 'in time' };
    expect(transcriptOf(await talk.say(0.5))).toBe('in time');
    expect(fake.counters.connections).toBe(1);
  });
});

describe('a server with habits', () => {
  it('that finds turns itself, whatever it is told, is given the silence it waits for', async () => {
    const { fake, upstream } = await start({ script: { insistsOnSilenceMs: 600 } });
    const events = await collect(upstream, spokenTurn(1));
    expect(textOf(events)).toContain('1.0 seconds');
    expect(fake.turns).toHaveLength(1);
  });

  it('that refuses a voice at the first synthesis is reported by a code of ours, not in its words', async () => {
    const { upstream } = await start({ model: 'qwen-of-tomorrow', voices: ['Tina'] });
    const events = await collect(upstream, spokenTurn(0.5, { settings: { voice: 'Secret Name' } }));
    const failure = events.at(-1);
    expect(failure).toMatchObject({
      problem: { kind: 'upstream-rejected', retry: 'never', detail: 'voice-not-supported' },
    });
    expect(JSON.stringify(failure)).not.toContain('Secret');
  });

  it('is asked for a voice its model has, in its spelling', async () => {
    const { fake, upstream } = await start();
    for (const voice of ['CHERRY', 'Nobody']) await collect(upstream, spokenTurn(0.3, { settings: { voice } }));
    await collect(upstream, spokenTurn(0.3));
    expect(fake.turns.map(({ session }) => session['voice'])).toEqual(['Cherry', 'Cherry', 'Cherry']);
    expect(upstream.voices).toEqual(['Cherry', 'Ethan']);
  });

  it.each([
    ['failed', 'upstream-faulty'],
    ['cancelled', 'upstream-died'],
    ['incomplete', undefined],
  ] as const)('that ends an answer as %s is reported as %s', async (status, kind) => {
    const { upstream } = await start({ script: { status } });
    const last = (await collect(upstream, spokenTurn(0.5))).at(-1);
    expect(last?.kind === 'failed' ? last.problem.kind : undefined).toBe(kind);
  });

  it('that closes with a code is judged by it', async () => {
    const { fake, upstream } = await start();
    for (const [code, kind] of [
      [1008, 'upstream-rejected'],
      [1011, 'upstream-faulty'],
      [1013, 'upstream-busy'],
      [1012, 'upstream-died'],
    ] as const) {
      fake.next({ fault: { kind: 'close', afterDeltas: 2, code } });
      expect((await collect(upstream, spokenTurn(0.3))).at(-1)).toMatchObject({ kind: 'failed', problem: { kind } });
    }
  });

  it.each(Object.keys(REALTIME_GARBAGE) as RealtimeGarbage[])(
    'that sends %s is faulty, once and last',
    async (what) => {
      const { fake, upstream } = await start({ script: { fault: { kind: 'garbage', afterDeltas: 3, what } } });
      const events = await collect(upstream, spokenTurn(0.5));
      expect(events.filter(({ kind }) => kind === 'failed')).toHaveLength(1);
      expect(events.at(-1)).toMatchObject({ problem: { kind: 'upstream-faulty' } });
      expect(fake.counters.faults).toBe(1);
      await expect.poll(() => fake.openSockets).toBe(0);
    },
  );

  it('passes on how long a full server wants to be left alone', async () => {
    const { fake, upstream } = await start();
    fake.next({ fault: { kind: 'status', status: 429, retryAfter: '7' } });
    expect(await collect(upstream, spokenTurn(0.5))).toMatchObject([
      { problem: { kind: 'upstream-busy', retryAfterMs: 7_000 } },
    ]);
  });

  it('gets our key, and is told to be unauthorised when it turns it down', async () => {
    const { fake } = await start({ apiKey: 'right' });
    const signal = new AbortController().signal;
    const asked = (apiKey: string) => createOmniRealtime({ url: fake.url, model: fake.model, apiKey });
    expect(audioOf(await collect(asked('right'), spokenTurn(0.5))).length).toBeGreaterThan(0);
    expect(await asked('right').check(signal)).toMatchObject({ state: 'up' });
    expect(await asked('wrong').check(signal)).toMatchObject({
      state: 'down',
      detail: expect.stringContaining('unauthorised'),
    });
    await expect.poll(() => fake.openSockets).toBe(0);
  });

  it('takes a slow listener for no stall', async () => {
    const { upstream } = await start({ script: { chunkMs: 100, pace: 0.1 } });
    let events = 0;
    for await (const event of upstream.respond(spokenTurn(0.5), new AbortController().signal)) {
      expect(event.kind).not.toBe('failed');
      if (events++ % 12 === 0) await sleep(TIMEOUTS.stallMs * 1.5);
    }
    expect(events).toBeGreaterThan(20);
  });
});
