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
    world.says(800).pauses(40_000);
    expect(world.turns).toMatchObject([{ state: 'failed', problem: 'no-answer' }]);
  });

  it('answers what an earlier page load left behind', () => {
    const world = new World().start();
    world.send({ type: 'utterance.found', utterance: 'old.1', attempt: 0, durationMs: 1200 });
    expect(world.status).toBe('thinking');
    world.wait(4000);
    expect(world.turns).toMatchObject([{ utterance: 'old.1', state: 'answered' }]);
  });

  it('has patience as long as there are signs of life', () => {
    const world = new World().start();
    world.answering.firstAudioMs = 1e9;
    world.says(800).pauses(900);
    for (let i = 0; i < 4; i++) {
      world.wait(20_000);
      world.send({ type: 'reply.queued', utterance: 'call.1', position: 1, etaMs: 9_000 });
    }
    expect(world.status).toBe('thinking');
  });

  it('gives an answer all its time again when the line comes back', () => {
    const world = new World().start();
    world.answering.networkMs = 1e9;
    world.drops().says(800).pauses(900).wait(34_000).reconnects().wait(5_000);
    expect(world.status).toBe('thinking');
    expect(world.facts).not.toContain('reply.failed');
  });

  it('takes an utterance up again after a long silence without counting the silence', () => {
    const world = new World().start();
    world.answering.networkMs = 1e9;
    world.drops().says(800).pauses(65_000).says(15_000);
    expect(world.turns).toHaveLength(1);
    expect(world.facts).not.toContain('reply.interrupted');
  });

  it('does not say it speaks when the rest of the answer cannot come', () => {
    const world = new World().start();
    world.answering.firstAudioMs = 1e9;
    world.says(800).pauses(900);
    world.send({ type: 'reply.accepted', utterance: 'call.1', attempt: 5 });
    world.send({ type: 'reply.audio', utterance: 'call.1', attempt: 5, endSample: 2_400 });
    expect(world.status).toBe('speaking');
    world.drops();
    expect(world.status).toBe('reconnecting');
    const problem = { kind: 'relay-refused', retry: 'never' } as const;
    world.send({ type: 'link.changed', link: { phase: 'failed', problem } });
    expect(world.commands('play.end')).toHaveLength(1);
    expect(world.turns).toMatchObject([{ state: 'failed', problem: 'relay-refused' }]);
  });

  it('says when it is the network that blocks the way', () => {
    const world = new World().start();
    const problem = { kind: 'network-blocks-voice', retry: 'later' } as const;
    world.send({ type: 'link.changed', link: { phase: 'waiting', attempt: 2, delayMs: 900, problem } });
    expect(world.state.problem).toEqual(problem);
    world.reconnects();
    expect(world.state.problem).toBeUndefined();
  });
});

describe('a microphone that is not there', () => {
  it('is not talked into: not by a held key, not by frames that come late', () => {
    const world = new World().start();
    world.send({ type: 'user.mute', isMuted: true });
    world.send({ type: 'user.talk', isHeld: true, atSample: world.atSample });
    const voice = { type: 'heard', probability: 0.9, levelDb: -26, floorDb: -66, echo: 0, interjection: 0 } as const;
    for (let i = 1; i <= 20; i++) {
      const endSample = world.atSample + i * 512;
      world.send({ ...voice, endSample, lastLoudSample: endSample });
    }
    expect(world.status).toBe('muted');
    expect(world.commands('utterance.open')).toHaveLength(0);
  });

  it('stays muted when the browser finishes opening it too late', () => {
    const world = new World().start();
    world.send({ type: 'user.mute', isMuted: true });
    world.send({ type: 'mic.opened' });
    expect(world.status).toBe('muted');
  });

  it('does not end the call when it is unplugged: the answer is heard out, and a new one is listened to', () => {
    const world = new World().start();
    world.says(800).pauses(1500);
    expect(world.status).toBe('speaking');
    world.send({ type: 'mic.lost', problem: { kind: 'mic-lost', retry: 'now' } });
    world.send({ type: 'mic.refused', problem: { kind: 'mic-missing', retry: 'later' } });
    expect(world.status).toBe('speaking');
    world.wait(4000);
    expect(world.status).toBe('trouble');
    expect(world.turns).toMatchObject([{ state: 'answered' }]);
    world.send({ type: 'mic.opened' });
    expect(world.status).toBe('listening');
  });

  it('leaves no ghost of a turn when nothing was said before the hang-up', () => {
    const world = new World().start();
    world.send({ type: 'user.talk', isHeld: true, atSample: world.atSample });
    world.wait(500);
    world.send({ type: 'user.stop' });
    expect(world.turns).toEqual([]);
    expect(world.commands('utterance.discard')).toHaveLength(1);
  });

  it('makes no turn of the click that ducked an answer which was then stopped', () => {
    const world = new World().start();
    world.says(800).pauses(1600).says(40);
    expect(world.state.turn.name).toBe('ducked');
    world.send({ type: 'user.interrupt' });
    world.wait(2000);
    expect(world.turns).toHaveLength(1);
    expect(world.status).toBe('listening');
  });
});
