import { failed, messageOf, ok, type Problem, type Result } from '#kernel/result';
import { Scope } from '#kernel/scope';
import type { Loopback } from './loopback.ts';
import type { SpeakerProblemKind } from '../conversation/ports.ts';

/** `loopback`: through a peer connection of our own, for the sake of the echo canceller; later by its delay. */
export type OutputPath = 'direct' | 'loopback';

/** Not in TypeScript's DOM library; Chromium only. */
type SinkContext = AudioContext & { setSinkId?(deviceId: string): Promise<void> };

const FADE_SECONDS = 0.01;
/** Both ways sound together this long, as the delay of the loop is known only on average. */
const OVERLAP_SECONDS = 0.03;

/** Where the browser can cancel what peer connections play by itself: Chromium, and whoever builds the same. */
export function isLoopbackUseful(track: MediaStreamTrack | undefined): boolean {
  if (!('RTCPeerConnection' in globalThis) || !track?.getCapabilities) return false;
  // The DOM library knows only booleans here.
  const modes: readonly unknown[] = track.getCapabilities().echoCancellation ?? [];
  return modes.includes('remote-only');
}

/** From the playback worklet to the ear. */
export class SpeakerPath {
  /** What is to be heard goes in here. */
  readonly input: GainNode;
  readonly #context: AudioContext;
  readonly #direct: GainNode;
  #loop: { scope: Scope; gain: GainNode; loopback: Loopback; delaySeconds: number } | undefined;
  /** One switch at a time, in the order they were asked for. */
  #switching: Promise<unknown> = Promise.resolve();
  #sinkId = '';
  readonly #scope: Scope;
  readonly #onLost: () => void;

  /** `onLost`: the loop-back broke down, and the path is direct again. */
  constructor(
    context: AudioContext,
    scope: Scope,
    onLost: () => void = () => undefined,
    destination: AudioNode = context.destination,
  ) {
    this.#onLost = onLost;
    this.#context = context;
    this.#scope = scope;
    this.input = new GainNode(context);
    this.#direct = new GainNode(context);
    this.input.connect(this.#direct).connect(destination);
  }

  get path(): OutputPath {
    return this.#loop ? 'loopback' : 'direct';
  }

  /** From `input` to the ear, as far as the browser knows, on the path in use. */
  get latencySeconds(): number {
    const { outputLatency, baseLatency } = this.#context;
    // Chromium's output latency contains the base latency (35 to 50 ms reported, 37 to 55 measured); Safari has none.
    return (outputLatency > 0 ? outputLatency : baseLatency) + (this.#loop?.delaySeconds ?? 0);
  }

  /** How late the loop-back is drifts with its jitter buffer: to be called now and then. */
  async measure(): Promise<void> {
    const loop = this.#loop;
    if (loop) loop.delaySeconds = await loop.loopback.delaySeconds();
  }

  /**
   * Switches without silence in between: the way there overlaps the delay of the loop (that much is heard twice), the
   * way back waits until the loop has run empty (that much is skipped). When it fails, the path stays what it was.
   */
  use(path: OutputPath): Promise<Result<void, Problem<'loopback-failed'>>> {
    const done = this.#switching.then(() => (path === 'direct' ? this.#toDirect() : this.#toLoopback()));
    this.#switching = done;
    return done;
  }

  get canChoose(): boolean {
    return 'setSinkId' in this.#context;
  }

  /** Plays through another device; the empty string is the system's default. */
  async setSink(deviceId: string): Promise<Result<void, Problem<SpeakerProblemKind>>> {
    const context: SinkContext = this.#context;
    if (!context.setSinkId) return failed({ kind: 'speaker-unsupported', retry: 'never' });
    try {
      await context.setSinkId(deviceId);
      await this.#loop?.loopback.setSink(deviceId);
      this.#sinkId = deviceId;
      return ok(undefined);
    } catch (thrown) {
      return failed({ kind: speakerProblemKind(thrown), retry: 'later', detail: messageOf(thrown) });
    }
  }

  async #toLoopback(): Promise<Result<void, Problem<'loopback-failed'>>> {
    if (this.#loop) return ok(undefined);
    const scope = new Scope();
    this.#scope.add(() => scope.dispose());
    // Few calls need it, so it does not come with the page.
    const { createLoopback } = await import('./loopback.ts');
    const made = await createLoopback(this.#context, scope, () => {
      if (this.#loop?.scope !== scope) return;
      void this.use('direct').then(() => this.#onLost());
    });
    if (!made.ok || scope.isDisposed) {
      scope.dispose();
      return made.ok ? failed({ kind: 'loopback-failed', retry: 'later', detail: 'no longer wanted' }) : made;
    }
    const loopback = made.value;
    await loopback.setSink(this.#sinkId).catch(() => undefined);
    const gain = new GainNode(this.#context, { gain: 0 });
    this.input.connect(gain).connect(loopback.input);
    scope.add(() => gain.disconnect());
    const delaySeconds = await loopback.delaySeconds();
    this.#loop = { scope, gain, loopback, delaySeconds };
    const { currentTime } = this.#context;
    ramp(gain.gain, 1, currentTime);
    ramp(this.#direct.gain, 0, currentTime + delaySeconds + OVERLAP_SECONDS);
    return ok(undefined);
  }

  #toDirect(): Promise<Result<void, never>> {
    const loop = this.#loop;
    this.#loop = undefined;
    if (loop) {
      const { currentTime } = this.#context;
      ramp(loop.gain.gain, 0, currentTime);
      ramp(this.#direct.gain, 1, currentTime + Math.max(0, loop.delaySeconds - OVERLAP_SECONDS));
      setTimeout(() => loop.scope.dispose(), 1000 * (loop.delaySeconds + FADE_SECONDS) + 500);
    }
    return Promise.resolve(ok(undefined));
  }
}

function ramp(gain: AudioParam, to: 0 | 1, startTime: number): void {
  gain.cancelScheduledValues(startTime);
  gain.setValueAtTime(1 - to, startTime);
  gain.linearRampToValueAtTime(to, startTime + FADE_SECONDS);
}

function speakerProblemKind(thrown: unknown): SpeakerProblemKind {
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'NotFoundError') return 'speaker-missing';
  return name === 'NotAllowedError' ? 'speaker-denied' : 'speaker-failed';
}
