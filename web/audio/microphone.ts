import { Emitter } from '#kernel/emitter';
import { failed, ok, type Problem, type Result } from '#kernel/result';
import { Scope } from '#kernel/scope';
import { browserMicrophoneEnvironment, type MicrophoneEnvironment } from './microphone-environment.ts';
import type { MicrophoneProblemKind } from '../conversation/ports.ts';
import { classifyRejection, microphoneProblem } from './microphone-problem.ts';

export interface MicrophoneOptions {
  /** Left out: the system's default. */
  deviceId?: string;
  /** The browser's own processing; all on unless switched off. */
  echoCancellation?: boolean;
  noiseSuppression?: boolean;
  autoGainControl?: boolean;
}

export type MicrophoneEvents = {
  /** The device is gone, or the permission was taken back. Not sent after `stop`. */
  ended: undefined;
  /** The system delivers silence (a hardware switch, another call), or sound again. */
  muted: undefined;
  unmuted: undefined;
};

export interface OpenMicrophone {
  readonly stream: MediaStream;
  /** What the browser made of the request. */
  readonly settings: MediaTrackSettings;
  /** The chosen device was not there, so this is the default one. */
  readonly isFallback: boolean;
  /** From the sound to the page as far as the browser knows, in ms; 0 where it does not. */
  latencyMs(): number;
  /** Returns the function that stops listening. */
  on<K extends keyof MicrophoneEvents>(type: K, listener: () => void): () => void;
  /** Lets go of the device; the browser's recording sign goes out. */
  stop(): void;
}

type Opened = Result<OpenMicrophone, Problem<MicrophoneProblemKind>>;

/**
 * Asks for the microphone. `scope` owns it: when the scope is disposed the microphone is stopped, also if that happens
 * while the person is still being asked.
 */
export async function openMicrophone(
  options: MicrophoneOptions,
  scope: Scope,
  environment: MicrophoneEnvironment = browserMicrophoneEnvironment,
): Promise<Opened> {
  const { mediaDevices } = environment;
  if (!mediaDevices) {
    return failed(microphoneProblem(environment.isSecureContext ? 'mic-failed' : 'mic-insecure', 'no mediaDevices'));
  }
  if (!environment.isAllowedByPolicy()) return failed(microphoneProblem('mic-policy', 'permissions policy'));
  environment.prepare();
  try {
    return adopt(await mediaDevices.getUserMedia(toConstraints(options)), false, scope);
  } catch (thrown) {
    if (options.deviceId === undefined || !isDeviceGone(thrown)) return refuse(thrown, environment);
  }
  try {
    const { deviceId: _, ...rest } = options;
    return adopt(await mediaDevices.getUserMedia(toConstraints(rest)), true, scope);
  } catch (thrown) {
    return refuse(thrown, environment);
  }
}

function toConstraints(options: MicrophoneOptions): MediaStreamConstraints {
  const { deviceId, echoCancellation = true, noiseSuppression = true, autoGainControl = true } = options;
  return {
    audio: {
      // Chromium switches the other two off when only one is stated, and all three when a sample rate is asked for;
      // the capture worklet converts the rate instead. No channel count either: how to mix down is decided there.
      // "all" (Chromium 141 on) also cancels what is played through Web Audio; elsewhere it reads as `true`.
      echoCancellation: echoCancellation ? 'all' : false,
      noiseSuppression,
      autoGainControl,
      ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }),
    },
  };
}

/** Chromium and Safari find the constraint impossible, Firefox finds no such device. */
function isDeviceGone(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'OverconstrainedError' || thrown.name === 'NotFoundError');
}

async function refuse(thrown: unknown, environment: MicrophoneEnvironment): Promise<Opened> {
  return failed(classifyRejection(thrown, await environment.permission()));
}

function adopt(stream: MediaStream, isFallback: boolean, scope: Scope): Opened {
  const own = new Scope();
  own.add(() => {
    for (const each of stream.getTracks()) each.stop();
  });
  scope.add(() => own.dispose());
  if (own.isDisposed) return failed(microphoneProblem('mic-failed', 'no longer wanted'));
  const [track] = stream.getAudioTracks();
  if (!track) return failed(microphoneProblem('mic-failed', 'no audio track'));
  const emitter = new Emitter<MicrophoneEvents>();
  own.listen(track, 'ended', () => emitter.emit('ended', undefined));
  own.listen(track, 'mute', () => emitter.emit('muted', undefined));
  own.listen(track, 'unmute', () => emitter.emit('unmuted', undefined));
  return ok({
    stream,
    settings: track.getSettings(),
    isFallback,
    latencyMs: () => latencyMs(track),
    on: (type, listener) => emitter.on(type, listener),
    stop: () => own.dispose(),
  });
}

/** Chromium's draft of media capture statistics; `latency` is not in TypeScript's DOM library any more. */
type MeasuredTrack = MediaStreamTrack & { stats?: { averageLatency?: number } };

function latencyMs(track: MeasuredTrack): number {
  const measuredMs = track.stats?.averageLatency ?? 0;
  if (measuredMs > 0) return measuredMs;
  const { latency = 0 }: MediaTrackSettings & { latency?: number } = track.getSettings();
  return latency * 1000;
}
