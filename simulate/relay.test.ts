import { afterAll, describe, expect, it } from 'vitest';
import { speak } from '../e2e/audio/voice.ts';
import { parseScenario, type ScenarioInput } from './callers/scenario.ts';
import { OWN_RELAY_PATHS, type Dialect } from './dialects/choose-dialect.ts';
import { simulate } from './simulate.ts';
import { startEchoRelay } from './testing/echo-relay.ts';

const relay = await startEchoRelay();
afterAll(() => relay.stop());

async function call(dialect: Dialect, turns: number, input: Partial<ScenarioInput> = {}) {
  const lines = ['What time is it?', 'Thank you.'];
  const scenario = parseScenario({ name: 'test', lines, pauseMs: [100, 100], ...input });
  if (!scenario.ok) throw new Error(scenario.problem);
  const server = { url: new URL(OWN_RELAY_PATHS[dialect], relay.origin), dialect };
  const settings = { turns, seed: 1, tickMs: 100, pace: 'fast', speed: 8, voice: 'test' } as const;
  const { trace } = await simulate({ server, scenario: scenario.value, speak, ...settings });
  return trace;
}

/** What the echo says in the end: it has heard the caller. */
const ECHO = /^No model is connected\. This is an echo of the \d\.\d seconds I heard\./;
const said = ({ ticks }: Awaited<ReturnType<typeof call>>): string =>
  ticks.map(({ transcript }) => transcript ?? '').join('');

describe('callers of the relay', () => {
  // The first one waits for the voice detector to be loaded, and the others would wait with it.
  it('are heard and answered in OpenAI’s dialect', async () => {
    const trace = await call('openai', 1);
    expect(trace).toMatchObject({ ended: 'done', figures: { turns: 1, missedTurns: 0 } });
    expect(said(trace)).toMatch(ECHO);
    expect(trace.ticks.flatMap(({ events }) => events ?? []).filter(({ kind }) => kind === 'problem')).toEqual([]);
  });

  it('are heard and answered in the other dialects, on the telephone, and when they interrupt', async () => {
    const [beta, dashscope, telephone, interrupter] = await Promise.all([
      call('openai-beta', 1, { line: 'telephone' }),
      call('dashscope', 1),
      call('gateway', 1, { line: 'telephone' }),
      call('gateway', 2, { interrupts: { afterMs: [500, 500] } }),
    ]);
    for (const trace of [beta, dashscope, telephone]) {
      expect(trace).toMatchObject({ ended: 'done', figures: { turns: 1, missedTurns: 0 } });
      expect(said(trace)).toMatch(ECHO);
    }
    const { interruptions, yieldTimesMs, missedTurns } = interrupter.figures;
    expect({ interruptions, yielded: yieldTimesMs.length, missedTurns }).toEqual({
      interruptions: 1,
      yielded: 1,
      missedTurns: 0,
    });
  });
});
