import type { Problem, Result } from '#kernel/result';
import { Scope } from '#kernel/scope';
import { LIMITS } from '#protocol/limits';
import { createAudioGraph, type AudioGraph } from '../audio/audio-graph.ts';
import { openMicrophone, type OpenMicrophone } from '../audio/microphone.ts';
import type { ToCall } from '../call/call.messages.ts';

export interface CallAudioParts {
  send(message: ToCall, transfer?: Transferable[]): void;
  /** Sound is blocked until the person taps again, or is allowed once more. */
  onBlocked(isBlocked: boolean): void;
  /** The chosen speaker cannot be used; sound goes on where it went before. */
  onSpeakerProblem(problem: Problem): void;
}

const GRAPH_OPTIONS = {
  capture: { targetRateHz: LIMITS.inputRateHz, frameSamples: LIMITS.frameSamples },
  // Starts small for the ear's sake and grows with each gap; holds more than the relay may send ahead.
  playback: { reserveMs: 40, maxReserveMs: 400, capacityMs: 2 * LIMITS.creditMs, tap: { rateHz: LIMITS.inputRateHz, frameSamples: LIMITS.frameSamples } },
};

/**
 * The page's share of a call's sound: it opens and closes the microphone when the call worker asks, and introduces the
 * worklets to the worker. Samples go between those two and never through here.
 */
export class CallAudio {
  readonly #parts: CallAudioParts;
  #scope = new Scope();
  #graph: Promise<Result<AudioGraph, Problem>> | undefined;
  #ready: AudioGraph | undefined;
  /** Owns the microphone, also while the browser still asks for it. */
  #opening = new Scope();
  #microphone: OpenMicrophone | undefined;
  /** A microphone was there and went away, and none has taken its place. */
  #isLost = false;
  #speakerId: string | undefined;
  microphoneId: string | undefined;

  constructor(parts: CallAudioParts) {
    this.#parts = parts;
  }

  get isOpen(): boolean {
    return this.#microphone !== undefined;
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
  async open(): Promise<void> {
    this.#release();
    const scope = (this.#opening = new Scope());
    const { microphoneId } = this;
    const [opened, graph] = await Promise.all([
      openMicrophone(microphoneId === undefined ? {} : { deviceId: microphoneId }, scope),
      (this.#graph ??= this.#makeGraph()),
    ]);
    if (scope.isDisposed) return;
    const problem = !opened.ok ? opened.problem : !graph.ok ? graph.problem : undefined;
    if (problem) this.#refuse(problem);
    else if (opened.ok && graph.ok) this.#attach(opened.value, graph.value);
  }

  close(): void {
    this.#isLost = false;
    this.#release();
  }

  /** Something was plugged in or out. */
  devicesChanged(): void {
    if (this.#isLost) void this.open();
    this.#tellLatency();
  }

  setSpeaker(deviceId: string | undefined): void {
    if (deviceId === this.#speakerId) return;
    this.#speakerId = deviceId;
    if (this.#ready) void this.#switchSpeaker(this.#ready, deviceId ?? '');
  }

  /** Everything is let go; the next call makes it anew. */
  dispose(): void {
    this.#release();
    this.#scope.dispose();
    this.#scope = new Scope();
    this.#graph = undefined;
    this.#ready = undefined;
  }

  async #switchSpeaker(graph: AudioGraph, deviceId: string): Promise<void> {
    const result = await graph.setSink(deviceId);
    if (!result.ok) this.#parts.onSpeakerProblem(result.problem);
    this.#tellLatency();
  }

  /** Other devices are further from the ear, Bluetooth by far. */
  #tellLatency(): void {
    if (!this.#ready) return;
    this.#parts.send({ type: 'audio.latency', outputLatencyMs: this.#ready.outputLatencySeconds * 1000 });
  }

  #attach(microphone: OpenMicrophone, graph: AudioGraph): void {
    const attached = graph.attachMicrophone(microphone.stream);
    if (!attached.ok) return this.#refuse(attached.problem);
    this.#microphone = microphone;
    this.#isLost = false;
    microphone.on('ended', () => void this.#lost());
    // A switch on the device, or a phone call: silence comes, and nobody should be told that it is listened to.
    microphone.on('muted', () => this.#parts.send({ type: 'mic.lost', problem: { kind: 'mic-busy', retry: 'later' } }));
    microphone.on('unmuted', () => this.#parts.send({ type: 'mic.opened' }));
    this.#tellLatency();
    this.#parts.send({ type: 'mic.opened' });
  }

  #refuse(problem: Problem): void {
    this.#release();
    this.#parts.send({ type: 'mic.refused', problem });
  }

  /** Unplugged or taken away: told at once, then whatever microphone there is now is asked for. */
  async #lost(): Promise<void> {
    this.#isLost = true;
    this.#parts.send({ type: 'mic.lost', problem: { kind: 'mic-lost', retry: 'now' } });
    await this.open();
  }

  #release(): void {
    this.#ready?.detachMicrophone();
    this.#opening.dispose();
    this.#microphone = undefined;
  }

  async #makeGraph(): Promise<Result<AudioGraph, Problem>> {
    const scope = this.#scope;
    const result = await createAudioGraph(GRAPH_OPTIONS, scope);
    if (!result.ok) {
      this.#graph = undefined;
      return result;
    }
    const graph = result.value;
    this.#ready = graph;
    graph.onStateChange((state) => this.#parts.onBlocked(state !== 'running' && state !== 'closed'));
    graph.onFailure((problem) => {
      this.dispose();
      this.#refuse(problem);
    });
    if (this.#speakerId !== undefined) void this.#switchSpeaker(graph, this.#speakerId);
    const { capturePort: capture, playbackPort: playback } = graph;
    this.#parts.send({ type: 'audio.attached', capture, playback }, [capture, playback]);
    return result;
  }
}
