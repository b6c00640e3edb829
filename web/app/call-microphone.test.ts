import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failed, ok, type Problem } from '#kernel/result';
import { openMicrophone } from '../audio/microphone.ts';
import type { MicrophoneEnvironment } from '../audio/microphone-environment.ts';
import type { NoiseSuppressor } from '../audio/noise-suppression.ts';
import { CallMicrophone, type CallGraph } from './call-microphone.ts';

class FakeTrack extends EventTarget {
  muted = false;
  isStopped = false;
  readonly #settings: MediaTrackSettings;
  constructor({ deviceId, noiseSuppression }: MediaTrackConstraints) {
    super();
    const id = typeof deviceId === 'object' && 'exact' in deviceId ? String(deviceId.exact) : 'default';
    this.#settings = { deviceId: id, noiseSuppression: noiseSuppression === true };
  }
  getSettings(): MediaTrackSettings {
    return this.#settings;
  }
  stop(): void {
    this.isStopped = true;
  }
  say(type: 'mute' | 'unmute' | 'ended'): void {
    this.dispatchEvent(new Event(type));
  }
}

const SUPPRESSOR = { delaySeconds: 0.02, suppressedDb: () => 17 } as NoiseSuppressor;
const BROKEN: Problem = { kind: 'noise-suppression-failed', retry: 'later' };

/** A browser that gives a track for every request unless told to refuse, and a graph that remembers what it hears. */
function setUp({ suppressor = true } = {}) {
  const tracks: FakeTrack[] = [];
  const browser = { refusal: undefined as string | undefined };
  const getUserMedia = ({ audio }: MediaStreamConstraints = {}) => {
    if (browser.refusal !== undefined) return Promise.reject(Object.assign(new Error(), { name: browser.refusal }));
    const track = new FakeTrack(typeof audio === 'object' ? audio : {});
    tracks.push(track);
    const all = () => [track];
    return Promise.resolve({ getTracks: all, getAudioTracks: all } as unknown as MediaStream);
  };
  const environment: MicrophoneEnvironment = {
    mediaDevices: { getUserMedia },
    isSecureContext: true,
    isAllowedByPolicy: () => true,
    permission: () => Promise.resolve('granted'),
    prepare() {},
  };
  const attached: (NoiseSuppressor | undefined)[] = [];
  const graph: CallGraph = {
    attachMicrophone: (_stream, through) => (attached.push(through), ok(undefined)),
    detachMicrophone: () => undefined,
  };
  const told: string[] = [];
  const microphone = new CallMicrophone({
    graph: () => Promise.resolve(ok(graph)),
    openMicrophone: (options, scope) => openMicrophone(options, scope, environment),
    createSuppressor: () => Promise.resolve(suppressor ? ok(SUPPRESSOR) : failed(BROKEN)),
    send: (message) =>
      told.push('problem' in message && message.problem ? `${message.type} ${message.problem.kind}` : message.type),
    onHeard: (isOther) => told.push(isOther ? 'other' : 'heard'),
    onProblem: ({ kind }) => told.push(kind),
    onSuppressed: (db) => told.push(`${db} dB`),
  });
  return { microphone, tracks, browser, attached, told };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('The microphone of a call', () => {
  it('says when it is heard, and that it is the same one after a pause', async () => {
    const { microphone, told, tracks } = setUp();
    await microphone.open();
    microphone.close();
    expect(tracks[0]?.isStopped).toBe(true);
    await microphone.open();
    expect(told).toEqual(['heard', 'mic.opened', 'heard', 'mic.opened']);
  });

  it('tells of silence from a switch or a phone call, and of its end', async () => {
    const { microphone, told, tracks } = setUp();
    await microphone.open();
    tracks[0]?.say('mute');
    tracks[0]?.say('unmute');
    expect(told.slice(2)).toEqual(['mic.lost mic-busy', 'mic.opened']);
  });

  it('asks for another one when it is taken away, and again when something is plugged in', async () => {
    const { microphone, told, tracks, browser } = setUp();
    await microphone.open();
    browser.refusal = 'NotFoundError';
    tracks[0]?.say('ended');
    await settle();
    expect(told.slice(2)).toEqual(['mic.lost mic-lost', 'mic.refused mic-missing']);
    browser.refusal = undefined;
    microphone.devicesChanged();
    await settle();
    expect(told.at(-1)).toBe('mic.opened');
  });

  it('hears the old one until the new one has faded in', async () => {
    const { microphone, told, tracks } = setUp();
    await microphone.open();
    microphone.choose({ deviceId: 'desk', noiseSuppression: 'browser' });
    await settle();
    expect(told.slice(2)).toEqual(['other']);
    expect(tracks.map(({ isStopped }) => isStopped)).toEqual([false, false]);
    await vi.advanceTimersByTimeAsync(500);
    expect(tracks.map(({ isStopped }) => isStopped)).toEqual([true, false]);
    tracks[0]?.say('ended');
    expect(told.length).toBe(3);
  });

  it('keeps the old one when the new one is refused, and says so', async () => {
    const { microphone, told, tracks, browser } = setUp();
    await microphone.open();
    browser.refusal = 'NotReadableError';
    microphone.choose({ deviceId: 'desk', noiseSuppression: 'browser' });
    await vi.advanceTimersByTimeAsync(500);
    expect(told.slice(2)).toEqual(['mic-busy']);
    expect(tracks[0]?.isStopped).toBe(false);
    expect(microphone.isOpen).toBe(true);
  });

  it('does not call the old one lost when it is muted for the new one', async () => {
    const { microphone, told, tracks } = setUp();
    await microphone.open();
    microphone.choose({ noiseSuppression: 'off' });
    tracks[0]?.say('mute');
    await settle();
    expect(told.slice(2)).toEqual(['other']);
  });

  it('takes the browser out of the way of strong suppression, and counts its delay', async () => {
    const { microphone, told, tracks, attached } = setUp();
    microphone.choose({ noiseSuppression: 'strong' });
    await microphone.open();
    expect(tracks[0]?.getSettings().noiseSuppression).toBe(false);
    expect(attached).toEqual([SUPPRESSOR]);
    expect(microphone.latencyMs).toBe(20);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told.filter((one) => one === '17 dB').length).toBe(10);
    microphone.choose({ noiseSuppression: 'off' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told.at(-1)).toBe('0 dB');
    expect(tracks[1]?.getSettings().noiseSuppression).toBe(false);
    expect(attached).toEqual([SUPPRESSOR, undefined]);
  });

  it("falls back to the browser's suppression when strong is not to be had", async () => {
    const { microphone, told, tracks, attached } = setUp({ suppressor: false });
    microphone.choose({ noiseSuppression: 'strong' });
    await microphone.open();
    expect(told).toEqual(['noise-suppression-failed', 'heard', 'mic.opened']);
    expect(tracks[0]?.getSettings().noiseSuppression).toBe(true);
    expect(attached).toEqual([undefined]);
  });

  it('takes what was chosen while the browser was asking', async () => {
    const { microphone, tracks } = setUp();
    const opened = microphone.open();
    microphone.choose({ deviceId: 'desk', noiseSuppression: 'browser' });
    await opened;
    await settle();
    expect(tracks.map((track) => track.getSettings().deviceId)).toEqual(['default', 'desk']);
  });

  it('lets everything go when it is closed in the middle of an exchange', async () => {
    const { microphone, tracks } = setUp();
    await microphone.open();
    microphone.choose({ noiseSuppression: 'off' });
    microphone.close();
    await vi.advanceTimersByTimeAsync(500);
    expect(tracks.map(({ isStopped }) => isStopped)).toEqual([true, true]);
    expect(microphone.isOpen).toBe(false);
  });
});
