import { describe, expect, it } from 'vitest';
import { Scope } from '#kernel/scope';
import type { MicrophoneEnvironment } from './microphone-environment.ts';
import { openMicrophone, type MicrophoneOptions } from './microphone.ts';

/** A track as far as the microphone uses one. */
class FakeTrack extends EventTarget {
  isStopped = false;
  stop(): void {
    this.isStopped = true;
  }
  stats: { averageLatency: number } | undefined;
  getSettings(): MediaTrackSettings & { latency: number } {
    return { deviceId: 'desk', echoCancellation: true, latency: 0.01 };
  }
}

class FakeStream {
  constructor(readonly track: FakeTrack | undefined) {}
  getTracks(): FakeTrack[] {
    return this.track ? [this.track] : [];
  }
  getAudioTracks(): FakeTrack[] {
    return this.getTracks();
  }
}

function domError(name: string, message = ''): Error {
  return Object.assign(new Error(message), { name });
}

/** A browser that answers each request in turn with a stream or an error, and keeps the constraints it was given. */
function fakeBrowser(answers: (Error | FakeTrack | undefined)[], permission?: PermissionState) {
  const asked: MediaTrackConstraints[] = [];
  const environment: MicrophoneEnvironment = {
    mediaDevices: {
      getUserMedia(constraints) {
        if (typeof constraints?.audio === 'object') asked.push(constraints.audio);
        const answer = answers[asked.length - 1];
        if (answer instanceof Error) return Promise.reject(answer);
        return Promise.resolve(new FakeStream(answer) as unknown as MediaStream);
      },
    },
    isSecureContext: true,
    isAllowedByPolicy: () => true,
    permission: () => Promise.resolve(permission),
    prepare() {},
  };
  return { asked, environment };
}

async function problemKind(environment: MicrophoneEnvironment, options: MicrophoneOptions = {}): Promise<string> {
  const opened = await openMicrophone(options, new Scope(), environment);
  return opened.ok ? 'ok' : opened.problem.kind;
}

describe('openMicrophone', () => {
  it('always states all three kinds of processing, and never a sample rate or channel count', async () => {
    const { asked, environment } = fakeBrowser([new FakeTrack(), new FakeTrack()]);
    await openMicrophone({}, new Scope(), environment);
    await openMicrophone({ echoCancellation: false, deviceId: 'desk' }, new Scope(), environment);
    expect(asked).toEqual([
      { echoCancellation: 'all', noiseSuppression: true, autoGainControl: true },
      { echoCancellation: false, noiseSuppression: true, autoGainControl: true, deviceId: { exact: 'desk' } },
    ]);
  });

  it.each(['OverconstrainedError', 'NotFoundError'])('falls back to the default device on %s', async (name) => {
    const { asked, environment } = fakeBrowser([domError(name), new FakeTrack()]);
    const opened = await openMicrophone({ deviceId: 'gone', noiseSuppression: false }, new Scope(), environment);
    expect(opened).toMatchObject({ ok: true, value: { isFallback: true, settings: { deviceId: 'desk' } } });
    expect(asked[1]).toEqual({ echoCancellation: 'all', noiseSuppression: false, autoGainControl: true });
  });

  it('does not ask a second time when the person said no', async () => {
    const { asked, environment } = fakeBrowser([domError('NotAllowedError'), new FakeTrack()], 'denied');
    expect(await problemKind(environment, { deviceId: 'desk' })).toBe('mic-denied');
    expect(asked.length).toBe(1);
  });

  it.each([
    ['mic-denied', domError('NotAllowedError', 'Permission denied'), 'denied'],
    ['mic-denied', domError('NotAllowedError', 'Permission denied by system'), 'granted'],
    ['mic-denied', domError('NotAllowedError'), undefined],
    ['mic-dismissed', domError('NotAllowedError', 'Permission dismissed'), undefined],
    ['mic-dismissed', domError('NotAllowedError', 'The request is not allowed'), 'prompt'],
    ['mic-policy', domError('SecurityError'), undefined],
    ['mic-missing', domError('NotFoundError'), 'granted'],
    ['mic-busy', domError('NotReadableError'), 'granted'],
    ['mic-overconstrained', domError('OverconstrainedError'), 'granted'],
    ['mic-failed', domError('AbortError'), 'granted'],
  ] as const)('reports %s for %s with permission %s', async (kind, error, permission) => {
    expect(await problemKind(fakeBrowser([error], permission).environment)).toBe(kind);
  });

  it('tells an insecure page and a forbidding policy apart without asking', async () => {
    const { asked, environment } = fakeBrowser([new FakeTrack()]);
    const bare = { ...environment, mediaDevices: undefined };
    expect(await problemKind({ ...bare, isSecureContext: false })).toBe('mic-insecure');
    expect(await problemKind(bare)).toBe('mic-failed');
    expect(await problemKind({ ...environment, isAllowedByPolicy: () => false })).toBe('mic-policy');
    expect(asked).toEqual([]);
  });

  it('stops the microphone at once when its owner is gone by the time the person answers', async () => {
    const track = new FakeTrack();
    const scope = new Scope();
    const pending = openMicrophone({}, scope, fakeBrowser([track]).environment);
    scope.dispose();
    expect(await pending).toMatchObject({ ok: false });
    expect(track.isStopped).toBe(true);
  });

  it('stops the track on stop, and with its scope', async () => {
    for (const how of ['stop', 'scope'] as const) {
      const track = new FakeTrack();
      const scope = new Scope();
      const opened = await openMicrophone({}, scope, fakeBrowser([track]).environment);
      expect(track.isStopped).toBe(false);
      if (how === 'scope') scope.dispose();
      else if (opened.ok) opened.value.stop();
      expect(track.isStopped).toBe(true);
    }
  });

  it('reports what happens to the track until it is stopped', async () => {
    const track = new FakeTrack();
    const opened = await openMicrophone({}, new Scope(), fakeBrowser([track]).environment);
    if (!opened.ok) throw new Error(opened.problem.detail);
    const seen: string[] = [];
    for (const type of ['ended', 'muted', 'unmuted'] as const) opened.value.on(type, () => seen.push(type));
    for (const type of ['mute', 'unmute', 'ended']) track.dispatchEvent(new Event(type));
    opened.value.stop();
    track.dispatchEvent(new Event('ended'));
    expect(seen).toEqual(['muted', 'unmuted', 'ended']);
  });

  it('knows its delay: measured where the browser does that, else as set', async () => {
    const track = new FakeTrack();
    const opened = await openMicrophone({}, new Scope(), fakeBrowser([track]).environment);
    if (!opened.ok) throw new Error(opened.problem.detail);
    expect(opened.value.latencyMs()).toBe(10);
    track.stats = { averageLatency: 21.5 };
    expect(opened.value.latencyMs()).toBe(21.5);
  });

  it('tells the phone what the sound is for before it asks', async () => {
    const order: string[] = [];
    const { environment } = fakeBrowser([new FakeTrack()]);
    const getUserMedia = (constraints?: MediaStreamConstraints) => {
      order.push('getUserMedia');
      return environment.mediaDevices!.getUserMedia(constraints);
    };
    const prepare = () => void order.push('prepare');
    await openMicrophone({}, new Scope(), { ...environment, prepare, mediaDevices: { getUserMedia } });
    expect(order).toEqual(['prepare', 'getUserMedia']);
  });

  it('fails when the browser gives a stream without sound', async () => {
    expect(await problemKind(fakeBrowser([undefined]).environment)).toBe('mic-failed');
  });
});
