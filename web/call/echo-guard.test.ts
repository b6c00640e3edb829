import { BLOCK, RATE_HZ } from '#dsp/echo/blocks';
import { toPcm } from '#dsp/echo/testing/listen';
import { noise, roomResponse } from '#dsp/echo/testing/room';
import { createScene, generatedMaterial, type Scene } from '#dsp/echo/testing/scenes';
import { describe, expect, it } from 'vitest';
import type { EchoReport } from '../conversation/ports.ts';
import { EchoGuard } from './echo-guard.ts';

const material = generatedMaterial();
const base = { seconds: 8, room: roomResponse(200, 1), delayMs: 90, echoDb: -10, seed: 4 };

interface Run {
  guard: EchoGuard;
  likelihoods: number[];
  reports: EchoReport[];
}

/** The tap's frames lie on another grid than the microphone's, and its silence is not sent. */
function run(scene: Scene, guard = new EchoGuard(), startS = 3): Run {
  const reports: EchoReport[] = [];
  const off = guard.onReport((report) => reports.push(report));
  const pcm = toPcm(scene.played);
  const likelihoods: number[] = [];
  let sent = 0;
  for (let end = BLOCK; end <= scene.heard.length; end += BLOCK) {
    for (; 200 + sent * 256 + 256 <= end; sent++) {
      const tap = pcm.slice(200 + sent * 256, 200 + (sent + 1) * 256);
      const endContextTime = startS + (200 + (sent + 1) * 256) / RATE_HZ;
      if (tap.some((sample) => sample !== 0)) guard.played({ sequence: sent, pcm: tap, endContextTime });
    }
    likelihoods.push(guard.hear(scene.heard.subarray(end - BLOCK, end), startS + end / RATE_HZ).likelihood);
  }
  off();
  return { guard, likelihoods, reports };
}

describe('the echo guard', () => {
  it('reports what comes back, how late, and how much of it is taken out', () => {
    const { guard, likelihoods } = run(createScene(material, base));
    const { mode, leakDb, delayMs, removedDb } = guard.report;
    expect(mode).toBe('filtered');
    // Talker at -26 dBFS, echo 10 dB below, output at -22 dBFS.
    expect(leakDb).toBeCloseTo(-14, -0.5);
    expect(delayMs).toBeCloseTo(90, 0);
    expect(removedDb).toBeGreaterThan(8);
    expect(likelihoods.slice(18).every((likelihood) => likelihood >= 0.5)).toBe(true);
  });

  it('reports only what is news', () => {
    const { reports } = run(createScene(material, base));
    expect(reports.length).toBeLessThan(12);
    expect(reports.length).toBeGreaterThan(0);
  });

  it('says clear when nothing comes back, and counts what is said', () => {
    const scene = createScene(material, { ...base, echoDb: -90, talkEveryS: 4 });
    const { guard, likelihoods } = run(scene);
    expect(guard.report.mode).toBe('clear');
    const onset = Math.floor((scene.utterances[0]?.start ?? 0) / BLOCK);
    expect(Math.min(...likelihoods.slice(onset, onset + 3))).toBeLessThan(0.5);
  });

  it('falls back to half duplex when a loud echo cannot be predicted, and comes back when it can', () => {
    const scene = createScene(material, { ...base, echoDb: 15, seconds: 10 });
    // A loudspeaker that rattles: half of what comes back has little to do with what was played.
    const rattle = noise(scene.heard.length, 3);
    const heard = scene.heard.map((x, i) => x + 2 * Math.abs(x) * rattle[i]!);
    const { guard, likelihoods } = run({ ...scene, heard });
    expect(guard.report.mode).toBe('half-duplex');
    expect(likelihoods.at(-1)).toBe(1);
    run(createScene(material, { ...base, echoDb: -10, seconds: 10 }), guard, 20);
    expect(guard.report.mode).toBe('filtered');
  });

  it('forgets when the route changes', () => {
    const { guard } = run(createScene(material, { ...base, seconds: 4 }));
    guard.routeChanged();
    expect(guard.report).toEqual({ mode: 'unknown' });
  });

  it('gives the frame itself back while nothing plays', () => {
    const guard = new EchoGuard();
    const frame = noise(BLOCK, 6);
    const { likelihood, residual } = guard.hear(frame, 1);
    expect(likelihood).toBe(0);
    expect(residual).toBe(frame);
    expect(guard.report).toEqual({ mode: 'unknown' });
  });

  it('hears again in another audio context, whose clock begins at zero', () => {
    const { guard } = run(createScene(material, base), new EchoGuard(), 300);
    guard.restart();
    const talk = createScene(material, { ...base, echoDb: -200, talkEveryS: 2 });
    const silent = { ...talk, played: new Float32Array(talk.played.length), heard: talk.near };
    const { likelihoods } = run(silent, guard, 0);
    expect(likelihoods.every((likelihood) => likelihood === 0)).toBe(true);
    expect(guard.report).toEqual({ mode: 'unknown' });
  });
});
