import { Emitter } from '#kernel/emitter';
import { failed, messageOf, ok, type Problem, type Result } from '#kernel/result';
import { Scope } from '#kernel/scope';
import { InputLane } from './input-lane.ts';
import { browserInterruptionEnvironment, resumeAfterInterruptions } from './interruptions.ts';
import type { NoiseSuppressor } from './noise-suppression.ts';
import type { SpeakerProblemKind } from '../conversation/ports.ts';
import { SpeakerPath, type OutputPath } from './speaker-path.ts';
import type { CaptureControl, CaptureOptions } from './worklets/capture.messages.ts';
import type { PlaybackControl, PlaybackOptions } from './worklets/playback.messages.ts';
import captureWorkletUrl from './worklets/capture.worklet.ts?worker&url';
import playbackWorkletUrl from './worklets/playback.worklet.ts?worker&url';

export interface AudioGraphOptions {
  capture: CaptureOptions;
  playback: PlaybackOptions;
}

type GraphEvents = {
  state: AudioContextState;
  failed: Problem<'engine-failed'>;
  pathLost: undefined;
};

/** Long enough for iPhones to take it for sound, too short to be missed. */
const UNLOCK_SECONDS = 0.1;

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
    playSilence(context);
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
  readonly #speaker: SpeakerPath;
  #lane: InputLane | undefined;

  /** Use `createAudioGraph`. */
  constructor(context: AudioContext, options: AudioGraphOptions, scope: Scope) {
    this.context = context;
    this.#scope = scope;
    scope.listen(context, 'statechange', () => this.#emitter.emit('state', context.state));
    resumeAfterInterruptions(context, scope, browserInterruptionEnvironment());
    this.#speaker = new SpeakerPath(context, scope, () => this.#emitter.emit('pathLost', undefined));
    // An output, though a silent one: a node that leads nowhere is not run in every browser.
    this.#capture = this.#addWorklet('capture', 1, options.capture, context.destination);
    this.capturePort = this.#openPort(this.#capture);
    const playback = this.#addWorklet('playback', 0, options.playback, this.#speaker.input);
    this.playbackPort = this.#openPort(playback);
    scope.add(() => this.detachMicrophone());
  }

  get state(): AudioContextState {
    return this.context.state;
  }

  /** From the worklet to the ear, as far as the browser knows. Changes with the device and the path. */
  get outputLatencySeconds(): number {
    return this.#speaker.latencySeconds;
  }

  /** Brings `outputLatencySeconds` up to date where it drifts. */
  measureLatency(): Promise<void> {
    return this.#speaker.measure();
  }

  /** The state of the context: `running`, `suspended` until a tap, `interrupted` by a phone call. */
  onStateChange(listener: (state: AudioContextState) => void): () => void {
    return this.#emitter.on('state', listener);
  }

  /** A worklet broke down; the graph has to be made anew. */
  onFailure(listener: (problem: Problem<'engine-failed'>) => void): () => void {
    return this.#emitter.on('failed', listener);
  }

  /** The loop-back broke down; sound goes the direct path again. */
  onPathLost(listener: () => void): () => void {
    return this.#emitter.on('pathLost', listener);
  }

  /** Call it in answer to a tap or a key. `onStateChange` tells whether it helped; without a tap no answer comes. */
  resume(): void {
    this.context.resume().catch(() => undefined);
    playSilence(this.context);
  }

  /**
   * Hears `stream`, through `suppressor` if there is one. Owns neither. The microphone attached before is faded over, so
   * that nothing is lost between the two: its stream has to go on for `LANE_SWAP_MS`.
   */
  attachMicrophone(stream: MediaStream, suppressor?: NoiseSuppressor): Result<void, Problem<'mic-failed'>> {
    try {
      const lane = new InputLane(this.context, stream, suppressor);
      lane.open(this.#capture, this.#lane !== undefined || suppressor !== undefined);
      this.#lane?.giveWay();
      this.#lane = lane;
      return ok(undefined);
    } catch (thrown) {
      return failed({ kind: 'mic-failed', retry: 'never', detail: messageOf(thrown) });
    }
  }

  /** Frames go on, silent. */
  detachMicrophone(): void {
    this.#lane?.close();
    this.#lane = undefined;
  }

  get canChooseSpeaker(): boolean {
    return this.#speaker.canChoose;
  }

  /** Plays through another device; the empty string is the system's default. */
  setSink(deviceId: string): Promise<Result<void, Problem<SpeakerProblemKind>>> {
    return this.#speaker.setSink(deviceId);
  }

  get outputPath(): OutputPath {
    return this.#speaker.path;
  }

  /** When it fails, sound goes on where it went before. */
  setOutputPath(path: OutputPath): Promise<Result<void, Problem<'loopback-failed'>>> {
    return this.#speaker.use(path);
  }

  dispose(): void {
    this.#scope.dispose();
  }

  #addWorklet(
    name: 'capture' | 'playback',
    numberOfInputs: number,
    processorOptions: object,
    output: AudioNode,
  ): AudioWorkletNode {
    const node = new AudioWorkletNode(this.context, name, {
      numberOfInputs,
      outputChannelCount: [1],
      processorOptions,
    });
    node.connect(output);
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

/** iPhones only let a page sound on once it has sounded within the tap, were it silence. */
function playSilence(context: AudioContext): void {
  const buffer = new AudioBuffer({ length: UNLOCK_SECONDS * context.sampleRate, sampleRate: context.sampleRate });
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(context.destination);
  source.start();
}
