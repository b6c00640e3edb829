import { Emitter } from '#kernel/emitter';
import { failed, messageOf, ok, type Problem, type Result } from '#kernel/result';
import { Scope } from '#kernel/scope';
import type { CaptureControl, CaptureOptions } from './worklets/capture.messages.ts';
import type { PlaybackControl, PlaybackOptions } from './worklets/playback.messages.ts';
import captureWorkletUrl from './worklets/capture.worklet.ts?worker&url';
import playbackWorkletUrl from './worklets/playback.worklet.ts?worker&url';

export interface AudioGraphOptions {
  capture: CaptureOptions;
  playback: PlaybackOptions;
}

export type SpeakerProblemKind = 'speaker-unsupported' | 'speaker-missing' | 'speaker-denied' | 'speaker-failed';

/** Not in TypeScript's DOM library; Chromium only. */
type SinkContext = AudioContext & { setSinkId?(deviceId: string): Promise<void> };

type GraphEvents = {
  state: AudioContextState;
  failed: Problem<'engine-failed'>;
};

/**
 * Makes the one audio context of the page, for both directions. Call it in answer to a tap or a key: the context is
 * made before anything is waited for, so that the browser lets it sound. `scope` owns it.
 */
export async function createAudioGraph(
  options: AudioGraphOptions,
  scope: Scope,
): Promise<Result<AudioGraph, Problem<'engine-failed'>>> {
  const own = new Scope();
  scope.add(() => own.dispose());
  try {
    // At the device's own rate: a rate of ours makes older Firefox refuse microphones, and weakens echo cancellation.
    const context = new AudioContext({ latencyHint: 'interactive' });
    own.add(() => void context.close());
    await Promise.all([captureWorkletUrl, playbackWorkletUrl].map((url) => context.audioWorklet.addModule(url)));
    if (own.isDisposed) return failed(engineProblem('no longer wanted'));
    return ok(new AudioGraph(context, options, own));
  } catch (thrown) {
    own.dispose();
    return failed(engineProblem(messageOf(thrown)));
  }
}

const engineProblem = (detail: string): Problem<'engine-failed'> => ({
  kind: 'engine-failed',
  retry: 'reload',
  detail,
});

/** Microphone and speaker on one context. Samples go from worklet to port, never through the page. */
export class AudioGraph {
  readonly context: AudioContext;
  /** To be transferred to the call worker, once: frames of the microphone come out of it. */
  readonly capturePort: MessagePort;
  /** To be transferred to the call worker, once: answers go into it, and what became of them comes out. */
  readonly playbackPort: MessagePort;
  readonly #scope: Scope;
  readonly #capture: AudioWorkletNode;
  readonly #emitter = new Emitter<GraphEvents>();
  #microphone: MediaStreamAudioSourceNode | undefined;

  /** Use `createAudioGraph`. */
  constructor(context: AudioContext, options: AudioGraphOptions, scope: Scope) {
    this.context = context;
    this.#scope = scope;
    scope.listen(context, 'statechange', () => this.#emitter.emit('state', context.state));
    // An output, though a silent one: a node that leads nowhere is not run in every browser.
    this.#capture = this.#addWorklet('capture', 1, options.capture);
    this.capturePort = this.#openPort(this.#capture);
    const playback = this.#addWorklet('playback', 0, options.playback);
    this.playbackPort = this.#openPort(playback);
    scope.add(() => this.detachMicrophone());
  }

  get state(): AudioContextState {
    return this.context.state;
  }

  /** From the worklet to the ear, as far as the browser knows. Changes with the device. */
  get outputLatencySeconds(): number {
    const { outputLatency, baseLatency } = this.context;
    // Chromium's output latency contains the base latency (35 to 50 ms reported, 37 to 55 measured); Safari has none.
    return outputLatency > 0 ? outputLatency : baseLatency;
  }

  /** The state of the context: `running`, `suspended` until a tap, `interrupted` by a phone call. */
  onStateChange(listener: (state: AudioContextState) => void): () => void {
    return this.#emitter.on('state', listener);
  }

  /** A worklet broke down; the graph has to be made anew. */
  onFailure(listener: (problem: Problem<'engine-failed'>) => void): () => void {
    return this.#emitter.on('failed', listener);
  }

  /** Call it in answer to a tap or a key. `onStateChange` tells whether it helped; without a tap no answer comes. */
  resume(): void {
    this.context.resume().catch(() => undefined);
  }

  /** Replaces the microphone attached before. Does not own the stream. */
  attachMicrophone(stream: MediaStream): Result<void, Problem<'mic-failed'>> {
    this.detachMicrophone();
    try {
      this.#microphone = this.context.createMediaStreamSource(stream);
      this.#microphone.connect(this.#capture);
      return ok(undefined);
    } catch (thrown) {
      // Older Firefox refuses a microphone whose rate is not the context's.
      return failed({ kind: 'mic-failed', retry: 'never', detail: messageOf(thrown) });
    }
  }

  /** Frames go on, silent. */
  detachMicrophone(): void {
    this.#microphone?.disconnect();
    this.#microphone = undefined;
  }

  get canChooseSpeaker(): boolean {
    return 'setSinkId' in this.context;
  }

  /** Plays through another device; the empty string is the system's default. */
  async setSink(deviceId: string): Promise<Result<void, Problem<SpeakerProblemKind>>> {
    const context: SinkContext = this.context;
    if (!context.setSinkId) return failed({ kind: 'speaker-unsupported', retry: 'never' });
    try {
      await context.setSinkId(deviceId);
      return ok(undefined);
    } catch (thrown) {
      return failed({ kind: speakerProblemKind(thrown), retry: 'later', detail: messageOf(thrown) });
    }
  }

  dispose(): void {
    this.#scope.dispose();
  }

  #addWorklet(name: 'capture' | 'playback', numberOfInputs: number, processorOptions: object): AudioWorkletNode {
    const node = new AudioWorkletNode(this.context, name, {
      numberOfInputs,
      outputChannelCount: [1],
      processorOptions,
    });
    node.connect(this.context.destination);
    this.#scope.listen(node, 'processorerror', () =>
      this.#emitter.emit('failed', engineProblem(`the ${name} worklet broke down`)),
    );
    this.#scope.add(() => {
      node.port.postMessage({ type: 'close' } satisfies CaptureControl & PlaybackControl);
      node.disconnect();
    });
    return node;
  }

  #openPort(node: AudioWorkletNode): MessagePort {
    const { port1, port2 } = new MessageChannel();
    node.port.postMessage({ type: 'connect', port: port1 } satisfies CaptureControl & PlaybackControl, [port1]);
    return port2;
  }
}

function speakerProblemKind(thrown: unknown): SpeakerProblemKind {
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'NotFoundError') return 'speaker-missing';
  return name === 'NotAllowedError' ? 'speaker-denied' : 'speaker-failed';
}
