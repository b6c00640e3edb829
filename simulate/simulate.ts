import { DiscreteTimeAgent } from './adapter/discrete-time-agent.ts';
import { runCall } from './call/run-call.ts';
import { Caller } from './callers/caller.ts';
import { loadCallerSounds, type Speak } from './callers/caller-sounds.ts';
import type { Scenario } from './callers/scenario.ts';
import { DIALECTS, type Dialect } from './dialects/choose-dialect.ts';
import { toFigures } from './report/figures.ts';
import { toStereoWav } from './report/stereo.ts';
import { toTrace, withoutSecrets, type Trace } from './report/trace.ts';

export interface Server {
  url: URL;
  dialect: Dialect;
  /** Sent as the dialect demands; written nowhere. */
  apiKey?: string;
}

export interface SimulationOptions {
  server: Server;
  scenario: Scenario;
  /** Lends the caller its voice, which is named `voice` in the trace. */
  speak: Speak;
  voice: string;
  turns: number;
  seed: number;
  tickMs: number;
  pace: 'real' | 'fast';
  /** 1 where the pace is real. */
  speed: number;
}

/** One call of one caller to one server, from the first ring to the last word. */
export async function simulate(options: SimulationOptions): Promise<{ trace: Trace; wav: Uint8Array<ArrayBuffer> }> {
  const { server, scenario, speak, voice, turns, seed, tickMs, pace, speed } = options;
  const sounds = await loadCallerSounds(scenario, speak);
  const startedAt = new Date().toISOString();
  const { dialect, ...address } = server;
  const { line } = scenario;
  const agent = await DiscreteTimeAgent.connect({
    connect: (listener) => DIALECTS[dialect]({ ...address, line, listener }),
    tickMs,
    speed,
  });
  try {
    const record = await runCall(agent, new Caller({ scenario, sounds, turns, seed }));
    const told = { dialect, tickMs, pace, speed, seed, turns, voice, scenario };
    const settings = { server: withoutSecrets(server.url), ...told };
    return { trace: toTrace(record, settings, toFigures(record), startedAt), wav: toStereoWav(record) };
  } finally {
    agent.close();
  }
}
