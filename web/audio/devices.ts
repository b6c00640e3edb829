import type { Scope } from '#kernel/scope';

export interface AudioDevice {
  deviceId: string;
  /** As the browser gives it, in its own language; empty until a microphone has been allowed once. */
  label: string;
}

export interface AudioDevices {
  microphones: AudioDevice[];
  /** Empty where the browser does not let a page choose. */
  speakers: AudioDevice[];
}

type DeviceSource = Pick<MediaDevices, 'enumerateDevices' | 'addEventListener' | 'removeEventListener'>;

/** The devices that can be chosen. Before the first permission browsers hide the ids, so there are none. */
export async function listAudioDevices(source: Pick<DeviceSource, 'enumerateDevices'>): Promise<AudioDevices> {
  const devices = await source.enumerateDevices();
  const ofKind = (kind: MediaDeviceKind) =>
    devices
      .filter((device) => device.kind === kind && device.deviceId !== '')
      .map(({ deviceId, label }) => ({ deviceId, label }));
  return { microphones: ofKind('audioinput'), speakers: ofKind('audiooutput') };
}

/**
 * Reports the devices now and after every change, until the scope is disposed. Returns a function to call when a
 * permission was given: browsers reveal ids and labels then without saying so.
 */
export function watchAudioDevices(
  scope: Scope,
  listener: (devices: AudioDevices) => void,
  // Not there at all in pages that came over plain HTTP, whatever the DOM library says.
  source: DeviceSource | undefined = navigator.mediaDevices,
): () => void {
  if (!source) return () => undefined;
  let latest = 0;
  const refresh = () => {
    const request = ++latest;
    listAudioDevices(source).then(
      (devices) => {
        // One plug sends several changes, and their lists may arrive in any order.
        if (request === latest && !scope.isDisposed) listener(devices);
      },
      // Only a page that is being left is refused the list.
      () => undefined,
    );
  };
  source.addEventListener('devicechange', refresh);
  scope.add(() => source.removeEventListener('devicechange', refresh));
  refresh();
  return refresh;
}
