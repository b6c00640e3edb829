import { describe, expect, it } from 'vitest';
import { BLOCK, RATE_HZ } from './blocks.ts';
import { EchoPath } from './echo-path.ts';
import { levelDifferenceDb, listen } from './testing/listen.ts';
import { noise, roomResponse } from './testing/room.ts';
import { createScene, generatedMaterial, loadMaterial } from './testing/scenes.ts';

const generated = generatedMaterial();
const [room = roomResponse(200, 1)] = generated.rooms;
const base = { seconds: 7, room, delayMs: 90, echoDb: -10, seed: 4 };
/** What is judged from this second on. */
const SETTLED = 3 * RATE_HZ;

const echoShare = (likelihoods: number[], from = 0) => {
  const counted = likelihoods.slice(Math.ceil(from / BLOCK));
  return counted.filter((likelihood) => likelihood >= 0.5).length / counted.length;
};

describe('the echo path', () => {
  it.each([12, 90, 250, 580])('finds a delay of %i ms to within 2 ms', (delayMs) => {
    const path = new EchoPath();
    const { locatedAt } = listen(path, createScene(generated, { ...base, seconds: 4, delayMs }));
    expect(Math.abs((path.delaySamples ?? 0) / 16 - delayMs)).toBeLessThan(2);
    // The assistant begins after half a second.
    expect(locatedAt).toBeLessThan(1.7 * RATE_HZ);
  });

  it('takes 20 dB of the echo out after two seconds of bursts of noise', () => {
    const scene = createScene({ ...generated, assistants: [bursts()] }, { ...base, seconds: 6 });
    const { residual } = listen(new EchoPath(), scene);
    expect(levelDifferenceDb(scene.heard, residual, 2.5 * RATE_HZ, 6 * RATE_HZ)).toBeGreaterThan(20);
  });

  it('takes speech out as well, and calls it echo all the time', () => {
    const scene = createScene(generated, base);
    const { residual, likelihoods } = listen(new EchoPath(), scene);
    expect(levelDifferenceDb(scene.heard, residual, SETTLED, scene.heard.length)).toBeGreaterThan(15);
    expect(echoShare(likelihoods, RATE_HZ / 2 + 1600)).toBe(1);
  });

  it('keeps the talker, and stops calling it echo within two frames', () => {
    const scene = createScene(generated, { ...base, talkEveryS: 3 });
    const { residual, likelihoods } = listen(new EchoPath(), scene);
    const [talk = { start: 0, end: 0 }] = scene.utterances;
    const error = residual.map((x, i) => x - scene.near[i]!);
    expect(levelDifferenceDb(scene.near, error, talk.start, talk.end)).toBeGreaterThan(10);
    const onset = Math.floor(talk.start / BLOCK);
    expect(Math.min(...likelihoods.slice(onset, onset + 3))).toBeLessThan(0.5);
  });

  it('hears everybody at once through headphones', () => {
    const scene = createScene(generated, { ...base, echoDb: -90, talkEveryS: 3 });
    const { likelihoods, residual } = listen(new EchoPath(), scene);
    const [talk = { start: 0, end: 0 }] = scene.utterances;
    expect(echoShare(likelihoods.slice(0, Math.floor(talk.end / BLOCK) - 10), talk.start + 2 * BLOCK)).toBeLessThan(
      0.3,
    );
    const error = residual.map((x, i) => x - scene.heard[i]!);
    expect(levelDifferenceDb(error, scene.heard, talk.start, talk.end)).toBeLessThan(-20);
  });

  it('hears a talker in a room without any sound of its own, and takes nothing of the voice for echo', () => {
    const scene = createScene(generated, { ...base, echoDb: -200, talkEveryS: 3 });
    // The talker alone: zeros in between, as a gate or a noise suppressor leaves them.
    const { likelihoods, residual } = listen(new EchoPath(), { ...scene, heard: scene.near });
    const [talk = { start: 0, end: 0 }] = scene.utterances;
    expect(echoShare(likelihoods.slice(0, Math.floor(talk.end / BLOCK)), talk.start + 2 * BLOCK)).toBe(0);
    expect(residual).toEqual(scene.near.slice(0, residual.length));
  });

  it('adds nothing to a microphone that is muted while an answer comes back', () => {
    const scene = createScene(generated, base);
    const heard = scene.heard.map((x, i) => (i < 4 * RATE_HZ ? x : 0));
    const { residual } = listen(new EchoPath(), { ...scene, heard });
    expect(Math.max(...residual.slice(4 * RATE_HZ + BLOCK).map(Math.abs))).toBe(0);
  });

  it('learns a new route within a second and a half when told, and lets nothing through meanwhile', () => {
    const before = createScene(generated, base);
    const after = createScene(generated, { ...base, delayMs: 210, room: roomResponse(300, 7) });
    const changeAt = 125 * BLOCK;
    const heard = before.heard.map((x, i) => (i < changeAt ? x : after.heard[i]!));
    const path = new EchoPath();
    const scene = { ...before, heard };
    const { residual, likelihoods } = listen(path, scene, (start) => {
      if (start === changeAt) path.reset();
    });
    expect(levelDifferenceDb(heard, residual, changeAt + 1.5 * RATE_HZ, heard.length)).toBeGreaterThan(8);
    expect(echoShare(likelihoods, changeAt)).toBe(1);
  });

  it('notices a new route by itself', () => {
    const before = createScene(generated, base);
    const after = createScene(generated, { ...base, delayMs: 210 });
    const changeAt = 125 * BLOCK;
    const heard = before.heard.map((x, i) => (i < changeAt ? x : after.heard[i]!));
    const path = new EchoPath();
    const { likelihoods } = listen(path, { ...before, heard });
    expect(path.delaySamples! / 16).toBeCloseTo(210, -1);
    expect(longestRun(likelihoods.slice(125), (likelihood) => likelihood < 0.5)).toBeLessThan(4);
  });

  it('costs nothing and changes nothing while nothing plays', () => {
    const path = new EchoPath();
    const frame = noise(BLOCK, 5);
    expect(path.hear(frame, BLOCK)).toBe(0);
    expect(path.residual).toBe(frame);
    expect(path.isActive).toBe(false);
  });

  it('keeps recorded rooms and voices apart, where they are at hand', () => {
    const material = loadMaterial();
    const scene = createScene(material, { ...base, room: material.rooms[0]!, seconds: 10, talkEveryS: 4 });
    const { likelihoods } = listen(new EchoPath(), scene);
    for (const { start } of scene.utterances) {
      const onset = Math.floor(start / BLOCK);
      expect(Math.min(...likelihoods.slice(onset, onset + 4))).toBeLessThan(0.5);
    }
    const alone = likelihoods.filter(
      (_, i) =>
        i > 17 && !scene.utterances.some(({ start, end }) => i * BLOCK > start - BLOCK && i * BLOCK < end + 4800),
    );
    expect(longestRun(alone, (likelihood) => likelihood < 0.5)).toBeLessThan(4);
  });
});

function longestRun<T>(list: T[], counts: (item: T) => boolean): number {
  let longest = 0;
  let run = 0;
  for (const item of list) {
    run = counts(item) ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** A quarter of a second of noise, a quarter of silence, and so on. */
function bursts(): Float32Array {
  return noise(4 * RATE_HZ, 11).map((x, i) => (i % (RATE_HZ / 2) < RATE_HZ / 4 ? x : 0));
}
