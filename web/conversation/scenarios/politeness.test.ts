import { describe, expect, it } from 'vitest';
import { TYPICAL_PAUSES } from '#models/end-of-turn/pauses';
import { toSamples } from '#models/vad/voice';
import { World } from './world.ts';

/** Says a sentence, and tells how long after its end the answer began. */
function answerDelayMs(world: World): number {
  world.says(1000);
  const silentFromMs = world.clock.nowMs();
  world.pauses(3000);
  return (world.commands('play.start').at(-1)?.atMs ?? Infinity) - silentFromMs;
}

const quick = (world: World): World => {
  world.answering.firstAudioMs = 60;
  return world;
};

describe('the end of a turn', () => {
  it('is confirmed early when the model is sure, and late when it is not', () => {
    const sure = quick(new World().start());
    sure.judged = 0.9;
    expect(Math.abs(answerDelayMs(sure) - 320)).toBeLessThanOrEqual(48);
    const unsure = quick(new World().start());
    unsure.judged = 0.02;
    expect(answerDelayMs(unsure)).toBeGreaterThan(1100);
    const undecided = quick(new World().start());
    undecided.judged = 0.4;
    expect(answerDelayMs(undecided)).toBeGreaterThan(700);
    expect(answerDelayMs(undecided)).toBeLessThan(1000);
  });

  it('is judged anew at every pause, and by nothing that was said of an earlier one', () => {
    const world = quick(new World().start());
    world.says(800).pauses(400).says(800).pauses(400);
    const asked = world.commands('turn.judge');
    expect(asked).toHaveLength(2);
    const [first] = asked;
    world.send({
      type: 'turn.judged',
      utterance: first?.utterance ?? '',
      endSample: first?.endSample ?? 0,
      probability: 1,
    });
    expect(world.commands('play.start')).toHaveLength(0);
  });

  it('comes later for somebody who pauses long, and sooner for somebody who does not', () => {
    const slow = quick(new World().start());
    for (let i = 0; i < 6; i++) slow.says(600).pauses(650);
    slow.pauses(2500);
    expect(answerDelayMs(slow)).toBeGreaterThan(780);
    const brisk = quick(new World().start());
    for (let i = 0; i < 12; i++) brisk.says(500).pauses(260);
    brisk.pauses(3000);
    expect(answerDelayMs(brisk)).toBeLessThan(640);
  });

  it('is not bet on while answers have to queue', () => {
    const world = quick(new World().start());
    world.says(900).pauses(250);
    const [commit] = world.commands('utterance.commit');
    world.send({ type: 'reply.queued', utterance: commit?.utterance ?? '', position: 3, etaMs: 2000 });
    world.pauses(3000);
    world.says(900).pauses(3000);
    expect(world.commands('utterance.commit').map((one) => one.isSpeculative)).toEqual([true, false]);
    world.says(900).pauses(3000);
    expect(world.commands('utterance.commit').at(-1)?.isSpeculative).toBe(true);
  });
});

describe('what is no voice', () => {
  it('is a sound that does not stand out from the room, or is below the gate', () => {
    const faint = new World().start().says(1500, { levelDb: -62 }).pauses(2000);
    expect(faint.commands('utterance.open')).toHaveLength(0);
    const gated = new World({ gateDb: -20 }).start().says(1500).pauses(2000);
    expect(gated.commands('utterance.open')).toHaveLength(0);
  });

  it('is a sound the detector is hardly sure of: music, and noise', () => {
    const music = new World().start().says(400, { probability: 0.6 });
    // It goes on when the detector lets go of it.
    music.says(1500, { probability: 0.1 });
    expect(music.commands('utterance.commit')).toHaveLength(0);
    expect(music.turns).toEqual([]);
    expect(music.status).toBe('listening');
    const word = new World().start().says(400, { probability: 0.6 }).pauses(1500);
    expect(word.turns).toHaveLength(1);
  });
});

describe('what is no reason to begin anew', () => {
  it('is a cough while the answer is on its way', () => {
    const world = new World().start();
    world.answering.firstAudioMs = 2500;
    world.says(800).pauses(1000).coughs(256).pauses(6000);
    expect(world.commands('utterance.reopen')).toHaveLength(0);
    expect(world.commands('utterance.commit')).toHaveLength(1);
    expect(world.turns).toMatchObject([{ state: 'answered' }]);
  });

  it('is muting the microphone because of a noise', () => {
    const world = new World().start().says(192, { probability: 0.6 });
    expect(world.status).toBe('hearing');
    world.send({ type: 'user.mute', isMuted: true });
    world.wait(2000);
    expect(world.turns).toEqual([]);
    const speech = new World().start().says(500);
    speech.send({ type: 'user.mute', isMuted: true });
    speech.wait(4000);
    expect(speech.turns).toMatchObject([{ state: 'answered' }]);
  });

  it('is what was said before a hang-up: pauses are of one call', () => {
    const world = new World().start().says(800).pauses(900);
    world.send({ type: 'user.stop' });
    world.send({ type: 'user.start', callId: 'again' });
    world.wait(200).says(600).pauses(4000);
    expect(world.state.pauses).toEqual(TYPICAL_PAUSES);
  });
});

const speaking = (policy: ConstructorParameters<typeof World>[0] = {}): World => {
  const world = new World(policy).start();
  world.answering.audioMs = 5000;
  return world.says(800).pauses(1500);
};

describe('over the answer', () => {
  it('a short sound hushes it, and it goes on at the very sample', () => {
    const world = speaking();
    const startedMs = world.commands('play.start')[0]?.atMs ?? 0;
    world.says(256).pauses(7000);
    const [hush] = world.commands('play.pause');
    const [resume] = world.commands('play.resume');
    const heldMs = (resume?.atMs ?? 0) - (hush?.atMs ?? 0);
    expect(heldMs).toBeGreaterThan(200);
    expect(world.turns).toMatchObject([{ state: 'answered' }]);
    const finished = world.trace.find(({ command }) => command.type === 'log' && command.fact.type === 'reply.heard');
    expect((finished?.atMs ?? 0) - startedMs).toBeCloseTo(5000 + heldMs, -1);
  });

  it('a cough or a hum only ducks it, and it is back at full level within 400 ms', () => {
    const world = speaking();
    world.coughs(352);
    const overMs = world.clock.nowMs();
    world.pauses(6000);
    expect(world.commands('play.pause')).toHaveLength(0);
    expect(world.commands('play.stop')).toHaveLength(0);
    const [restore] = world.commands('play.restore');
    expect((restore?.atMs ?? Infinity) + (restore?.rampMs ?? Infinity) - overMs).toBeLessThanOrEqual(400);
    expect(world.turns).toMatchObject([{ state: 'answered' }]);
  });

  it('a hum that does not end takes the floor after all', () => {
    const world = speaking().coughs(800);
    expect(world.status).toBe('hearing');
  });

  it('its own echo changes nothing', () => {
    const world = speaking().echoes(3000);
    expect(world.commands('play.duck')).toHaveLength(0);
    expect(world.status).toBe('speaking');
  });

  it('nobody is heard while the microphone does not count, but the button stops it', () => {
    const world = speaking({ isHalfDuplex: true }).says(1000);
    expect(world.commands('play.duck')).toHaveLength(0);
    world.send({ type: 'user.interrupt' });
    world.wait(10);
    expect(world.status).toBe('listening');
  });

  it('voice does not count at the beginning of the first answer, until something is known of its echo', () => {
    const begin = () => {
      const world = new World().start();
      world.state = { ...world.state, echo: 'unknown' };
      world.answering = { ...world.answering, firstAudioMs: 500, audioMs: 8000 };
      return world.says(800).pauses(900);
    };
    const unknown = begin().says(600);
    expect(unknown.commands('play.duck')).toHaveLength(0);
    unknown.pauses(2000).says(600);
    expect(unknown.status).toBe('hearing');
    const known = begin();
    known.send({ type: 'echo.changed', mode: 'clear' });
    expect(known.says(600).status).toBe('hearing');
  });

  it('one of the words that stop it does, however short it is', () => {
    const world = speaking({ stopPhrases: ['Stop', 'hör auf'] })
      .says(224)
      .pauses(400);
    const [check] = world.commands('interjection.check');
    expect((check?.toSample ?? 0) - (check?.fromSample ?? 0)).toBeGreaterThanOrEqual(224 * 16);
    const stream = check?.stream ?? -1;
    world.send({ type: 'interjection.understood', stream, text: 'Nonstop.' });
    expect(world.status).toBe('speaking');
    world.send({ type: 'interjection.understood', stream, text: 'Stop!' });
    world.wait(10);
    expect(world.status).toBe('listening');
    expect(world.turns).toMatchObject([{ state: 'interrupted' }]);
  });

  it('one of the words that stop it is found in scripts without spaces, too', () => {
    const world = speaking({ stopPhrases: ['停'] })
      .says(224)
      .pauses(400);
    const stream = world.commands('interjection.check')[0]?.stream ?? -1;
    world.send({ type: 'interjection.understood', stream, text: '停下来。' });
    world.wait(10);
    expect(world.status).toBe('listening');
  });

  it('comes back at once when voice does not count any more', () => {
    const world = speaking().says(256);
    expect(world.state.turn).toMatchObject({ name: 'ducked', isHushed: true });
    world.send({ type: 'echo.changed', mode: 'half-duplex' });
    world.says(320);
    expect(world.state.turn.name).toBe('speaking');
    expect(world.commands('play.resume')).toHaveLength(1);
  });
});

describe('a held key', () => {
  it('records from the moment it goes down, and hardly before', () => {
    const world = new World({ isAutomatic: false }).start().wait(1000);
    world.send({ type: 'user.talk', isHeld: true, atSample: world.atSample });
    const pressedAt = world.atSample;
    world.says(600);
    expect(pressedAt - (world.commands('utterance.open')[0]?.fromSample ?? 0)).toBe(toSamples(100));
  });
});

describe('cues', () => {
  it('tell once that it listens, and each time that the turn is over', () => {
    const world = new World({ hasCues: true }).start();
    expect(world.commands('cue').map((cue) => cue.name)).toEqual(['listening']);
    world.answering.firstAudioMs = 1500;
    world.says(800).pauses(4500);
    expect(world.commands('cue').map((cue) => cue.name)).toEqual(['listening', 'understood']);
    world.send({ type: 'user.mute', isMuted: true });
    world.send({ type: 'user.mute', isMuted: false });
    world.wait(100);
    expect(world.commands('cue')).toHaveLength(2);
  });

  it('are left out where the answer itself comes at once', () => {
    const world = quick(new World({ hasCues: true }).start());
    world.says(800).pauses(2500);
    expect(world.commands('cue').map((cue) => cue.name)).toEqual(['listening']);
  });
});

describe('long silence after an answer', () => {
  it('is asked about once, if it is to be', () => {
    const world = new World({ nudgeAfterMs: 10_000 }).start().says(800).pauses(30_000);
    expect(world.state.turn).toMatchObject({ name: 'listening', isNudged: true });
    world.says(800).pauses(1500);
    expect(world.turns).toHaveLength(2);
    const silent = new World().start().says(800).pauses(30_000);
    expect(silent.state.turn).toEqual({ name: 'listening' });
  });

  it('is not asked about when that was switched off meanwhile, nor while nobody is listened to, nor after the call', () => {
    const begin = () => new World({ nudgeAfterMs: 10_000, hasCues: true }).start().says(800).pauses(5000);
    const changed = begin();
    changed.send({ type: 'policy.changed', policy: { ...changed.state.policy, nudgeAfterMs: 0 } });
    const muted = begin();
    muted.send({ type: 'user.mute', isMuted: true });
    const ended = begin();
    ended.send({ type: 'policy.changed', policy: { ...ended.state.policy, nudgeAfterMs: 0 } });
    ended.send({ type: 'user.stop' });
    for (const world of [changed, muted, ended]) {
      world.wait(30_000);
      expect(world.state.turn).not.toHaveProperty('isNudged');
      expect(world.commands('cue').filter((cue) => cue.name === 'listening')).toHaveLength(1);
    }
  });
});
