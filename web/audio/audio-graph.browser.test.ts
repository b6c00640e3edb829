import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scope } from '#kernel/scope';
import { createAudioGraph, type AudioGraph } from './audio-graph.ts';
import { openMicrophone } from './microphone.ts';
import { byClick } from './testing/by-click.ts';
import type { EarReport, ToEar } from './testing/ear.worker.ts';

const OPTIONS = {
  capture: { targetRateHz: 16_000, frameSamples: 512 },
  playback: { reserveMs: 80, maxReserveMs: 400, capacityMs: 10_000, tap: { rateHz: 16_000, frameSamples: 512 } },
};

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let scope: Scope;
beforeEach(() => {
  scope = new Scope();
});
afterEach(() => scope.dispose());

/** As the app does it: made, and woken, by a real click. */
async function createByClick(): Promise<AudioGraph> {
  const result = await byClick(() => createAudioGraph(OPTIONS, scope));
  if (!result.ok) throw new Error(result.problem.detail);
  await expect.poll(() => result.value.state).toBe('running');
  return result.value;
}

function attachEar(graph: AudioGraph): () => Promise<EarReport> {
  const worker = new Worker(new URL('./testing/ear.worker.ts', import.meta.url), { type: 'module' });
  scope.add(() => worker.terminate());
  const { capturePort: capture, playbackPort: playback } = graph;
  worker.postMessage({ type: 'attach', capture, playback } satisfies ToEar, [capture, playback]);
  return () =>
    new Promise((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<EarReport>) => resolve(data);
      worker.postMessage({ type: 'report' } satisfies ToEar);
    });
}

describe('The audio graph', () => {
  it('runs at the rate of the device after a click, knows its delay, and closes with its scope', async () => {
    const graph = await createByClick();
    const other = new AudioContext();
    expect(graph.context.sampleRate).toBe(other.sampleRate);
    await other.close();
    await expect.poll(() => graph.outputLatencySeconds).toBeGreaterThan(0);
    expect(graph.outputLatencySeconds).toBeLessThan(1);
    scope.dispose();
    await expect.poll(() => graph.state).toBe('closed');
  });

  it('neither loses a frame nor runs dry while the page is blocked for two seconds', async () => {
    const graph = await createByClick();
    const microphone = await openMicrophone({ echoCancellation: false }, scope);
    if (!microphone.ok) throw new Error(microphone.problem.kind);
    expect(graph.attachMicrophone(microphone.value.stream)).toEqual({ ok: true, value: undefined });
    const report = attachEar(graph);
    await expect.poll(async () => (await report()).playedSamples).toBeGreaterThan(0);
    const before = await report();
    const startTime = graph.context.currentTime;
    const startMs = performance.now();
    while (performance.now() - startMs < 2_000);
    const after = await report();
    // By the sound's own clock: on a busy machine without a sound card it is slower than the wall's.
    const seconds = graph.context.currentTime - startTime;
    expect(seconds).toBeGreaterThan(1);
    expect(after.sequences).toEqual([...after.sequences.keys()]);
    expect(after.sequences.length - before.sequences.length).toBeGreaterThan(0.9 * seconds * 31.25);
    expect(after.playedSamples - before.playedSamples).toBeGreaterThan(0.9 * seconds * 24_000);
    expect(after.tapped - before.tapped).toBeGreaterThan(0.9 * seconds * 31.25);
    expect(after).toMatchObject({ heard: 1, underruns: 0 });
  });

  it('goes on with silence when the microphone is detached, and hears another one', async () => {
    const graph = await createByClick();
    const tone = new OscillatorNode(graph.context);
    const destination = new MediaStreamAudioDestinationNode(graph.context);
    tone.connect(destination);
    tone.start();
    const report = attachEar(graph);
    const lastLevelDb = async () => (await report()).levelsDb.at(-1);
    graph.attachMicrophone(destination.stream);
    await expect.poll(lastLevelDb).toBeGreaterThan(-6);
    graph.detachMicrophone();
    await expect.poll(lastLevelDb).toBe(-120);
    const frames = (await report()).sequences.length;
    await wait(200);
    expect((await report()).sequences.length).toBeGreaterThan(frames);
    graph.attachMicrophone(destination.stream);
    await expect.poll(lastLevelDb).toBeGreaterThan(-6);
  });

  it('tells when the sound is suspended and when it goes on', async () => {
    const graph = await createByClick();
    const states: string[] = [];
    graph.onStateChange((state) => states.push(state));
    await graph.context.suspend();
    graph.resume();
    await expect.poll(() => states).toEqual(['suspended', 'running']);
  });

  it('says whether a speaker can be used', async () => {
    const graph = await createByClick();
    expect(graph.canChooseSpeaker).toBe(true);
    expect(await graph.setSink('')).toEqual({ ok: true, value: undefined });
    expect(await graph.setSink('no such device')).toMatchObject({ ok: false, problem: { kind: 'speaker-missing' } });
  });

  it('is not made when its scope is gone', async () => {
    scope.dispose();
    expect(await createAudioGraph(OPTIONS, scope)).toMatchObject({ ok: false, problem: { kind: 'engine-failed' } });
  });
});
