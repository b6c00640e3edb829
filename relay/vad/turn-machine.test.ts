import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toMs, toSamples } from '#models/vad/voice';
import { HeardScene, semanticVad, serverVad } from './testing/heard-scene.ts';
import { toTurnRules } from './turn-rules.ts';

const scene = (silenceDurationMs = 500) => new HeardScene(serverVad(silenceDurationMs));
const semantic = (eagerness: Parameters<typeof semanticVad>[0]) => new HeardScene(semanticVad(eagerness));
const TAIL_MS = 160;

describe('a turn with silence of fixed length', () => {
  it('starts at its onset, may be over after 200 ms, and is over after the silence that was asked for', () => {
    const { told } = scene(512).silence(960).voice(960).silence(1_600);
    expect(told).toEqual([
      { kind: 'started', startSample: toSamples(960), atMs: 960 + 96 },
      { kind: 'paused', endSample: toSamples(1_920 + TAIL_MS), atMs: 1_920 + 192 },
      { kind: 'stopped', endSample: toSamples(1_920 + TAIL_MS), atMs: 1_920 + 512 },
    ]);
  });

  it('goes on over a shorter pause, and ends where the last word ended', () => {
    const { told, kinds } = scene(512).silence(320).voice(640).silence(320).voice(640).silence(960);
    expect(kinds).toEqual(['started', 'paused', 'resumed', 'paused', 'stopped']);
    expect(told.at(-1)).toMatchObject({ endSample: toSamples(1_920 + TAIL_MS) });
  });

  it('is over at once after 200 ms when no longer a silence was asked for', () => {
    expect(scene(200).silence(320).voice(640).silence(224).kinds).toEqual(['started', 'paused', 'stopped']);
  });

  it('waits six seconds when it was asked to', () => {
    const patient = scene(6_000).silence(320).voice(640).silence(5_900);
    expect(patient.kinds).toEqual(['started', 'paused']);
    expect(patient.silence(160).kinds).toEqual(['started', 'paused', 'stopped']);
  });

  it('does not start its silence anew at a click', () => {
    const { told } = scene(512).silence(320).voice(640).silence(320).voice(32).silence(320);
    expect(told.at(-1)).toMatchObject({ kind: 'stopped', atMs: 960 + 512 });
  });

  it('takes the onset of the sound for its beginning where the network is late', () => {
    const { told } = scene().silence(640).voice(96, { probability: 0.2 }).voice(320);
    expect(told[0]).toMatchObject({ kind: 'started', startSample: toSamples(640) });
  });

  it('does not take the noise of the room for its beginning', () => {
    const { told } = scene().voice(1_600, { probability: 0.1 }).voice(320);
    expect(told[0]).toMatchObject({ kind: 'started', startSample: toSamples(1_600) });
  });
});

describe('what starts no turn', () => {
  it.each([32, 64])('%i ms of voice', (ms) => {
    expect(scene().silence(320).voice(ms).silence(640).voice(ms).silence(640).told).toEqual([]);
  });

  it('a doubtful sound that hardly stands out from the noise, unless it goes on', () => {
    const noise = { probability: 0.6, levelDb: -40, floorDb: -50 };
    expect(scene().silence(320).voice(640, noise).silence(640).told).toEqual([]);
    expect(scene().silence(320).voice(1_600, noise).kinds).toEqual(['started']);
  });

  it('voice below the threshold, whatever it is', () => {
    const soft = { probability: 0.62 };
    expect(new HeardScene(serverVad(500, 0.7)).silence(320).voice(960, soft).told).toEqual([]);
    expect(new HeardScene(serverVad(500, 0.3)).silence(320).voice(960, { probability: 0.4 }).kinds).toEqual([
      'started',
    ]);
  });
});

describe('while an answer is heard', () => {
  const overAnswer = () => {
    const over = scene().silence(640);
    over.machine.isAnswering = true;
    return over;
  };

  it.each([
    ['a short sound', 288, 0],
    ['a cough', 576, 0.9],
    ['"mm-hm"', 448, 0.7],
  ])('%s starts no turn', (_, ms, interjection) => {
    expect(overAnswer().voice(ms, { interjection }).silence(640).told).toEqual([]);
  });

  it('words start one, from their true onset', () => {
    expect(overAnswer().voice(960).told).toEqual([{ kind: 'started', startSample: toSamples(640), atMs: 640 + 320 }]);
  });

  it('what goes on like a hum starts one after 600 ms', () => {
    expect(overAnswer().voice(960, { interjection: 0.9 }).told).toMatchObject([
      { kind: 'started', startSample: toSamples(640), atMs: 640 + 608 },
    ]);
  });

  it('coughs add up to nothing', () => {
    const coughs = overAnswer();
    for (let i = 0; i < 5; i++) coughs.voice(288, { interjection: 0.9 }).silence(320);
    expect(coughs.told).toEqual([]);
  });

  it('a turn that has begun before goes on as it would', () => {
    const begun = scene().silence(320).voice(320);
    begun.machine.isAnswering = true;
    expect(begun.voice(320).silence(640).kinds).toEqual(['started', 'paused', 'stopped']);
  });

  it('and when it is over, a short word is enough again', () => {
    const after = overAnswer().silence(320);
    after.machine.isAnswering = false;
    expect(after.voice(160).kinds).toEqual(['started']);
  });
});

describe('a turn that ends by sounding finished', () => {
  const spoken = (eagerness: Parameters<typeof semanticVad>[0]) => semantic(eagerness).silence(320).voice(1_280);
  const waitOf = (scene: HeardScene) => (scene.told.find(({ kind }) => kind === 'stopped')?.atMs ?? NaN) - 1_600;
  const judged = (eagerness: Parameters<typeof semanticVad>[0], judgement: number) => {
    const scene = spoken(eagerness).silence(224);
    const pause = scene.told.at(-1);
    if (pause?.kind !== 'paused') throw new Error('no pause was told');
    scene.machine.judge(pause.endSample, judgement);
    return scene.silence(9_000);
  };

  it('waits as long as its speaker pauses, longer or shorter by eagerness', () => {
    const waits = (['high', 'medium', 'low'] as const).map((eagerness) => waitOf(spoken(eagerness).silence(9_000)));
    expect(waits).toEqual([480, 704, 1_408]);
    expect(waitOf(spoken('auto').silence(9_000))).toBe(704);
  });

  it.each([
    ['high', 2_000],
    ['medium', 4_000],
    ['low', 8_000],
  ] as const)('ends soon when the model is sure, and at %s eagerness after %i ms at the latest', (eagerness, maxMs) => {
    expect(waitOf(judged(eagerness, 0.9))).toBeLessThanOrEqual(640);
    expect(Math.abs(waitOf(judged(eagerness, 0)) - maxMs)).toBeLessThanOrEqual(16);
  });

  it('believes no judgement of another pause', () => {
    const scene = spoken('medium').silence(224);
    scene.machine.judge(toSamples(10), 1);
    expect(waitOf(scene.silence(9_000))).toBe(704);
  });

  it('learns the pauses of who cuts a turn in two', () => {
    const slow = semantic('medium').silence(320);
    for (let i = 0; i < 6; i++) slow.voice(640).silence(992);
    const before = slow.told.length;
    const endMs = slow.voice(640).nowMs;
    slow.silence(3_000);
    expect((slow.told.slice(before).find(({ kind }) => kind === 'stopped')?.atMs ?? NaN) - endMs).toBeGreaterThan(900);
  });
});

describe('in mid-stream', () => {
  it('a restart lets the next voice begin a new turn, from there on', () => {
    const scene = new HeardScene(serverVad(512)).silence(320).voice(640);
    scene.machine.restart(toSamples(scene.nowMs));
    expect(scene.voice(320).silence(640).told.slice(1)).toMatchObject([
      { kind: 'started', startSample: toSamples(960) },
      { kind: 'paused' },
      { kind: 'stopped', endSample: toSamples(1_280 + TAIL_MS) },
    ]);
  });

  it('other settings count from the next frame on', () => {
    const scene = new HeardScene(serverVad(6_000)).silence(320).voice(640).silence(960);
    scene.machine.rules = toTurnRules(serverVad(500));
    expect(scene.silence(32).kinds).toEqual(['started', 'paused', 'stopped']);
  });

  it('a turn that somebody else heard begin is ended', () => {
    const scene = new HeardScene(serverVad(512));
    scene.machine.takeUp(0);
    expect(scene.voice(320).silence(640).kinds).toEqual(['paused', 'stopped']);
  });

  it('tells signals in their order and positions that make sense, whatever is heard', () => {
    const sound = fc.record({ ms: fc.nat(900), probability: fc.double({ min: 0, max: 1, noNaN: true }) });
    const act = fc.oneof(sound, sound, fc.constantFrom('restart', 'answering', 'floor', 'semantic', 'server'));
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const scene = new HeardScene(serverVad(500));
        let turn = 'none';
        let seen = 0;
        const check = () => {
          for (const signal of scene.told.slice(seen)) {
            expect(LEGAL[turn]).toContain(signal.kind);
            turn = signal.kind;
            const position =
              'startSample' in signal ? signal.startSample : 'endSample' in signal ? signal.endSample : 0;
            expect(toMs(position)).toBeLessThanOrEqual(signal.atMs);
          }
          seen = scene.told.length;
        };
        for (const what of acts) {
          if (typeof what === 'object') scene.voice(what.ms, what);
          else if (what === 'restart') [turn] = ['none', scene.machine.restart(toSamples(scene.nowMs))];
          else if (what === 'semantic') scene.machine.rules = toTurnRules(semanticVad('medium'));
          else if (what === 'server') scene.machine.rules = toTurnRules(serverVad(300));
          else scene.machine.isAnswering = what === 'answering';
          check();
        }
      }),
    );
  });
});

const LEGAL: Record<string, string[]> = {
  none: ['started'],
  started: ['paused'],
  paused: ['resumed', 'stopped'],
  resumed: ['paused'],
  stopped: ['started'],
};
