import { describe, expect, it } from 'vitest';
import { Scope } from '#kernel/scope';
import { listAudioDevices } from './devices.ts';
import { openMicrophone } from './microphone.ts';

describe('A real browser', () => {
  it('opens a microphone with all processing on, and lets go of it', async () => {
    const opened = await openMicrophone({}, new Scope());
    if (!opened.ok) throw new Error(opened.problem.kind);
    const { settings, stream, isFallback } = opened.value;
    expect(settings).toMatchObject({ noiseSuppression: true, autoGainControl: true });
    expect(settings.echoCancellation).not.toBe(false);
    expect(isFallback).toBe(false);
    opened.value.stop();
    expect(stream.getAudioTracks().map((track) => track.readyState)).toEqual(['ended']);
  });

  it('switches off only the processing that is not wanted', async () => {
    const scope = new Scope();
    const opened = await openMicrophone({ autoGainControl: false }, scope);
    expect(opened).toMatchObject({ ok: true, value: { settings: { noiseSuppression: true, autoGainControl: false } } });
    scope.dispose();
  });

  it('opens the device that was chosen, and the default one instead of one that is gone', async () => {
    const scope = new Scope();
    const { microphones } = await listAudioDevices(navigator.mediaDevices);
    const chosen = microphones.at(-1)!;
    expect(chosen.label).not.toBe('');
    expect(await openMicrophone({ deviceId: chosen.deviceId }, scope)).toMatchObject({
      ok: true,
      value: { isFallback: false, settings: { deviceId: chosen.deviceId } },
    });
    expect(await openMicrophone({ deviceId: 'gone' }, scope)).toMatchObject({ ok: true, value: { isFallback: true } });
    scope.dispose();
  });
});
