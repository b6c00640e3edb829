import { describe, expect, it } from 'vitest';
import type { Clock } from '#kernel/clock';
import type { AgentClient, AgentListener } from '../dialects/agent-client.ts';
import { toSamples } from '../sound/line.ts';
import { DiscreteTimeAgent, type DiscreteTimeOptions, type TickOptions } from './discrete-time-agent.ts';

/** Time goes by only by being waited for. */
class WaitedClock implements Clock {
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    this.#nowMs += delayMs;
    const immediate = setImmediate(callback);
    return () => clearImmediate(immediate);
  }
}

/** A server on a string: it does at each frame what the test says. */
class Puppet implements AgentClient {
  readonly dialect = 'puppet';
  readonly received: number[] = [];
  readonly told: [string, number][] = [];
  readonly tellHeard?: (answer: string, heardMs: number) => void;
  frames = 0;
  atFrame: ((frame: number) => void) | undefined;

  constructor(canBeTold: boolean) {
    if (canBeTold) this.tellHeard = (answer, heardMs) => this.told.push([answer, heardMs]);
  }

  send(samples: Int16Array): void {
    this.received.push(...samples);
    const frame = this.frames++;
    this.atFrame?.(frame);
  }

  close(): void {}
}

async function connect(options: Partial<DiscreteTimeOptions> = {}, canBeTold = true) {
  const clock = new WaitedClock();
  const puppet = new Puppet(canBeTold);
  let tell: AgentListener = () => undefined;
  const agent = await DiscreteTimeAgent.connect({
    connect: (listener) => {
      tell = listener;
      return Promise.resolve(puppet);
    },
    clock,
    ...options,
  });
  const quiet = new Int16Array(agent.tickSamples);
  const sound = (ms: number, value = 1): Int16Array<ArrayBuffer> => new Int16Array(toSamples(ms)).fill(value);
  const speakFor = (answer: string, ms: number): void => {
    tell({ kind: 'answer-started', answer });
    tell({ kind: 'audio', answer, samples: sound(ms) });
  };
  const finish = (answer: string): void => {
    tell({ kind: 'audio-done', answer });
    tell({ kind: 'answer-ended', answer, status: 'completed' });
  };
  return { agent, puppet, clock, tell, quiet, sound, speakFor, finish };
}

describe('a server in discrete time', () => {
  it('takes sound of one tick and gives sound of one tick, both ways at once', async () => {
    const { agent, puppet, speakFor, quiet } = await connect({ tickMs: 100 });
    const caller = Int16Array.from({ length: agent.tickSamples }, (_, i) => i);
    speakFor('a', 250);
    const ticks = [await agent.runTick(caller), await agent.runTick(quiet), await agent.runTick(quiet)];
    expect(puppet.received.slice(0, caller.length)).toEqual([...caller]);
    expect(puppet.received.length).toBe(3 * agent.tickSamples);
    expect(ticks.map(({ soundMs, bufferedMs }) => [soundMs, bufferedMs])).toEqual([
      [100, 150],
      [100, 50],
      [50, 0],
    ]);
    expect(ticks.map(({ audio }) => audio.length)).toEqual(ticks.map(() => agent.tickSamples));
    await expect(agent.runTick(new Int16Array(1))).rejects.toThrow(RangeError);
  });

  it('refuses a tick that is no whole number of frames', async () => {
    await expect(connect({ tickMs: 30 })).rejects.toThrow('30 ms');
    await expect(connect({ speed: 0.5 })).rejects.toThrow('slower than sound');
  });

  it('plays sound from the frame behind which it came', async () => {
    const { agent, puppet, speakFor, quiet } = await connect({ tickMs: 200 });
    puppet.atFrame = (frame) => frame === 3 && speakFor('a', 60);
    const { audio, soundMs } = await agent.runTick(quiet);
    expect(soundMs).toBe(60);
    expect(audio.findIndex((sample) => sample !== 0)).toBe(toSamples(60));
  });

  it.each(['speech-started', 'interrupted'] as const)('is interrupted by %s and tells what was heard', async (kind) => {
    const { agent, puppet, tell, speakFor, quiet } = await connect({ tickMs: 200 });
    speakFor('a', 1_000);
    expect((await agent.runTick(quiet)).interrupted).toBe(false);
    puppet.atFrame = (frame) => frame === 13 && tell({ kind });
    const broken = await agent.runTick(quiet);
    // Three frames were played before, and the word came while the fourth was sent.
    expect(broken).toMatchObject({ interrupted: true, soundMs: 60, bufferedMs: 0 });
    expect(puppet.told).toEqual([['a', 260]]);
    expect(broken.events).toEqual([{ kind, atMs: 260 }]);
    expect(await agent.runTick(quiet)).toMatchObject({ interrupted: false, soundMs: 0, events: [] });
  });

  it('is not interrupted by a voice when nothing of the agent is left', async () => {
    const { agent, puppet, tell, speakFor, finish, quiet } = await connect();
    speakFor('a', 100);
    finish('a');
    await agent.runTick(quiet);
    tell({ kind: 'speech-started' });
    expect((await agent.runTick(quiet)).interrupted).toBe(false);
    expect(puppet.told).toEqual([]);
  });

  it('lets a tick take as long as it lasts at real pace', async () => {
    const { agent, clock, quiet } = await connect();
    for (let i = 0; i < 5; i++) await agent.runTick(quiet);
    expect(clock.nowMs()).toBeCloseTo(1_000);
    expect(agent.nowMs).toBe(1_000);
  });

  it('hurries while the server has nothing to do, and waits with it while it has', async () => {
    const { agent, clock, tell, speakFor, finish, quiet } = await connect({ speed: 10, tickMs: 200 });
    const tookMs = async (options: TickOptions = {}): Promise<number> => {
      const fromMs = clock.nowMs();
      await agent.runTick(quiet, options);
      return clock.nowMs() - fromMs;
    };
    expect(await tookMs()).toBeCloseTo(20);
    expect(await tookMs({ isUrgent: true })).toBeCloseTo(200);
    expect(await tookMs({ isTalking: true })).toBeCloseTo(200);
    tell({ kind: 'speech-started' });
    expect(await tookMs({ isTalking: true })).toBeCloseTo(20);
    tell({ kind: 'speech-stopped' });
    tell({ kind: 'committed' });
    expect(await tookMs()).toBeCloseTo(200);
    // More of it may still come.
    speakFor('a', 600);
    expect(await tookMs()).toBeCloseTo(200);
    finish('a');
    expect(await tookMs()).toBeCloseTo(20);
    expect(await tookMs()).toBeCloseTo(20);
    expect(await tookMs()).toBeCloseTo(20);
  });

  it('tells the end of an answer that was played quickly, and plays it slowly where it cannot', async () => {
    const quick = await connect({ speed: 10 });
    quick.speakFor('a', 300);
    quick.finish('a');
    await quick.agent.runTick(quick.quiet);
    await quick.agent.runTick(quick.quiet);
    expect(quick.puppet.told).toEqual([['a', 300]]);
    expect(quick.clock.nowMs()).toBeCloseTo(40);

    const slow = await connect({ speed: 10 }, false);
    slow.speakFor('a', 300);
    slow.finish('a');
    await slow.agent.runTick(slow.quiet);
    expect(slow.clock.nowMs()).toBeCloseTo(200);
  });
});
