import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Problem } from '#kernel/result';
import { createAudioGraph } from '../audio/audio-graph.ts';
import { listAudioDevices } from '../audio/devices.ts';
import { openMicrophone } from '../audio/microphone.ts';
import { byClick } from '../audio/testing/by-click.ts';
import type { CaptureFrame } from '../audio/worklets/capture.messages.ts';
import type { ToCall } from '../call/call.messages.ts';
import { CallAudio, type AudioSource } from './call-audio.ts';

const FRAME_MS = 32;
const SILENT_DB = -50;

let audio: CallAudio;
afterEach(() => audio.dispose());

/** Real worklets and devices; what the call worker and the interface are told is kept. */
function setUp(source: Partial<AudioSource> = {}) {
  const sent: ToCall[] = [];
  const levelsDb: number[] = [];
  const problems: string[] = [];
  let breakDown: (problem: Problem<'engine-failed'>) => void = () => undefined;
  const createGraph: AudioSource['createGraph'] = async (options, scope) => {
    const made = await createAudioGraph(options, scope);
    if (made.ok) {
      const onFailure = made.value.onFailure.bind(made.value);
      vi.spyOn(made.value, 'onFailure').mockImplementation((listener) => onFailure((breakDown = listener)));
    }
    return made;
  };
  audio = new CallAudio(
    {
      send(message) {
        sent.push(message);
        if (message.type === 'audio.attached')
          message.capture.onmessage = ({ data }: MessageEvent<CaptureFrame>) => levelsDb.push(data.levelDb);
      },
      onBlocked: () => undefined,
      onProblem: ({ kind }) => problems.push(kind),
      onSuppressed: () => undefined,
    },
    { createGraph, openMicrophone, ...source },
  );
  const types = () => sent.map(({ type }) => type);
  const last = <T extends ToCall['type']>(type: T) =>
    sent.findLast((message): message is Extract<ToCall, { type: T }> => message.type === type);
  return {
    sent,
    types,
    last,
    levelsDb,
    problems,
    breakDown: () => breakDown({ kind: 'engine-failed', retry: 'reload' }),
  };
}

async function open(): Promise<void> {
  await byClick(() => audio.unlock());
  await audio.open();
}

/** Instead of a microphone: a tone that never pauses, in a context of its own, anew for each that is opened. */
const toneMicrophone: AudioSource['openMicrophone'] = (_options, scope) => {
  const context = new AudioContext();
  scope.add(() => void context.close());
  const to = new MediaStreamAudioDestinationNode(context);
  const tone = new OscillatorNode(context);
  tone.connect(to);
  tone.start();
  const { stream } = to;
  const stop = () => scope.dispose();
  const value = { stream, settings: {}, isFallback: false, latencyMs: () => 0, on: () => () => undefined, stop };
  return Promise.resolve({ ok: true, value });
};

describe('The sound of a call', () => {
  it('introduces the worklets, then tells the delays and that the microphone is open', async () => {
    const { types, last } = setUp();
    await open();
    expect(types()).toEqual(['audio.attached', 'audio.latency', 'mic.opened']);
    expect(last('audio.latency')?.inputLatencyMs).toBeGreaterThan(0);
    await expect.poll(() => last('audio.latency')?.outputLatencyMs, { timeout: 5_000 }).toBeGreaterThan(0);
  });

  it('exchanges the microphone in mid-call without 200 ms of silence', async () => {
    const { types, levelsDb } = setUp({ openMicrophone: toneMicrophone });
    await open();
    await expect.poll(() => levelsDb.at(-1)).toBeGreaterThan(-10);
    levelsDb.length = 0;
    audio.setMicrophone({ noiseSuppression: 'off' });
    await expect.poll(() => levelsDb.length).toBeGreaterThan(30);
    let longest = 0;
    for (let i = 0, silent = 0; i < levelsDb.length; i++) {
      silent = levelsDb[i]! < SILENT_DB ? silent + 1 : 0;
      longest = Math.max(longest, silent);
    }
    expect(longest * FRAME_MS).toBeLessThan(200);
    expect(types()).not.toContain('mic.lost');
  });

  it('puts RNNoise into the way of the microphone and takes it out again', async () => {
    const { last, problems, sent, levelsDb } = setUp();
    await open();
    const plainMs = last('audio.latency')!.inputLatencyMs;
    audio.setMicrophone({ noiseSuppression: 'strong' });
    await expect.poll(() => last('audio.route-changed')?.change, { timeout: 5_000 }).toBe('devices');
    expect(last('audio.latency')!.inputLatencyMs).toBeGreaterThan(plainMs + 10);
    sent.length = 0;
    audio.setMicrophone({ noiseSuppression: 'browser' });
    await expect.poll(() => last('audio.route-changed')?.change).toBe('devices');
    expect(problems).toEqual([]);
    const frames = levelsDb.length;
    await expect.poll(() => levelsDb.length).toBeGreaterThan(frames + 5);
  });

  it('tells of another speaker with its delay, and of one that is not there', async () => {
    const { last, sent, problems } = setUp();
    await open();
    sent.length = 0;
    const { speakers } = await listAudioDevices(navigator.mediaDevices);
    audio.setSpeaker(speakers.at(-1)?.deviceId ?? '');
    await expect.poll(() => sent.map(({ type }) => type)).toEqual(['audio.route-changed', 'audio.latency']);
    expect(last('audio.route-changed')).toMatchObject({ change: 'devices', path: 'direct' });
    audio.setSpeaker('no such device');
    await expect.poll(() => problems).toEqual(['speaker-missing']);
  });

  it('tells of devices that come and go during a call, and nothing when the list is read again', async () => {
    const { sent } = setUp();
    const [desk, headset] = ['desk', 'headset'].map((deviceId) => ({ deviceId, label: deviceId }));
    audio.devicesChanged({ microphones: [], speakers: [] });
    await open();
    sent.length = 0;
    audio.devicesChanged({ microphones: [desk!], speakers: [] });
    audio.devicesChanged({ microphones: [desk!], speakers: [] });
    expect(sent).toEqual([]);
    audio.devicesChanged({ microphones: [desk!, headset!], speakers: [] });
    expect(sent[0]).toEqual({ type: 'audio.route-changed', change: 'devices', path: 'direct' });
  });

  it('takes the way through the loop-back and back when asked, and counts what it costs', async () => {
    const { last } = setUp();
    await open();
    await audio.setOutputPath('direct');
    expect(last('audio.route-changed')).toMatchObject({ change: 'path', path: 'direct' });
    const directMs = last('audio.latency')!.outputLatencyMs;
    await audio.setOutputPath('loopback');
    expect(last('audio.route-changed')).toMatchObject({ change: 'path', path: 'loopback' });
    expect(last('audio.latency')!.outputLatencyMs).toBeGreaterThan(directMs + 10);
    await audio.setOutputPath('direct');
    expect(last('audio.route-changed')).toMatchObject({ change: 'path', path: 'direct' });
  });

  it('answers that the path is direct where the browser has no use for another', async () => {
    const { last } = setUp({ openMicrophone: toneMicrophone });
    await open();
    await audio.setOutputPath('loopback');
    expect(last('audio.route-changed')).toMatchObject({ change: 'path', path: 'direct' });
  });

  it('gives up a broken worklet with the whole graph, and makes both anew for the next call', async () => {
    const { types, sent, last, breakDown, levelsDb } = setUp();
    await open();
    breakDown();
    expect(last('mic.refused')?.problem.kind).toBe('engine-failed');
    sent.length = 0;
    await open();
    expect(types()).toEqual(['audio.attached', 'audio.latency', 'mic.opened']);
    levelsDb.length = 0;
    await expect.poll(() => levelsDb.length).toBeGreaterThan(5);
  });
});
