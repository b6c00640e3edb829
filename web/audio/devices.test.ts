import { describe, expect, it } from 'vitest';
import { Scope } from '#kernel/scope';
import { listAudioDevices, watchAudioDevices, type AudioDevices } from './devices.ts';

const device = (kind: MediaDeviceKind, deviceId: string, label = deviceId): MediaDeviceInfo => ({
  kind,
  deviceId,
  label,
  groupId: '',
  toJSON: () => ({}),
});

/** Answers each question when told to, in any order. */
class FakeDevices extends EventTarget {
  readonly answers: ((devices: MediaDeviceInfo[]) => void)[] = [];
  enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return new Promise((resolve) => this.answers.push(resolve));
  }
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

describe('listAudioDevices', () => {
  it('sorts microphones from speakers and leaves out cameras and hidden devices', async () => {
    const enumerateDevices = () =>
      Promise.resolve([
        device('audioinput', ''),
        device('audioinput', 'a', 'Desk'),
        device('videoinput', 'c'),
        device('audiooutput', 'b', ''),
      ]);
    expect(await listAudioDevices({ enumerateDevices })).toEqual({
      microphones: [{ deviceId: 'a', label: 'Desk' }],
      speakers: [{ deviceId: 'b', label: '' }],
    });
  });
});

describe('watchAudioDevices', () => {
  function watch() {
    const source = new FakeDevices();
    const scope = new Scope();
    const seen: string[][] = [];
    const listener = ({ microphones }: AudioDevices) => seen.push(microphones.map(({ deviceId }) => deviceId));
    const refresh = watchAudioDevices(scope, listener, source);
    return { source, scope, seen, refresh };
  }

  it('reports the devices at once, after each change, and when asked again', async () => {
    const { source, seen, refresh } = watch();
    source.answers[0]?.([device('audioinput', 'a')]);
    await settle();
    source.dispatchEvent(new Event('devicechange'));
    source.answers[1]?.([]);
    await settle();
    refresh();
    source.answers[2]?.([device('audioinput', 'b')]);
    await settle();
    expect(seen).toEqual([['a'], [], ['b']]);
  });

  it('reports only the latest of lists that overtake each other', async () => {
    const { source, seen } = watch();
    source.dispatchEvent(new Event('devicechange'));
    source.answers[1]?.([device('audioinput', 'new')]);
    source.answers[0]?.([device('audioinput', 'old')]);
    await settle();
    expect(seen).toEqual([['new']]);
  });

  it('is quiet after its scope is gone', async () => {
    const { source, scope, seen } = watch();
    scope.dispose();
    source.answers[0]?.([device('audioinput', 'a')]);
    source.dispatchEvent(new Event('devicechange'));
    await settle();
    expect(seen).toEqual([]);
    expect(source.answers.length).toBe(1);
  });
});
