import type { Problem, Result } from '#kernel/result';
import { Scope } from '#kernel/scope';
import { LIMITS } from '#protocol/limits';
import { createAudioGraph, type AudioGraph } from '../audio/audio-graph.ts';
import type { AudioDevices } from '../audio/devices.ts';
import { openMicrophone } from '../audio/microphone.ts';
import { isLoopbackUseful, type OutputPath } from '../audio/speaker-path.ts';
import type { ToCall } from '../call/call.messages.ts';
import { CallMicrophone, type MicrophoneChoice } from './call-microphone.ts';

export interface CallAudioParts {
  send(message: ToCall, transfer?: Transferable[]): void;
  /** Sound is blocked until the person taps again, or is allowed once more. */
  onBlocked(isBlocked: boolean): void;
  /** Something chosen cannot be used; sound goes on without it. */
  onProblem(problem: Problem): void;
  /** What RNNoise takes out of the microphone, in dB; 0 where it does not run. */
  onSuppressed(db: number): void;
}

/** Where graph and microphone come from, so that what is decided about them can be tested without them. */
export interface AudioSource {
  createGraph: typeof createAudioGraph;
  openMicrophone: typeof openMicrophone;
}

const GRAPH_OPTIONS = {
  capture: { targetRateHz: LIMITS.inputRateHz, frameSamples: LIMITS.frameSamples },
  // Starts small for the ear's sake and grows with each gap; holds more than the relay may send ahead.
  playback: {
    reserveMs: 40,
    maxReserveMs: 400,
    capacityMs: 2 * LIMITS.creditMs,
    // Half a frame of the microphone: the newest sound has to be there before it can come back.
    tap: { rateHz: LIMITS.inputRateHz, frameSamples: LIMITS.frameSamples / 2 },
  },
};

/** What browsers say of their delay settles only after a while, and the loop-back's drifts. */
const LATENCY_EVERY_MS = 2_000;
const LATENCY_STEP_MS = 2;

/**
 * The page's share of a call's sound: it opens and closes the microphone when the call worker asks, and introduces the
 * worklets to the worker. Samples go between those two and never through here.
 */
export class CallAudio {
  readonly #parts: CallAudioParts;
  readonly #source: AudioSource;
  readonly #microphone: CallMicrophone<AudioGraph>;
  #scope = new Scope();
  #graph: Promise<Result<AudioGraph, Problem>> | undefined;
  #ready: AudioGraph | undefined;
  #speakerId: string | undefined;
  #devices = '';
  #told = { outputLatencyMs: 0, inputLatencyMs: 0 };

  constructor(parts: CallAudioParts, source: AudioSource = { createGraph: createAudioGraph, openMicrophone }) {
    this.#parts = parts;
    this.#source = source;
    this.#microphone = new CallMicrophone<AudioGraph>({
      graph: () => (this.#graph ??= this.#makeGraph()),
      openMicrophone: source.openMicrophone,
      createSuppressor: async (graph, scope) => {
        // Most calls do without it: it does not come with the page.
        const { createNoiseSuppressor } = await import('../audio/noise-suppression.ts');
        return createNoiseSuppressor(graph.context, scope);
      },
      send: parts.send,
      onHeard: (isOther) => (isOther ? this.#routeChanged('devices') : this.#tellLatency()),
      onProblem: parts.onProblem,
      onSuppressed: parts.onSuppressed,
    });
  }

  get canChooseSpeaker(): boolean {
    return this.#ready ? this.#ready.canChooseSpeaker : 'setSinkId' in AudioContext.prototype;
  }

  /** In the task of the person's tap: only there may sound be switched on. */
  unlock(): void {
    this.#graph ??= this.#makeGraph();
    this.#ready?.resume();
  }

  /** Asks for the microphone; one that is asked for already, or open, is let go. */
  open(): Promise<void> {
    return this.#microphone.open();
  }

  close(): void {
    this.#microphone.close();
  }

  /** Takes effect at once, also in a call. */
  setMicrophone(choice: MicrophoneChoice): void {
    this.#microphone.choose(choice);
  }

  setSpeaker(deviceId: string | undefined): void {
    if (deviceId === this.#speakerId) return;
    this.#speakerId = deviceId;
    if (this.#ready) void this.#switchSpeaker(this.#ready, deviceId ?? '');
  }

  /** Something may have been plugged in or out. */
  devicesChanged(devices: AudioDevices): void {
    this.#microphone.devicesChanged();
    const before = this.#devices;
    this.#devices = [...devices.microphones, ...devices.speakers].map((one) => one.deviceId + one.label).join();
    // Asked again, the same list comes again; and the first permission reveals what was there all the time.
    const isOther = before !== '' && before !== this.#devices;
    if (isOther && this.#microphone.isOpen) this.#routeChanged('devices');
  }

  /** Answered by `audio.route-changed`, whatever comes of it. */
  async setOutputPath(path: OutputPath): Promise<void> {
    const graph = this.#ready;
    const isUseful = path === 'direct' || isLoopbackUseful(this.#microphone.track);
    // One that cannot be had is no trouble of the person's: the worker goes on with what there is.
    if (graph && isUseful) await graph.setOutputPath(path);
    this.#routeChanged('path');
  }

  /** Everything is let go; the next call makes it anew. */
  dispose(): void {
    this.#microphone.release();
    this.#scope.dispose();
    this.#scope = new Scope();
    this.#graph = undefined;
    this.#ready = undefined;
  }

  async #switchSpeaker(graph: AudioGraph, deviceId: string): Promise<void> {
    const result = await graph.setSink(deviceId);
    if (!result.ok) this.#parts.onProblem(result.problem);
    else this.#routeChanged('devices');
  }

  #routeChanged(change: 'devices' | 'path'): void {
    this.#parts.send({ type: 'audio.route-changed', change, path: this.#ready?.outputPath ?? 'direct' });
    this.#tellLatency();
  }

  /** Other devices are further from the ear and the mouth, Bluetooth by far. */
  #tellLatency(): void {
    if (!this.#ready) return;
    const outputLatencyMs = this.#ready.outputLatencySeconds * 1000;
    this.#told = { outputLatencyMs, inputLatencyMs: this.#microphone.latencyMs };
    this.#parts.send({ type: 'audio.latency', ...this.#told });
  }

  async #watchLatency(graph: AudioGraph): Promise<void> {
    await graph.measureLatency();
    if (graph !== this.#ready || !this.#microphone.isOpen) return;
    const { outputLatencyMs, inputLatencyMs } = this.#told;
    const stepMs = Math.max(
      Math.abs(graph.outputLatencySeconds * 1000 - outputLatencyMs),
      Math.abs(this.#microphone.latencyMs - inputLatencyMs),
    );
    if (stepMs >= LATENCY_STEP_MS) this.#tellLatency();
  }

  async #makeGraph(): Promise<Result<AudioGraph, Problem>> {
    const scope = this.#scope;
    const result = await this.#source.createGraph(GRAPH_OPTIONS, scope);
    if (!result.ok) {
      this.#graph = undefined;
      return result;
    }
    const graph = result.value;
    this.#ready = graph;
    graph.onStateChange((state) => this.#parts.onBlocked(state !== 'running' && state !== 'closed'));
    graph.onFailure((problem) => {
      this.dispose();
      this.#microphone.refuse(problem);
      this.#routeChanged('path');
    });
    graph.onPathLost(() => this.#routeChanged('path'));
    const timer = setInterval(() => void this.#watchLatency(graph), LATENCY_EVERY_MS);
    scope.add(() => clearInterval(timer));
    if (this.#speakerId !== undefined) void this.#switchSpeaker(graph, this.#speakerId);
    const { capturePort: capture, playbackPort: playback } = graph;
    this.#parts.send({ type: 'audio.attached', capture, playback }, [capture, playback]);
    return result;
  }
}
