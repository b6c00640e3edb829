import type { Problem, Result } from '#kernel/result';
import { Scope } from '#kernel/scope';
import type { AudioGraph } from '../audio/audio-graph.ts';
import { LANE_SWAP_MS } from '../audio/input-lane.ts';
import type { openMicrophone, OpenMicrophone } from '../audio/microphone.ts';
import type { NoiseSuppressor } from '../audio/noise-suppression.ts';
import type { ToCall } from '../call/call.messages.ts';

export interface MicrophoneChoice {
  /** Absent: the system's. */
  deviceId?: string | undefined;
  /** `strong`: RNNoise instead of the browser's own. */
  noiseSuppression: 'browser' | 'strong' | 'off';
}

export type CallGraph = Pick<AudioGraph, 'attachMicrophone' | 'detachMicrophone'>;

export interface CallMicrophoneParts<G extends CallGraph> {
  graph(): Promise<Result<G, Problem>>;
  openMicrophone: typeof openMicrophone;
  createSuppressor(graph: G, scope: Scope): Promise<Result<NoiseSuppressor, Problem>>;
  send(message: ToCall): void;
  /** A microphone is heard from now on; `isOther`: another one than the last, or processed in another way. */
  onHeard(isOther: boolean): void;
  /** It goes on with less than was chosen. */
  onProblem(problem: Problem): void;
  /** What RNNoise takes out, in dB, ten times a second while it runs; 0 when it ends. */
  onSuppressed(db: number): void;
}

/** A microphone that is heard, and who owns it. */
interface Heard {
  scope: Scope;
  microphone: OpenMicrophone;
  suppressor: NoiseSuppressor | undefined;
}

const METER_EVERY_MS = 100;

/** The microphone of a call: asked for, heard, exchanged in mid-call, lost and found again. */
export class CallMicrophone<G extends CallGraph> {
  readonly #parts: CallMicrophoneParts<G>;
  /** Owns what is being asked for. */
  #asking = new Scope();
  #heard: Heard | undefined;
  #graph: G | undefined;
  /** One was there and went away, and none has taken its place. */
  #isLost = false;
  #isExchanging = false;
  /** Which microphone was heard last, and how it was processed. */
  #last: string | undefined;
  #choice: MicrophoneChoice = { noiseSuppression: 'browser' };

  constructor(parts: CallMicrophoneParts<G>) {
    this.#parts = parts;
  }

  get isOpen(): boolean {
    return this.#heard !== undefined;
  }

  get track(): MediaStreamTrack | undefined {
    return this.#heard?.microphone.stream.getAudioTracks()[0];
  }

  /** From the mouth to the capture worklet, as far as it is known. */
  get latencyMs(): number {
    if (!this.#heard) return 0;
    return this.#heard.microphone.latencyMs() + 1000 * (this.#heard.suppressor?.delaySeconds ?? 0);
  }

  /** An open microphone is exchanged for the one chosen now, and heard until that one is. */
  choose(choice: MicrophoneChoice): void {
    const { deviceId, noiseSuppression } = this.#choice;
    if (choice.deviceId === deviceId && choice.noiseSuppression === noiseSuppression) return;
    this.#choice = choice;
    if (this.isOpen) void this.#exchange();
  }

  /** Asks for the microphone; one that is asked for already, or open, is let go. */
  async open(): Promise<void> {
    this.release();
    const choice = this.#choice;
    const found = await this.#ask();
    if (found === undefined) return;
    if (!found.ok) return this.refuse(found.problem);
    this.#isLost = false;
    this.#parts.send({ type: 'mic.opened' });
    // Chosen otherwise while the browser was still asking.
    if (choice !== this.#choice) void this.#exchange();
  }

  close(): void {
    this.#isLost = false;
    this.release();
  }

  /** Something was plugged in: it may be what was lost. */
  devicesChanged(): void {
    if (this.#isLost) void this.open();
  }

  refuse(problem: Problem): void {
    this.release();
    this.#parts.send({ type: 'mic.refused', problem });
  }

  release(): void {
    this.#isExchanging = false;
    this.#asking.dispose();
    this.#graph?.detachMicrophone();
    this.#heard?.scope.dispose();
    this.#heard = undefined;
  }

  async #exchange(): Promise<void> {
    const old = this.#heard;
    this.#isExchanging = true;
    const found = await this.#ask();
    if (found === undefined) return;
    this.#isExchanging = false;
    if (found.ok && old) {
      // Heard until the new one has faded in.
      setTimeout(() => old.scope.dispose(), LANE_SWAP_MS);
    } else if (!found.ok) {
      this.#parts.onProblem(found.problem);
      // Muted for a successor that never came.
      if (this.track?.muted) await this.open();
    }
  }

  /** Asks, and hears what is given; undefined when it is not wanted any more. */
  async #ask(): Promise<Result<Heard, Problem> | undefined> {
    this.#asking.dispose();
    const scope = (this.#asking = new Scope());
    const { deviceId, noiseSuppression } = this.#choice;
    const suppressor = noiseSuppression === 'strong' ? await this.#suppress(scope) : undefined;
    // Strong suppression that is not to be had is better replaced by the browser's than by none.
    const constraints = { noiseSuppression: noiseSuppression !== 'off' && !suppressor };
    const [opened, graph] = await Promise.all([
      this.#parts.openMicrophone(deviceId === undefined ? constraints : { ...constraints, deviceId }, scope),
      this.#parts.graph(),
    ]);
    if (scope.isDisposed) return undefined;
    const found =
      opened.ok && graph.ok ? this.#hear({ scope, microphone: opened.value, suppressor }, graph.value) : undefined;
    const problem = !opened.ok ? opened : !graph.ok ? graph : found;
    if (!problem?.ok) scope.dispose();
    return problem;
  }

  async #suppress(scope: Scope): Promise<NoiseSuppressor | undefined> {
    const graph = await this.#parts.graph();
    if (!graph.ok || scope.isDisposed) return undefined;
    const made = await this.#parts.createSuppressor(graph.value, scope);
    if (made.ok) return made.value;
    if (!scope.isDisposed) this.#parts.onProblem(made.problem);
    return undefined;
  }

  #hear(heard: Heard, graph: G): Result<Heard, Problem> {
    const { scope, microphone, suppressor } = heard;
    const attached = graph.attachMicrophone(microphone.stream, suppressor);
    if (!attached.ok) return attached;
    this.#graph = graph;
    this.#heard = heard;
    // It is not being asked for any more: asking for the next one leaves it alone.
    this.#asking = new Scope();
    const isCurrent = () => this.#heard === heard;
    microphone.on('ended', () => isCurrent() && void this.#lost());
    // A switch on the device, or a phone call: silence comes, and nobody should be told that it is listened to. Safari
    // also mutes the one whose place is being taken.
    microphone.on('muted', () => {
      const problem = { kind: 'mic-busy', retry: 'later' } as const;
      if (isCurrent() && !this.#isExchanging) this.#parts.send({ type: 'mic.lost', problem });
    });
    microphone.on('unmuted', () => isCurrent() && !this.#isExchanging && this.#parts.send({ type: 'mic.opened' }));
    if (suppressor) this.#meter(suppressor, scope);
    const { deviceId, echoCancellation, noiseSuppression } = microphone.settings;
    const now = [deviceId, echoCancellation, noiseSuppression, suppressor !== undefined].join();
    this.#parts.onHeard(this.#last !== undefined && this.#last !== now);
    this.#last = now;
    return { ok: true, value: heard };
  }

  #meter(suppressor: NoiseSuppressor, scope: Scope): void {
    const timer = setInterval(() => this.#parts.onSuppressed(suppressor.suppressedDb()), METER_EVERY_MS);
    scope.add(() => {
      clearInterval(timer);
      this.#parts.onSuppressed(0);
    });
  }

  /** Unplugged or taken away: told at once, then whatever microphone there is now is asked for. */
  async #lost(): Promise<void> {
    this.#isLost = true;
    this.#parts.send({ type: 'mic.lost', problem: { kind: 'mic-lost', retry: 'now' } });
    await this.open();
  }
}
