import { rmsDbfs } from '#dsp/level';
import { SoundSense } from '#dsp/sound/sound-sense';
import { LOG_MEL } from '#models/end-of-turn/log-mel';
import { SILERO, SileroMemory } from '#models/vad/silero';
import type { Control, StreamSetup } from './ears.messages.ts';
import { FrameCutter, MAX_CUT_BYTES } from './frame-cutter.ts';
import { RecentSound } from './recent-sound.ts';
import type { TurnSignal } from './turn-detection.ts';
import { TurnMachine } from './turn-machine.ts';
import { toTurnRules, type TurnRules } from './turn-rules.ts';

/** A minute that nobody got round to hear: sound may come faster than it was spoken, but not without end. */
const MAX_WAITING_MS = 60_000;
/** Sound from before the turn that the end-of-turn model is given with it. */
const LEAD_SAMPLES = 0.5 * SILERO.rateHz;

/** A question for the end-of-turn model. */
export interface Question {
  endSample: number;
  audio: Float32Array<ArrayBuffer>;
}

type Waiting = { pcm: Uint8Array; leftOutBytes: number } | { control: Control };

/** One stream of sound in a hearing thread: what waits to be heard, and everything that is remembered of it. */
export class EarStream {
  readonly memory = new SileroMemory();
  readonly #rateHz: number;
  readonly #maxWaitingBytes: number;
  readonly #cutter: FrameCutter;
  readonly #sense = new SoundSense();
  readonly #machine: TurnMachine;
  readonly #hasJudge: boolean;
  #rules: TurnRules;
  #recent: RecentSound | undefined;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #frame: Float32Array | undefined;
  /** End of the last frame, at 16 kHz. */
  #endSample: number;
  /** Of what went into frames, at the rate of the input. */
  #position: number;
  #turnFromSample = 0;
  epoch: number;
  lostMs = 0;
  /** Everything before them has been heard. */
  readonly #reached: number[] = [];

  constructor({ rateHz, detection, isAnswering, fromSample, isInTurn, hasJudge, epoch }: StreamSetup) {
    this.#rateHz = rateHz;
    this.#maxWaitingBytes = (2 * rateHz * MAX_WAITING_MS) / 1000;
    this.#cutter = new FrameCutter(rateHz);
    this.#rules = toTurnRules(detection);
    this.#machine = new TurnMachine(this.#rules);
    this.#machine.isAnswering = isAnswering;
    this.#hasJudge = hasJudge;
    this.epoch = epoch;
    this.#position = fromSample;
    this.#endSample = this.#atModelRate(fromSample);
    if (isInTurn) this.#machine.takeUp(this.#endSample);
  }

  get waitingMs(): number {
    return (this.#waitingBytes * 500) / this.#rateHz;
  }

  /** `leftOutBytes` of sound came before it and are lost. */
  push(pcm: Uint8Array, leftOutBytes: number): void {
    this.#waiting.push({ pcm, leftOutBytes });
    this.#waitingBytes += pcm.byteLength;
    if (this.#waitingBytes > this.#maxWaitingBytes) this.#dropOldest();
  }

  control(control: Control): void {
    this.#waiting.push({ control });
  }

  judge(endSample: number, judged: number): void {
    this.#machine.judge(endSample, judged);
  }

  /** Brings the next frame into `memory`; false when not enough has come in. `heard` has to follow. */
  advance(): boolean {
    this.#frame = this.#cutter.next(() => this.#nextPiece());
    if (!this.#frame) return false;
    this.#endSample += SILERO.frameSamples;
    this.memory.take(this.#frame);
    return true;
  }

  /** The marks that have been reached since the last time. */
  takeReached(): number[] {
    return this.#reached.splice(0);
  }

  /** What the network said of the frame; tells what came of it, in samples of the input. */
  heard(probability: number, onSignal: (signal: TurnSignal) => void, onQuestion: (question: Question) => void): void {
    if (!this.#frame) throw new Error('no frame was taken');
    const endSample = this.#endSample;
    const levelDb = rmsDbfs(this.#frame);
    const { floorDb, quietSamples, soundingSamples, interjection } = this.#sense.hear(
      this.#frame,
      levelDb,
      probability,
    );
    this.#remember(this.#frame);
    const signals = this.#machine.hear({
      probability,
      endSample,
      levelDb,
      floorDb,
      interjection,
      lastLoudSample: endSample - quietSamples,
      soundOnsetSample: endSample - soundingSamples,
    });
    for (const signal of signals) {
      onSignal(this.#atInputRate(signal));
      if (signal.kind === 'started') this.#turnFromSample = signal.startSample - LEAD_SAMPLES;
      if (signal.kind === 'paused' && this.#recent) {
        onQuestion({ endSample: signal.endSample, audio: this.#recent.last(endSample - this.#turnFromSample) });
      }
    }
  }

  #remember(frame: Float32Array): void {
    if (!this.#hasJudge || !this.#rules.asksModel) this.#recent = undefined;
    else (this.#recent ??= new RecentSound(LOG_MEL.samples)).push(frame);
  }

  /** In order: what is to be done with the stream takes effect between the sounds it was told between. */
  #nextPiece(): Uint8Array | undefined {
    for (;;) {
      const next = this.#waiting[0];
      if (!next) return undefined;
      if ('control' in next) {
        this.#waiting.shift();
        this.#apply(next.control);
        continue;
      }
      if (next.leftOutBytes > 0) this.#leap(next.leftOutBytes);
      next.leftOutBytes = 0;
      const piece = next.pcm.subarray(0, MAX_CUT_BYTES);
      next.pcm = next.pcm.subarray(piece.byteLength);
      if (next.pcm.byteLength === 0) this.#waiting.shift();
      if (piece.byteLength === 0) continue;
      this.#waitingBytes -= piece.byteLength;
      this.#position += piece.byteLength / 2;
      return piece;
    }
  }

  #apply(control: Control): void {
    switch (control.kind) {
      case 'configure':
        this.#rules = toTurnRules(control.detection);
        this.#machine.rules = this.#rules;
        return;
      case 'answering':
        this.#machine.isAnswering = control.isAnswering;
        return;
      case 'restart':
        this.epoch = control.epoch;
        this.#machine.restart(this.#atModelRate(this.#position));
        return;
      case 'mark':
        this.#reached.push(control.mark);
        return;
    }
  }

  /** Time goes on over what is lost. */
  #leap(bytes: number): void {
    this.#position += bytes / 2;
    this.#endSample = this.#atModelRate(this.#position);
    this.#cutter.reset();
  }

  /** A piece that is longer than all that may wait loses its beginning only. */
  #dropOldest(): void {
    let excessBytes = this.#waitingBytes - this.#maxWaitingBytes;
    let leftOutBytes = 0;
    this.#waitingBytes -= excessBytes;
    this.lostMs += (excessBytes * 500) / this.#rateHz;
    for (;;) {
      const at = this.#waiting.findIndex((waiting) => 'pcm' in waiting);
      const oldest = this.#waiting[at];
      if (!oldest || !('pcm' in oldest)) throw new Error('more sound was to be dropped than there is');
      if (oldest.pcm.byteLength > excessBytes) {
        oldest.pcm = oldest.pcm.subarray(excessBytes);
        oldest.leftOutBytes += leftOutBytes + excessBytes;
        return;
      }
      this.#waiting.splice(at, 1);
      excessBytes -= oldest.pcm.byteLength;
      leftOutBytes += oldest.leftOutBytes + oldest.pcm.byteLength;
    }
  }

  #atModelRate(sample: number): number {
    return Math.round((sample * SILERO.rateHz) / this.#rateHz);
  }

  #atInputRate(signal: TurnSignal): TurnSignal {
    const scale = (sample: number): number => Math.round((sample * this.#rateHz) / SILERO.rateHz);
    switch (signal.kind) {
      case 'started':
        return { kind: 'started', startSample: scale(signal.startSample) };
      case 'paused':
      case 'stopped':
        return { kind: signal.kind, endSample: scale(signal.endSample) };
      case 'resumed':
        return signal;
    }
  }
}
