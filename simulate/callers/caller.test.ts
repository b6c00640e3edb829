import { describe, expect, it } from 'vitest';
import { rmsDbfs } from '#dsp/level';
import { buzz } from '../testing/buzz.ts';
import { toFloat } from '../sound/level.ts';
import { toSamples } from '../sound/line.ts';
import { Caller, type CallerSpan } from './caller.ts';
import { loadCallerSounds } from './caller-sounds.ts';
import { parseScenario, type ScenarioInput } from './scenario.ts';

const TICK_MS = 100;
const TICK_SAMPLES = toSamples(TICK_MS);
const LINES = ['What is the time?', 'And where are you?'];

interface Call {
  spans: readonly CallerSpan[];
  sound: Int16Array;
  ended: string;
  endMs: number;
}

/** `agent`: whether it is heard in the tick that begins at `atMs`, after the caller said so much. */
async function call(
  input: Partial<ScenarioInput>,
  agent: (atMs: number, spans: readonly CallerSpan[]) => boolean,
  { turns = 2, seed = 1 } = {},
): Promise<Call> {
  const parsed = parseScenario({ name: 'test', lines: LINES, pauseMs: [300, 300], ...input });
  if (!parsed.ok) throw new Error(parsed.problem);
  const scenario = parsed.value;
  const caller = new Caller({ scenario, sounds: await loadCallerSounds(scenario, buzz), turns, seed });
  const tone = Int16Array.from({ length: TICK_SAMPLES }, (_, i) => 3_000 * Math.sin(i / 7));
  const heard: Int16Array[] = [];
  let atMs = 0;
  for (; !caller.isOver && atMs < 60_000; atMs += TICK_MS) {
    heard.push(caller.speak(TICK_SAMPLES).audio);
    caller.hear(agent(atMs, caller.spans) ? tone : new Int16Array(TICK_SAMPLES));
  }
  const sound = new Int16Array(heard.length * TICK_SAMPLES);
  heard.forEach((tick, i) => sound.set(tick, i * TICK_SAMPLES));
  return { spans: caller.spans, sound, ended: caller.doing, endMs: atMs };
}

/** Answers each turn 500 ms after its end, for 2 s. */
const answers = (atMs: number, spans: readonly CallerSpan[]): boolean => {
  const turn = spans.findLast(({ kind, endMs }) => kind !== 'backchannel' && endMs <= atMs);
  return turn !== undefined && atMs >= turn.endMs + 500 && atMs < turn.endMs + 2_500;
};

describe('a caller', () => {
  it('says line after line, hears each answer to its end, and hangs up satisfied', async () => {
    const { spans, ended } = await call({}, answers);
    expect(spans.map(({ kind, text }) => [kind, text])).toEqual(LINES.map((text) => ['line', text]));
    expect(ended).toBe('done');
    const [first, second] = spans;
    // The answer, the gap by which its end is known, the pause, and the ticks in which both are noticed.
    expect((second?.startMs ?? 0) - (first?.endMs ?? 0)).toBeGreaterThanOrEqual(2_500 + 900 + 300);
    expect((second?.startMs ?? 0) - (first?.endMs ?? 0)).toBeLessThanOrEqual(2_500 + 900 + 300 + 4 * TICK_MS);
  });

  it('says a line again when nobody answers, and then gives up', async () => {
    const { spans, ended, endMs } = await call({ patience: { waitMs: 2_000, repeats: 1 } }, () => false);
    expect(spans.map(({ kind, text }) => [kind, text])).toEqual([
      ['line', LINES[0]],
      ['repeat', LINES[0]],
    ]);
    expect(ended).toBe('hung-up');
    const [line, again] = spans;
    expect((again?.startMs ?? 0) - (line?.endMs ?? 0)).toBeLessThanOrEqual(2_000 + 2 * TICK_MS);
    expect(endMs - (again?.endMs ?? 0)).toBeLessThanOrEqual(2_000 + 3 * TICK_MS);
  });

  it('interrupts after as much of the answer as it is meant to, but never the last one', async () => {
    const { spans } = await call({ interrupts: { afterMs: [700, 700] } }, answers);
    expect(spans.map(({ kind }) => kind)).toEqual(['line', 'interruption']);
    const [line, over] = spans;
    expect((over?.startMs ?? 0) - (line?.endMs ?? 0)).toBeGreaterThanOrEqual(500 + 700);
    expect((over?.startMs ?? 0) - (line?.endMs ?? 0)).toBeLessThanOrEqual(500 + 700 + 3 * TICK_MS);
  });

  it('hums over an answer and listens on', async () => {
    const { spans, ended } = await call({ backchannels: { say: ['Mm.'], everyMs: [500, 500] } }, answers);
    expect(spans.filter(({ kind }) => kind === 'backchannel').length).toBeGreaterThanOrEqual(2);
    expect(spans.filter(({ kind }) => kind !== 'backchannel').map(({ kind }) => kind)).toEqual(['line', 'line']);
    expect(ended).toBe('done');
  });

  it('does the same with the same seed, and something else with another', async () => {
    const input: Partial<ScenarioInput> = {
      pauseMs: [0, 2_000],
      noise: { snrDb: 10 },
      interrupts: { afterMs: [0, 900] },
    };
    const [one, again, other] = [
      await call(input, answers, { seed: 5 }),
      await call(input, answers, { seed: 5 }),
      await call(input, answers, { seed: 6 }),
    ];
    expect(again.spans).toEqual(one.spans);
    expect(Buffer.from(again.sound.buffer).equals(Buffer.from(one.sound.buffer))).toBe(true);
    expect(other.spans).not.toEqual(one.spans);
  });

  it('speaks at -26 dBFS exactly where it says it does, with the noise as far below as it is meant to be', async () => {
    const { spans, sound } = await call({ noise: { snrDb: 15 } }, answers);
    const { startMs, endMs } = spans[0] ?? { startMs: 0, endMs: 0 };
    const level = (fromMs: number, toMs: number) =>
      rmsDbfs(toFloat(sound.subarray(toSamples(fromMs), toSamples(toMs))));
    expect(level(startMs, endMs)).toBeCloseTo(-26, 0);
    // Behind the last line: nothing but noise, over whole rounds of it as far as the call goes.
    const quiet = level(endMs, endMs + 3_000);
    expect(quiet).toBeGreaterThan(-26 - 15 - 5);
    expect(quiet).toBeLessThan(-26 - 15 + 5);
    expect(level(endMs, endMs + 20)).toBeLessThan(-35);
    expect(level(startMs, startMs + 20)).toBeGreaterThan(-30);
  });
});
