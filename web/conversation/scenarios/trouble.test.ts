import { describe, expect, it } from 'vitest';
import { World } from './world.ts';

function untilYielding(world: World): World {
  world.says(600).pauses(1600);
  while (world.state.turn.name !== 'yielding') world.says(2);
  return world;
}

describe('mute, hang-up and the microphone', () => {
  it('ends the utterance and stops listening, while the answer still comes', () => {
    const world = new World().start().says(800);
    world.send({ type: 'user.mute', isMuted: true });
    expect(world.commands('mic.mute')).toMatchObject([{ isMuted: true }]);
    world.says(1500).pauses(3000);
    expect(world.status).toBe('muted');
    expect(world.turns).toMatchObject([{ state: 'answered' }]);
    world.send({ type: 'user.mute', isMuted: false });
    world.wait(100).says(700).pauses(3500);
    expect(world.turns).toHaveLength(2);
  });

  it('hangs up cleanly from every state', () => {
    const states: [string, (world: World) => World][] = [
      ['listening', (world) => world],
      ['hearing', (world) => world.says(600)],
      ['settling', (world) => world.says(600).pauses(300)],
      ['thinking', (world) => world.says(600).pauses(740)],
      ['speaking', (world) => world.says(600).pauses(1600)],
      ['ducked', (world) => world.says(600).pauses(1600).says(96)],
      ['yielding', untilYielding],
    ];
    for (const [name, lead] of states) {
      const world = new World().start();
      world.answering.firstAudioMs = 600;
      lead(world);
      expect(world.state.turn.name).toBe(name);
      world.send({ type: 'user.stop' });
      world.wait(50);
      expect(world.state.turn.name).toBe('idle');
      expect(world.commands('mic.close')).toHaveLength(1);
      expect(world.commands('link.close')).toHaveLength(1);
      expect(world.facts.at(-1)).toBe('call.ended');
    }
  });

  it('says why when the microphone is refused, and is ready for another try', () => {
    const world = new World();
    world.send({ type: 'user.start', callId: 'call' });
    world.send({ type: 'mic.refused', problem: { kind: 'mic-denied', retry: 'never' } });
    expect(world.status).toBe('trouble');
    expect(world.state.turn.name).toBe('idle');
    world.start();
    expect(world.status).toBe('listening');
  });

  it('makes a turn of what was said before the microphone was unplugged', () => {
    const world = new World().start().says(900);
    world.send({ type: 'mic.lost', problem: { kind: 'mic-lost', retry: 'now' } });
    expect(world.commands('utterance.confirm')).toHaveLength(1);
  });
});

describe('trouble on the line', () => {
  it('keeps an utterance spoken while the relay is away, and plays the answer when it is back', () => {
    const world = new World().start();
    world.answering.networkMs = 5000;
    world.drops().says(900).pauses(900);
    expect(world.status).toBe('reconnecting');
    world.wait(1000).reconnects();
    expect(world.status).toBe('thinking');
    world.wait(8000);
    expect(world.turns).toMatchObject([{ state: 'answered' }]);
  });

  it('does not bet while the line is down', () => {
    const world = new World().start().drops().says(900).pauses(900);
    expect(world.commands('utterance.commit')).toMatchObject([{ isSpeculative: false }]);
  });

  it('plays a restarted answer from its beginning and never splices two attempts', () => {
    const world = new World().start();
    world.answering.audioMs = 5000;
    world.says(800).pauses(1500);
    expect(world.status).toBe('speaking');
    world.relayRestartsAnswer('call.1');
    world.wait(7000);
    expect(world.commands('play.start').map(({ stream, attempt }) => [stream, attempt])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(world.commands('play.stop')).toMatchObject([{ stream: 1 }]);
    expect(world.turns).toMatchObject([{ state: 'answered', reply: { attempt: 2 } }]);
  });

  it('tells of a failed answer, keeps the utterance, and answers it when asked again', () => {
    const world = new World().start();
    world.answering = { ...world.answering, fails: true };
    world.says(800).pauses(3000);
    expect(world.turns).toMatchObject([{ state: 'failed', problem: 'upstream-died' }]);
    expect(world.status).toBe('listening');
    expect(world.state.problem?.kind).toBe('upstream-died');
    world.answering = { ...world.answering, fails: false };
    world.send({ type: 'user.retry', utterance: 'call.1', attempt: 2, durationMs: 800 });
    world.wait(4000);
    expect(world.turns).toMatchObject([{ state: 'answered' }]);
    expect(world.state.problem).toBeUndefined();
  });

  it('does not wait for ever for an answer that never comes', () => {
    const world = new World().start();
    world.answering.firstAudioMs = 1e9;
    world.says(800).pauses(25_000);
    expect(world.turns).toMatchObject([{ state: 'failed', problem: 'no-answer' }]);
  });

  it('answers what an earlier page load left behind', () => {
    const world = new World().start();
    world.send({ type: 'utterance.found', utterance: 'old.1', attempt: 0, durationMs: 1200 });
    expect(world.status).toBe('thinking');
    world.wait(4000);
    expect(world.turns).toMatchObject([{ utterance: 'old.1', state: 'answered' }]);
  });
});
