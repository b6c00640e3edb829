import * as v from 'valibot';
import { afterAll, describe, expect, it } from 'vitest';
import { parseWav } from '#dsp/wav';
import { createFakeRealtime } from '../e2e/fakes/realtime-server.ts';
import type { ScenarioInput } from './callers/scenario.ts';
import { parseScenario } from './callers/scenario.ts';
import type { Dialect } from './dialects/choose-dialect.ts';
import { percentile } from './report/statistics.ts';
import { simulate } from './simulate.ts';
import { buzz } from './testing/buzz.ts';

const SILENCE_MS = 200;
const FIRST_AUDIO_MS = 150;
const script = {
  ...{ detectsTurnsAfterMs: SILENCE_MS, firstAudioMs: FIRST_AUDIO_MS, pace: 0 },
  reply: 'Yes, that is so.',
};
const fakes = {
  openai: await createFakeRealtime({ dialect: 'openai', model: 'm', apiKey: 'sk-secret', script }),
  brief: await createFakeRealtime({ dialect: 'openai', model: 'm', script: { ...script, reply: 'Yes.' } }),
  dashscope: await createFakeRealtime({ dialect: 'dashscope', model: 'm', apiKey: 'sk-secret', script }),
};
afterAll(() => Promise.all(Object.values(fakes).map((fake) => fake.close())));

async function call(name: keyof typeof fakes, turns: number, input: Partial<ScenarioInput> = {}, speed = 16) {
  const scenario = parseScenario({ name: 'test', lines: ['Well?'], pauseMs: [100, 100], ...input });
  if (!scenario.ok) throw new Error(scenario.problem);
  const dialect: Dialect = name === 'dashscope' ? name : 'openai';
  const server = { url: new URL(`${fakes[name].url}?model=m`), dialect, apiKey: 'sk-secret' };
  const pace = speed > 1 ? 'fast' : 'real';
  return simulate({
    server,
    scenario: scenario.value,
    speak: buzz,
    voice: 'buzz',
    turns,
    seed: 1,
    tickMs: 100,
    pace,
    speed,
  });
}

// All at once: most of their time is waiting.
const [openai, dashscope, interrupting, humming, quick, real] = await Promise.all([
  call('openai', 2),
  call('dashscope', 1),
  call('openai', 2, { interrupts: { afterMs: [400, 400] } }),
  call('openai', 1, { backchannels: { say: ['Mm.'], everyMs: [500, 500] } }),
  call('brief', 2),
  call('brief', 2, {}, 1),
]);

const Trace = v.looseObject({
  format: v.literal('earshot-simulation-1'),
  startedAt: v.pipe(v.string(), v.isoTimestamp()),
  settings: v.looseObject({ server: v.string(), dialect: v.string(), seed: v.number(), scenario: v.looseObject({}) }),
  ended: v.string(),
  figures: v.record(v.string(), v.union([v.number(), v.array(v.number())])),
  spans: v.array(v.strictObject({ kind: v.string(), text: v.string(), startMs: v.number(), endMs: v.number() })),
  ticks: v.array(
    v.strictObject({
      ...{ atMs: v.number(), wallMs: v.number(), caller: v.string(), soundMs: v.number(), bufferedMs: v.number() },
      transcript: v.optional(v.string()),
      interrupted: v.optional(v.literal(true)),
      events: v.optional(v.array(v.looseObject({ kind: v.string(), atMs: v.number() }))),
    }),
  ),
});

describe('a simulated call', () => {
  it.each([
    ['openai', openai, 2],
    ['dashscope', dashscope, 1],
  ] as const)('is held to its end in the dialect %s, and written down whole', (dialect, { trace, wav }, turns) => {
    expect(trace).toMatchObject({ ended: 'done', settings: { dialect } });
    expect(trace.figures).toMatchObject({ turns, missedTurns: 0, cutIns: 0, overlapMs: 0 });
    // Every answer was heard to its last word.
    expect(trace.ticks.map(({ transcript }) => transcript ?? '').join('')).toBe(script.reply.repeat(turns));
    const written = JSON.stringify(trace);
    expect(v.safeParse(Trace, JSON.parse(written)).issues).toBeUndefined();
    expect(written).not.toContain('secret');
    expect(trace.settings.server).not.toContain('?');
    const sound = parseWav(wav);
    expect(sound).toMatchObject({ ok: true, value: { rateHz: 24_000 } });
    const lengths = sound.ok ? sound.value.channels.map(({ length }) => length) : [];
    expect(lengths).toEqual([trace.figures.durationMs * 24, trace.figures.durationMs * 24]);
    expect(trace.figures.wallMs).toBeLessThan(trace.figures.durationMs);
  });

  it('brings an interruption to the server, and measures how soon the agent gives way', () => {
    const { ticks, figures } = interrupting.trace;
    const [yieldMs = NaN] = figures.yieldTimesMs;
    expect(figures.interruptions).toBe(1);
    // Three frames until the server is sure, and the way to it; nothing if the agent was between two words.
    expect(yieldMs).toBeGreaterThanOrEqual(0);
    expect(yieldMs).toBeLessThan(400);
    expect(ticks.filter(({ interrupted }) => interrupted).length).toBe(1);
    const words = ticks.map(({ transcript }) => transcript ?? '').join('');
    expect(words.length).toBeLessThan(2 * script.reply.length);
    expect(words.endsWith(script.reply)).toBe(true);
  });

  it('shows a server that stops at a backchannel as one that stops falsely', () => {
    expect(humming.trace.figures.backchannels).toBeGreaterThanOrEqual(1);
    expect(humming.trace.figures.falseStops).toBe(humming.trace.figures.backchannels);
  });

  it('measures the same latencies quickly as at the speed of sound', () => {
    const latency = ({ trace }: typeof real) => percentile(trace.figures.responseLatenciesMs, 0.5) ?? NaN;
    for (const one of [quick, real]) expect(latency(one)).toBeGreaterThanOrEqual(SILENCE_MS + FIRST_AUDIO_MS - 40);
    expect(Math.abs(latency(quick) - latency(real))).toBeLessThan(250);
    expect(quick.trace.figures.wallMs).toBeLessThan(real.trace.figures.wallMs);
  });

  it('says why when it is not let in', async () => {
    const { url } = fakes.openai;
    const scenario = parseScenario({ name: 'test', lines: ['Well?'] });
    if (!scenario.ok) throw new Error(scenario.problem);
    const settings = { turns: 1, seed: 1, tickMs: 100, pace: 'fast', speed: 8, voice: 'buzz' } as const;
    const server = { url: new URL(`${url}?model=m`), dialect: 'openai' } as const;
    await expect(simulate({ server, scenario: scenario.value, speak: buzz, ...settings })).rejects.toThrow('401');
  });
});
