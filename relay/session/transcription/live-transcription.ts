import type { Clock } from '#kernel/clock';
import { newId } from '#kernel/ids';
import type { Logger } from '#kernel/logger';
import { messageOf, type Problem } from '#kernel/result';
import type { Recogniser, TranscriptionRequest } from '../../upstream/speech.ts';
import type { Ears, TurnSignal } from '../../vad/turn-detection.ts';
import { detectLanguage } from '../language/detect.ts';
import { InputBuffer } from '../input-buffer.ts';
import { prefixPaddingMs } from '../prefix-padding.ts';
import { Finals } from './finals.ts';
import { hear, type Heard } from './hear.ts';
import { holdsSound } from './holds-sound.ts';
import type { TranscriptionEvent, TranscriptionSettings } from './transcription-event.ts';
import { TurnFinder } from './turn-finder.ts';
import { Utterance } from './utterance.ts';

/** The longest utterance. Without turn detection no more is taken in; with it the next one begins there. */
export const MAX_UTTERANCE_MS = 60_000;
/** How far turn detection may be behind: the minute that detectors keep, and what is on its way to them. */
const MAX_BEHIND_MS = 75_000;

/** `buffer-full`: the utterance must be committed or cleared first. */
export type TranscriptionProblem = Problem<'buffer-empty' | 'buffer-full'>;

export interface LiveTranscriptionOptions {
  recogniser: Recogniser;
  ears: Ears;
  clock: Clock;
  logger: Logger;
  settings: TranscriptionSettings;
  /** What it throws is a bug, which ends this transcription and nothing else. */
  tell(event: TranscriptionEvent): void;
  /** It has ended by that. */
  onBroken(): void;
}

/** One stream of speech that is written down while it is spoken. Known to no dialect; problems are returned. */
export class LiveTranscription {
  readonly #options: LiveTranscriptionOptions;
  readonly #finder: TurnFinder;
  readonly #finals = new Finals();
  #settings: TranscriptionSettings;
  #buffer: InputBuffer;
  /** Of the buffers before this one, at other rates. */
  #elapsedMs = 0;
  #utterance: Utterance | undefined;
  /** Everything before it has been committed or cleared. */
  #newFromSample = 0;
  /** Has grown beyond the limit, and is cut there when that was heard. */
  #asked: Utterance | undefined;
  #isClosed = false;

  constructor(options: LiveTranscriptionOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#buffer = new InputBuffer(options.settings.inputRateHz);
    this.#finder = new TurnFinder(options.ears, (signal) => this.#onSignal(signal));
    this.#openFinder();
  }

  configure(settings: TranscriptionSettings): void {
    const { inputRateHz, turnDetection } = this.#settings;
    this.#settings = settings;
    const isNewRate = settings.inputRateHz !== inputRateHz;
    const isNewMode = Boolean(turnDetection) !== Boolean(settings.turnDetection);
    if (!isNewRate && !isNewMode) {
      if (settings.turnDetection) this.#finder.configure(settings.turnDetection);
      return;
    }
    this.#forgetAll();
    this.#finder.close();
    if (isNewRate) this.#replaceBuffer();
    this.#openFinder();
  }

  /** PCM16LE mono at the input rate, whole samples. */
  append(pcm: Uint8Array): TranscriptionProblem | undefined {
    const buffer = this.#buffer;
    const isFull = buffer.keptSamples >= buffer.toSamples(MAX_UTTERANCE_MS);
    if (!this.#finder.isOn && isFull) return { kind: 'buffer-full', retry: 'never' };
    buffer.append(pcm);
    if (this.#finder.isOn) this.#follow(pcm);
    // Recognisers make up words for silence.
    else if (!this.#utterance && holdsSound(pcm)) this.#utterance = this.#begin(this.#newFromSample);
    if (this.#utterance) this.#utterance.grow(Math.min(buffer.endSample, this.#limitOf(this.#utterance)));
    return undefined;
  }

  /** With turn detection what is being said is ended here; where nothing is, there is nothing to end. */
  commit(): TranscriptionProblem | undefined {
    if (this.#buffer.endSample <= this.#newFromSample) return { kind: 'buffer-empty', retry: 'never' };
    if (this.#finder.isOn && !this.#utterance) return undefined;
    const { endSample } = this.#buffer;
    if (this.#finder.isOn) this.#cutUpTo(endSample);
    this.#finder.restart();
    if (this.#utterance) this.#commit(this.#utterance, endSample);
    else this.#commit(this.#begin(this.#newFromSample), endSample, silence);
    return undefined;
  }

  clear(): void {
    this.#finder.restart();
    this.#forgetAll();
    this.#tell({ kind: 'cleared' });
  }

  /** Nothing more will be appended: resolves when all that was said has been told. */
  async finish(): Promise<void> {
    await this.#finder.settle(this.#buffer.rateHz);
    const utterance = this.#cutUpTo(this.#buffer.endSample);
    if (utterance) this.#end(utterance, this.#buffer.endSample);
    this.#finder.close();
    await this.#finals.told;
  }

  /** Ends everything at once; nothing more is told. */
  close(): void {
    this.#isClosed = true;
    this.#finder.close();
    this.#forgetAll();
    this.#finals.abort();
  }

  #follow(pcm: Uint8Array): void {
    const buffer = this.#buffer;
    this.#finder.push(pcm);
    // Detectors lag behind, and clients may send faster than it was spoken.
    const surelyHeardTo = buffer.endSample - buffer.toSamples(MAX_BEHIND_MS);
    if (!this.#utterance) return buffer.dropBefore(surelyHeardTo);
    const utterance = this.#cutUpTo(surelyHeardTo);
    if (!utterance || buffer.endSample <= this.#limitOf(utterance)) return;
    if (this.#asked !== utterance) this.#cutOnceHeard(utterance);
  }

  /** It may have ended long before its limit, and the detector not have come so far. */
  #cutOnceHeard(utterance: Utterance): void {
    this.#asked = utterance;
    const { endSample } = this.#buffer;
    void this.#finder.settled().then(() => {
      if (this.#utterance === utterance) this.#cutUpTo(endSample);
    });
  }

  /** What goes on beyond the longest utterance becomes several, without a gap; the last one is given back. */
  #cutUpTo(endSample: number): Utterance | undefined {
    while (this.#utterance && endSample > this.#limitOf(this.#utterance)) {
      const limitSample = this.#limitOf(this.#utterance);
      this.#end(this.#utterance, limitSample);
      this.#start(limitSample);
    }
    return this.#utterance;
  }

  #limitOf({ startSample }: Utterance): number {
    return startSample + this.#buffer.toSamples(MAX_UTTERANCE_MS);
  }

  #onSignal(signal: TurnSignal): void {
    if (signal.kind === 'started') return this.#started(signal.startSample);
    if (signal.kind === 'resumed') return;
    // The silence that closes a stream was never in the buffer.
    const endSample = Math.min(signal.endSample, this.#buffer.endSample);
    const utterance = this.#cutUpTo(endSample);
    if (!utterance) return;
    // One that was cut unheard may have ended before this part of it.
    if (signal.kind === 'stopped') this.#end(utterance, Math.max(utterance.startSample, endSample));
    else if (endSample > utterance.startSample) utterance.pause(endSample);
  }

  #started(soundFromSample: number): void {
    if (this.#utterance) return;
    const { turnDetection } = this.#settings;
    const paddingMs = prefixPaddingMs(turnDetection);
    const buffer = this.#buffer;
    const paddedSample = soundFromSample - buffer.toSamples(paddingMs);
    this.#start(Math.max(this.#newFromSample, buffer.startSample, paddedSample));
  }

  #start(startSample: number): void {
    if (this.#isClosed) return;
    this.#utterance = this.#begin(startSample);
    const { itemId } = this.#utterance;
    this.#tell({ kind: 'speech-started', itemId, startMs: this.#toMs(startSample) });
  }

  #begin(startSample: number): Utterance {
    const { clock } = this.#options;
    const { language } = this.#settings;
    const itemId = `item_${newId()}`;
    return new Utterance({
      itemId,
      clock,
      rateHz: this.#buffer.rateHz,
      startSample,
      hear: (endSample, signal, onPartial) =>
        hear(this.#options.recogniser, this.#request(startSample, endSample), signal, onPartial),
      onInterim: (understanding) => {
        this.#tell({ kind: 'interim', itemId, ...understanding, ...(language && { language }) });
      },
    });
  }

  async #request(startSample: number, endSample: number): Promise<TranscriptionRequest> {
    const { language, prompt } = this.#settings;
    const sound = this.#buffer.slice(startSample, endSample);
    const audio = await this.#options.ears.toModelRate(sound, this.#buffer.rateHz);
    return { audio, ...(language && { language }), ...(prompt && { prompt }) };
  }

  /** The utterance ends by itself, not by the client's word. */
  #end(utterance: Utterance, endSample: number): void {
    if (this.#finder.isOn) {
      this.#tell({ kind: 'speech-stopped', itemId: utterance.itemId, endMs: this.#toMs(endSample) });
    }
    this.#commit(utterance, endSample);
  }

  #commit(utterance: Utterance, endSample: number, ask = () => utterance.end(endSample)): void {
    const { itemId, startSample } = utterance;
    const { language } = this.#settings;
    this.#tell({ kind: 'committed', itemId });
    this.#utterance = undefined;
    if (this.#isClosed) return;
    const askWhatWasSaid = endSample > startSample ? ask : silence;
    this.#finals.add(utterance, askWhatWasSaid, (outcome) => this.#tellOutcome(itemId, outcome, language));
    this.#forget(endSample);
  }

  #tellOutcome(itemId: string, outcome: Heard, wanted: string | undefined): void {
    if (outcome.kind === 'aborted') return;
    if (outcome.kind === 'failed') return this.#tell({ kind: 'failed', itemId, problem: outcome.problem });
    const { text } = outcome;
    const language = outcome.language ?? wanted ?? detectLanguage(text);
    this.#tell({ kind: 'completed', itemId, text, ...(language !== undefined && { language }) });
  }

  /** Events come from timers, threads and the recogniser: nobody above them would catch what a listener throws. */
  #tell(event: TranscriptionEvent): void {
    if (this.#isClosed) return;
    try {
      this.#options.tell(event);
    } catch (thrown) {
      this.#options.logger.error('transcription.bug', { event: event.kind, reason: messageOf(thrown) });
      this.close();
      this.#options.onBroken();
    }
  }

  #openFinder(): void {
    const { turnDetection, inputRateHz } = this.#settings;
    if (turnDetection) this.#finder.open(inputRateHz, turnDetection, this.#buffer.endSample);
  }

  #replaceBuffer(): void {
    this.#elapsedMs = this.#toMs(this.#buffer.endSample);
    this.#buffer = new InputBuffer(this.#settings.inputRateHz);
    this.#newFromSample = 0;
  }

  #forgetAll(): void {
    this.#utterance?.abort();
    this.#utterance = undefined;
    this.#forget(this.#buffer.endSample);
  }

  #forget(beforeSample: number): void {
    this.#newFromSample = beforeSample;
    this.#buffer.dropBefore(beforeSample);
  }

  #toMs(sample: number): number {
    return this.#elapsedMs + this.#buffer.toMs(sample);
  }
}

/** Of an utterance without a sound. */
const silence = (): Promise<Heard> => Promise.resolve({ kind: 'heard', text: '' });
