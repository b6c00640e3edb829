import { describe, expect, it } from 'vitest';
import { generatedUtterance } from '../../e2e/audio/recordings.ts';
import { toFloat } from '../../e2e/audio/voice.ts';
import { FLOOR_DB, rmsDbfs } from '../level.ts';
import { NoiseFloor } from './noise-floor.ts';
import { FRAME_MS, framesOf, noise } from './testing/noise.ts';

/** The floor after each frame. */
const track = (floor: NoiseFloor, signal: Float32Array): number[] =>
  [...framesOf(signal)].map(({ frame }) => floor.push(rmsDbfs(frame)));

describe('NoiseFloor', () => {
  it('knows the room within a second, after the zeros of a microphone that has not started', () => {
    const floor = new NoiseFloor();
    expect(track(floor, new Float32Array(16_000)).at(-1)).toBe(FLOOR_DB);
    expect(track(floor, noise(1, -58)).at(-1)).toBeCloseTo(-58, 0);
  });

  it('stays at the room through ten seconds of talk', async () => {
    const text = 'Nobody can see the moon from under that old roof, my dear fellow, and so we all walk on in the dark.';
    const { samples } = await generatedUtterance(text, { rateHz: 16_000, leadMs: 1_000, tailMs: 10 });
    const talk = toFloat(samples);
    const speech = talk.subarray(16_000);
    const floor = new NoiseFloor();
    const room = track(floor, talk.subarray(0, 16_000)).at(-1)!;
    const during: number[] = [];
    for (let heardMs = 0; heardMs < 10_000; heardMs += speech.length / 16) during.push(...track(floor, speech));
    expect(room).toBeCloseTo(-66, 0);
    // The speech is at -26 dBFS.
    expect(Math.max(...during)).toBeLessThan(room + 12);
  });

  it('follows a fan that is switched on within three seconds, and off at once', () => {
    const floor = new NoiseFloor();
    track(floor, noise(6, -66));
    const on = track(floor, noise(6, -40));
    expect(on.findIndex((db) => db > -42) * FRAME_MS).toBeLessThan(3_000);
    expect(on.at(-1)).toBeCloseTo(-40, 0);
    const off = track(floor, noise(1, -66));
    expect(off.findIndex((db) => db < -60) * FRAME_MS).toBeLessThan(100);
  });

  it('is not lifted by keys and knocks', () => {
    const floor = new NoiseFloor();
    const desk = noise(10, -60);
    for (let at = 0; at + 800 < desk.length; at += 4_000) desk.set(noise(0.05, -20, at + 1), at);
    expect(Math.max(...track(floor, desk).slice(31))).toBeLessThan(-58);
  });

  it('forgets on reset', () => {
    const floor = new NoiseFloor();
    track(floor, noise(4, -30));
    floor.reset();
    expect(floor.floorDb).toBe(FLOOR_DB);
    expect(track(floor, noise(1, -70)).at(-1)).toBeCloseTo(-70, 0);
  });
});
