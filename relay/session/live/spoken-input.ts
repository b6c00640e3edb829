import type { Clock } from '#kernel/clock';
import { newId } from '#kernel/ids';
import { LOST_SPEECH } from '../../upstream/lost-speech.ts';
import type { Ears, TurnDetection, TurnDetector, TurnSignal } from '../../vad/turn-detection.ts';
import type { EagerReply } from './eager-reply.ts';
import { InputBuffer } from '../input-buffer.ts';
import { prefixPaddingMs } from '../prefix-padding.ts';
import type { LiveEvent } from './live-event.ts';
import { liveProblem, type LiveProblem } from './live-problem.ts';
import type { LiveSettings } from './live-settings.ts';
import type { PreparedReply, Responses } from './responses.ts';

/** The longest turn: what the models take at a time. */
const MAX_TURN_MS = 300_000;
/**
 * Without a turn everything that came so lately is kept, and so much sound at least: detectors lag behind, most of all
 * when a client sends faster than anybody speaks. Beyond the second limit they have given up themselves.
 */
const KEPT_MS = 10_000;
const MAX_KEPT_MS = 75_000;
/** Answers prepared in vain, in one turn; and none for a long one, whose request is dear. */
const MAX_PREPARED = 3;
const MAX_PREPARED_FOR_MS = 10_000;

/** A turn the user has ended, by falling silent or by saying so. */
export interface SpokenTurn {
  itemId: string;
  /** As the model takes it. */
  sound: Promise<Uint8Array>;
  durationMs: number;
  /** Asked for while it was not certain that the turn is over. */
  reply?: EagerReply;
  /** Nothing was said: what the model is told instead. */
  toldAs?: string;
  /** Whether an answer follows by itself. */
  isAnswered: boolean;
}

export interface SpokenInputOptions {
  clock: Clock;
  ears: Ears;
  settings: LiveSettings;
  responses: Responses;
  tell(event: LiveEvent): void;
  convert(pcm: Uint8Array): Promise<Uint8Array>;
  onStarted(): void;
  onTurn(turn: SpokenTurn): void;
}

/** A turn that is being spoken. */
interface Speech {
  itemId: string;
  startSample: number;
  prepared?: PreparedReply & { endSample: number; sound: Promise<Uint8Array> };
  attempts: number;
}

/** What comes in: sound, cut into turns by the client or by the detector. */
export class SpokenInput {
  readonly #options: SpokenInputOptions;
  #settings: LiveSettings;
  #buffer: InputBuffer;
  #detector: TurnDetector | undefined;
  #isAnswering = false;
  #speech: Speech | undefined;
  /** Everything before it has been committed or cleared. */
  #newFromSample = 0;
  /** Of the buffers before this one, at other rates. */
  #elapsedMs = 0;

  constructor(options: SpokenInputOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#buffer = new InputBuffer(options.settings.inputRateHz);
  }

  /** From the first sound on: many a client that is given a detector by default sends none, or takes its turns itself. */
  #listen(turnDetection: TurnDetection): TurnDetector {
    const { inputRateHz } = this.#settings;
    // Positions of a detector count from its opening.
    const offset = this.#buffer.endSample;
    const detector = this.#options.ears.open(inputRateHz, turnDetection, (signal) => {
      // What a closed one has still to say belongs to nobody.
      if (this.#detector === detector) this.#onSignal(signal, offset);
    });
    this.#detector = detector;
    detector.setAnswering(this.#isAnswering);
    return detector;
  }

  /** Nothing more will come; what was not committed is gone. */
  close(): void {
    this.#closeDetector();
    this.#forget(this.#buffer.endSample);
  }

  configure(settings: LiveSettings): void {
    const isNewRate = settings.inputRateHz !== this.#settings.inputRateHz;
    this.#settings = settings;
    // It was asked for as things stood before.
    if (this.#speech) dropPrepared(this.#speech);
    if (isNewRate || !settings.turnDetection) this.#closeDetector();
    if (isNewRate) {
      this.#elapsedMs = this.#toMs(this.#buffer.endSample);
      this.#buffer = new InputBuffer(settings.inputRateHz);
      this.#newFromSample = 0;
    }
    if (settings.turnDetection) this.#detector?.configure(settings.turnDetection);
  }

  setAnswering(isAnswering: boolean): void {
    this.#isAnswering = isAnswering;
    this.#detector?.setAnswering(isAnswering);
  }

  append(pcm: Uint8Array): LiveProblem | undefined {
    const buffer = this.#buffer;
    const { turnDetection } = this.#settings;
    const nowMs = this.#options.clock.nowMs();
    if (!turnDetection) {
      if (buffer.keptSamples >= buffer.toSamples(MAX_TURN_MS)) return liveProblem('buffer-full');
      buffer.append(pcm, nowMs);
      return undefined;
    }
    const detector = this.#detector ?? this.#listen(turnDetection);
    buffer.append(pcm, nowMs);
    detector.push(pcm);
    if (!this.#speech) {
      buffer.dropBefore(buffer.endSample - buffer.toSamples(KEPT_MS), nowMs - KEPT_MS);
      buffer.dropBefore(buffer.endSample - buffer.toSamples(MAX_KEPT_MS));
    } else if (buffer.endSample - this.#speech.startSample >= buffer.toSamples(MAX_TURN_MS)) {
      detector.restart();
      this.#stopped(this.#speech, buffer.endSample);
    }
    return undefined;
  }

  commit(): LiveProblem | undefined {
    const { endSample } = this.#buffer;
    if (endSample <= this.#newFromSample) return liveProblem('buffer-empty');
    const { itemId, startSample } = this.#speech ?? {
      itemId: toItemId(),
      startSample: Math.max(this.#newFromSample, this.#buffer.startSample),
    };
    this.#endSpeech();
    this.#detector?.restart();
    this.#turn({ itemId, isAnswered: false }, startSample, endSample);
    return undefined;
  }

  clear(): void {
    this.#endSpeech();
    this.#detector?.restart();
    this.#forget(this.#buffer.endSample);
  }

  /** Nobody has said anything for so long after an answer that the model is to go on. */
  idle(idleMs: number): void {
    if (this.#speech) return;
    const buffer = this.#buffer;
    const { endSample } = buffer;
    const startSample = Math.max(this.#newFromSample, buffer.startSample, endSample - buffer.toSamples(idleMs));
    const itemId = toItemId();
    const { tell } = this.#options;
    tell({ kind: 'idle', itemId, startMs: this.#toMs(startSample), endMs: this.#toMs(endSample) });
    const toldAs = `(The user has said nothing for ${Math.round(idleMs / 1000)} seconds.)`;
    this.#turn({ itemId, toldAs, isAnswered: true }, startSample, endSample);
  }

  #onSignal(signal: TurnSignal, offset: number): void {
    if (signal.kind === 'started') return this.#started(offset + signal.startSample);
    const speech = this.#speech;
    if (!speech) return;
    if (signal.kind === 'paused') return this.#prepare(speech, offset + signal.endSample);
    if (signal.kind === 'resumed') return dropPrepared(speech);
    this.#stopped(speech, offset + signal.endSample);
  }

  #started(soundFromSample: number): void {
    if (this.#speech) return;
    const { turnDetection } = this.#settings;
    const paddingMs = prefixPaddingMs(turnDetection);
    const startSample = Math.max(
      this.#newFromSample,
      this.#buffer.startSample,
      soundFromSample - this.#buffer.toSamples(paddingMs),
    );
    this.#speech = { itemId: toItemId(), startSample, attempts: 0 };
    this.#options.onStarted();
    this.#options.tell({
      ...{ kind: 'speech-started', itemId: this.#speech.itemId, startMs: this.#toMs(startSample) },
    });
    if (turnDetection?.interruptResponse) this.#options.responses.interrupt();
  }

  /** Asks for the answer before the turn is certainly over: when it is, the first words are already there. */
  #prepare(speech: Speech, endSample: number): void {
    const { responses } = this.#options;
    dropPrepared(speech);
    const isWanted = this.#settings.turnDetection?.createResponse && !responses.isActive;
    const lengthMs = this.#buffer.toMs(endSample - speech.startSample);
    if (!isWanted || lengthMs <= 0 || lengthMs > MAX_PREPARED_FOR_MS || speech.attempts >= MAX_PREPARED) return;
    speech.attempts++;
    const sound = this.#soundOf(speech.startSample, endSample);
    speech.prepared = { ...responses.prepare(sound), endSample, sound };
  }

  #stopped(speech: Speech, heardToSample: number): void {
    const { itemId, startSample, prepared } = speech;
    // A detector that hears of a turn so late that its sound is gone already: the model is not given silence to answer.
    const isLost = heardToSample <= startSample;
    const endSample = Math.max(heardToSample, startSample);
    const isAnswered = this.#settings.turnDetection?.createResponse ?? false;
    this.#speech = undefined;
    this.#options.tell({ kind: 'speech-stopped', itemId, endMs: this.#toMs(endSample) });
    const isFresh = prepared?.endSample === endSample && this.#options.responses.isCurrent(prepared);
    if (prepared && !(isFresh && isAnswered)) prepared.reply.abort();
    const known = isFresh ? { sound: prepared.sound, ...(isAnswered && { reply: prepared.reply }) } : {};
    this.#turn({ itemId, isAnswered, ...known, ...(isLost && { toldAs: LOST_SPEECH }) }, startSample, endSample);
  }

  #turn(
    turn: Omit<SpokenTurn, 'sound' | 'durationMs'> & Partial<Pick<SpokenTurn, 'sound'>>,
    startSample: number,
    endSample: number,
  ): void {
    const sound = turn.sound ?? this.#soundOf(startSample, endSample);
    const durationMs = this.#buffer.toMs(endSample - startSample);
    this.#forget(endSample);
    this.#options.onTurn({ ...turn, sound, durationMs });
  }

  #soundOf(startSample: number, endSample: number): Promise<Uint8Array> {
    return this.#options.convert(this.#buffer.slice(startSample, endSample));
  }

  #forget(beforeSample: number): void {
    this.#newFromSample = beforeSample;
    this.#buffer.dropBefore(beforeSample);
  }

  #closeDetector(): void {
    this.#endSpeech();
    this.#detector?.close();
    this.#detector = undefined;
  }

  /** Whatever else becomes of it, this is where the turn that is being spoken ends. */
  #endSpeech(): void {
    const speech = this.#speech;
    if (!speech) return;
    dropPrepared(speech);
    this.#speech = undefined;
    const endMs = this.#toMs(this.#buffer.endSample);
    this.#options.tell({ kind: 'speech-stopped', itemId: speech.itemId, endMs });
  }

  #toMs(sample: number): number {
    return this.#elapsedMs + this.#buffer.toMs(sample);
  }
}

const toItemId = (): string => `item_${newId()}`;

function dropPrepared(speech: Speech): void {
  speech.prepared?.reply.abort();
  delete speech.prepared;
}
