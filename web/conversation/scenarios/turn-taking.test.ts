import { describe, expect, it } from 'vitest';
import { LIMITS } from '#protocol';
import { toSamples } from '#models/vad/voice';
import { World } from './world.ts';

describe('a turn', () => {
  it('is heard, answered aloud and remembered', () => {
    const world = new World().start().says(1500).pauses(4000);
    expect(world.statuses).toEqual(['connecting', 'listening', 'hearing', 'thinking', 'speaking', 'listening']);
    expect(world.turns).toMatchObject([{ state: 'answered', reply: { text: 'It is a quarter past nine.' } }]);
    expect(world.commands('reply.settle')).toHaveLength(1);
  });

  it('keeps the sound from before the first voiced frame', () => {
    const world = new World().start().wait(900);
    const onset = world.atSample;
    world.says(600);
    const [open] = world.commands('utterance.open');
    expect(onset - (open?.fromSample ?? 0)).toBe(toSamples(500));
  });

  it('is sent after 200 ms of silence and played once 700 ms have confirmed it', () => {
    const world = new World().start().says(1000);
    world.answering.firstAudioMs = 100;
    const silentFromMs = world.clock.nowMs();
    world.pauses(3000);
    const [commit] = world.commands('utterance.commit');
    const [play] = world.commands('play.start');
    expect(commit?.isSpeculative).toBe(true);
    expect((commit?.atMs ?? 0) - silentFromMs).toBeGreaterThanOrEqual(200 - 64);
    expect((commit?.atMs ?? 0) - silentFromMs).toBeLessThanOrEqual(200 + 32);
    expect((play?.atMs ?? 0) - silentFromMs).toBeGreaterThanOrEqual(700 - 64);
    expect((play?.atMs ?? 0) - silentFromMs).toBeLessThanOrEqual(700 + 32);
    expect(world.commands('utterance.commit')).toHaveLength(1);
  });

  it('goes on after a pause of 500 ms as the same utterance, and the held answer is never played', () => {
    const world = new World().start();
    world.answering.firstAudioMs = 100;
    world.says(800).pauses(500).says(800).pauses(3500);
    expect(world.turns).toHaveLength(1);
    expect(world.commands('utterance.reopen')).toHaveLength(1);
    expect(world.commands('utterance.commit')).toHaveLength(2);
    expect(world.commands('play.start')).toMatchObject([{ attempt: 2 }]);
  });

  it('is taken up again when the speaker goes on before anything of the answer was heard', () => {
    const world = new World().start();
    world.answering.firstAudioMs = 2000;
    world.says(800).pauses(1000);
    expect(world.status).toBe('thinking');
    world.says(600).pauses(6000);
    expect(world.turns).toMatchObject([{ state: 'answered' }]);
    expect(world.facts.filter((fact) => fact === 'utterance.reopened')).toHaveLength(1);
  });

  it('does not bet more than three times, nor after ten seconds of speech', () => {
    const hesitant = new World().start();
    for (let i = 0; i < 6; i++) hesitant.says(400).pauses(400);
    hesitant.pauses(3500);
    expect(hesitant.commands('utterance.commit').filter((commit) => commit.isSpeculative)).toHaveLength(3);
    expect(hesitant.turns).toMatchObject([{ state: 'answered' }]);

    const monologue = new World().start().says(10_500).pauses(3500);
    expect(monologue.commands('utterance.commit')).toMatchObject([{ isSpeculative: false }]);
    expect(monologue.turns).toMatchObject([{ state: 'answered' }]);
  });

  it('is sent again when the bet was lost to the upstream', () => {
    const world = new World().start();
    world.answering = { ...world.answering, firstAudioMs: 50, fails: true };
    world.says(900).pauses(400);
    world.answering = { ...world.answering, fails: false };
    world.pauses(3500);
    expect(world.turns).toMatchObject([{ state: 'answered' }]);
    expect(world.commands('utterance.commit').map((commit) => commit.isSpeculative)).toEqual([true, false]);
  });

  it('ends at the limit of a minute even if the speaker does not', () => {
    const world = new World().start().says(LIMITS.maxUtteranceMs + 500);
    expect(world.commands('utterance.confirm')).toHaveLength(1);
  });

  it('ends without sound when the answer is text only', () => {
    const world = new World().start();
    world.answering = { ...world.answering, audioMs: 0 };
    world.says(900).pauses(1500);
    expect(world.status).toBe('listening');
    expect(world.turns).toMatchObject([{ state: 'answered', reply: { samples: 0 } }]);
    expect(world.commands('play.start')).toHaveLength(0);
  });
});

describe('sounds that are no utterance', () => {
  it('forgets a click, and sends nothing', () => {
    const world = new World().start().says(64).pauses(2000);
    expect(world.commands('utterance.open')).toHaveLength(0);
    expect(world.statuses).not.toContain('hearing');
  });

  it('does not let a blip in the silence delay the answer', () => {
    const world = new World().start();
    world.answering.firstAudioMs = 100;
    world.says(800);
    const silentFromMs = world.clock.nowMs();
    world.pauses(320).says(32).pauses(2500);
    const [play] = world.commands('play.start');
    expect((play?.atMs ?? Infinity) - silentFromMs).toBeLessThanOrEqual(740);
  });
});

describe('speaking over the answer', () => {
  const speaking = () => {
    const world = new World().start();
    world.answering.audioMs = 5000;
    return world.says(800).pauses(1500);
  };

  it('ducks on the first voiced frame, hushes after 128 ms of voice and gives way after 320', () => {
    const world = speaking();
    const fromMs = world.clock.nowMs();
    world.says(900);
    const [duck] = world.commands('play.duck');
    const [stop] = world.commands('play.stop');
    expect((duck?.atMs ?? Infinity) - fromMs).toBeLessThanOrEqual(32);
    const [hush] = world.commands('play.pause');
    expect((hush?.atMs ?? Infinity) - fromMs).toBeLessThanOrEqual(128 + 32);
    expect((stop?.atMs ?? Infinity) - fromMs).toBeLessThanOrEqual(320 + 32);
    expect(world.status).toBe('hearing');
  });

  it('remembers only what was heard, here and at the relay', () => {
    const world = speaking();
    const playedFromMs = world.commands('play.start')[0]?.atMs ?? 0;
    world.says(900).pauses(1200);
    const [cancel] = world.commands('reply.cancel');
    const [hush] = world.commands('play.pause');
    expect(cancel?.heardSample).toBe(((hush?.atMs ?? 0) - playedFromMs) * 24);
    expect(world.turns[0]).toMatchObject({ state: 'interrupted', reply: { samples: cancel?.heardSample } });
    expect(world.turns[0]?.reply?.text.length).toBeLessThan(world.answering.text.length);
  });

  it('keeps the first syllable of the interruption', () => {
    const world = speaking();
    const onset = world.atSample;
    world.says(900);
    const interruption = world.commands('utterance.open')[1];
    expect(interruption?.fromSample).toBeLessThanOrEqual(onset - toSamples(400));
  });

  it('comes back after a cough, at the same sample, and the answer is heard to the end', () => {
    const world = speaking().says(160).pauses(6000);
    expect(world.commands('play.duck')).toHaveLength(1);
    expect(world.commands('play.restore')).toHaveLength(1);
    expect(world.commands('play.stop')).toHaveLength(0);
    expect(world.turns).toMatchObject([{ state: 'answered' }]);
  });

  it('gives the floor to somebody who begins over the last words', () => {
    const world = new World().start();
    world.answering.audioMs = 1000;
    world
      .says(800)
      .pauses(1640 + 160)
      .says(700)
      .pauses(2500);
    expect(world.turns.map((turn) => turn.state)).toEqual(['answered', 'answered']);
  });

  it('stops at once by the button, and listens', () => {
    const world = speaking();
    world.send({ type: 'user.interrupt' });
    world.wait(10);
    expect(world.status).toBe('listening');
    expect(world.turns).toMatchObject([{ state: 'interrupted' }]);
  });
});

describe('push-to-talk', () => {
  it('opens a turn at once, waits through any pause, and ends when let go', () => {
    const world = new World({ isAutomatic: false }).start().says(800).pauses(500);
    expect(world.commands('utterance.open')).toHaveLength(0);
    world.send({ type: 'user.talk', isHeld: true, atSample: world.atSample });
    world.says(600).pauses(2500).says(600);
    world.send({ type: 'user.talk', isHeld: false, atSample: world.atSample });
    expect(world.status).toBe('thinking');
    expect(world.commands('utterance.commit')).toMatchObject([{ isSpeculative: false }]);
  });

  it('makes no turn of silence', () => {
    const world = new World().start();
    world.send({ type: 'user.talk', isHeld: true, atSample: world.atSample });
    world.wait(1000);
    world.send({ type: 'user.talk', isHeld: false, atSample: world.atSample });
    world.wait(1000);
    expect(world.status).toBe('listening');
    expect(world.turns).toEqual([]);
  });

  it('interrupts the answer', () => {
    const world = new World({ isAutomatic: false }).start();
    world.send({ type: 'user.talk', isHeld: true, atSample: world.atSample });
    world.says(500);
    world.send({ type: 'user.talk', isHeld: false, atSample: world.atSample });
    world.wait(1200);
    expect(world.status).toBe('speaking');
    world.send({ type: 'user.talk', isHeld: true, atSample: world.atSample });
    world.says(500);
    expect(world.status).toBe('hearing');
    expect(world.turns[0]?.state).toBe('interrupted');
  });
});
