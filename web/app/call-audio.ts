import type { Problem } from '#kernel/result';
import { createAudioGraph, type AudioGraph } from '../audio/audio-graph.ts';
import { openMicrophone, type OpenMicrophone } from '../audio/microphone.ts';
import type { ToCall } from '../call/call.messages.ts';

export interface CallAudioParts {
  send(message: ToCall, transfer?: Transferable[]): void;
  /** Sound is blocked until the person taps again, or is allowed once more. */
  onBlocked(isBlocked: boolean): void;
}

/**
 * The page's share of a call's sound: it opens and closes the microphone when the call worker asks, and introduces the
 * worklets to the worker. Samples go between those two and never through here.
 */
export class CallAudio {
  readonly #parts: CallAudioParts;
  #graph: AudioGraph | undefined;
  #isAttached = false;
  #microphone: OpenMicrophone | undefined;
  /** Counts openings, so that one which is overtaken by a close while the browser still asks comes to nothing. */
  #opening = 0;
  microphoneId: string | undefined;
  #speakerId: string | undefined;

  constructor(parts: CallAudioParts) {
    this.#parts = parts;
  }

  /** In the task of the person's tap: only there may sound be switched on. */
  unlock(): void {
    this.#graph ??= this.#makeGraph();
    void this.#graph.resume();
  }

  async open(): Promise<void> {
    const opening = ++this.#opening;
    this.#release();
    const result = await openMicrophone({ ...(this.microphoneId !== undefined && { deviceId: this.microphoneId }) });
    if (opening !== this.#opening) {
      if (result.ok) result.value.stop();
      return;
    }
    if (!result.ok) return this.#parts.send({ type: 'mic.refused', problem: result.problem });
    await this.#attach(result.value);
  }

  close(): void {
    this.#opening++;
    this.#release();
  }

  setSpeaker(deviceId: string | undefined): void {
    if (deviceId === this.#speakerId) return;
    this.#speakerId = deviceId;
    void this.#graph?.setSink(deviceId);
  }

  /** Everything is let go; the next call makes it anew. */
  dispose(): void {
    this.close();
    this.#graph?.dispose();
    this.#graph = undefined;
    this.#isAttached = false;
  }

  get isOpen(): boolean {
    return this.#microphone !== undefined;
  }

  async #attach(microphone: OpenMicrophone): Promise<void> {
    const graph = (this.#graph ??= this.#makeGraph());
    const ready = await graph.ready;
    if (!ready.ok) {
      microphone.stop();
      return this.#parts.send({ type: 'mic.refused', problem: ready.problem });
    }
    this.#microphone = microphone;
    if (!this.#isAttached) {
      this.#isAttached = true;
      const { capturePort: capture, playbackPort: playback } = ready.value;
      this.#parts.send({ type: 'audio.attached', capture, playback }, [capture, playback]);
    }
    microphone.onLost((problem) => void this.#lost(microphone, problem));
    graph.attachMicrophone(microphone.stream);
    this.#parts.send({ type: 'audio.latency', outputLatencyMs: graph.outputLatencySeconds() * 1000 });
    this.#parts.send({ type: 'mic.opened' });
  }

  /** Unplugged or taken away: told at once, then whatever microphone there is now is asked for. */
  async #lost(microphone: OpenMicrophone, problem: Problem): Promise<void> {
    if (this.#microphone !== microphone) return;
    this.#parts.send({ type: 'mic.lost', problem });
    await this.open();
  }

  #release(): void {
    this.#graph?.detachMicrophone();
    this.#microphone?.stop();
    this.#microphone = undefined;
  }

  #makeGraph(): AudioGraph {
    const graph = createAudioGraph();
    graph.onStateChange((state) => this.#parts.onBlocked(state !== 'running' && this.isOpen));
    if (this.#speakerId !== undefined) void graph.setSink(this.#speakerId);
    return graph;
  }
}
