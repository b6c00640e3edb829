import { fromDb, toDbfs } from '#dsp/level';
import { CueVoice } from './cue-voice.ts';
import { OutputShaper } from './output-shaper.ts';
import { PlaybackStream } from './playback-stream.ts';
import { PlaybackTap } from './playback-tap.ts';
import { StartReserve } from './start-reserve.ts';
import type { PlaybackCommand, PlaybackEvent, PlaybackOptions } from './playback.messages.ts';

const PROGRESS_MS = 50;
/** Larger than any render quantum in use (128 by default), so that the scratch buffer never grows. */
const MAX_QUANTUM_SAMPLES = 2_048;
/** A stop may cross the end of its stream on the way; it is still told how far that stream got. */
const REMEMBERED_STREAMS = 8;
/** What a person hears of an answer begins here; a synthesizer's own silence is far below, a breath just above. */
const AUDIBLE = fromDb(-50);

/** `gathering` waits for the start reserve, `stopping` plays out a fade. */
type Phase = 'idle' | 'gathering' | 'playing' | 'stopping';
/** Beside the phase, which goes on from where it was. `fading` plays on until it is silent; `still` plays nothing. */
type Pause = 'none' | 'fading' | 'still';

/**
 * Plays one answer at a time, and cues over it, from commands and in render quanta, and tells exactly how much of the
 * answer was played. `render` allocates nothing as long as tap buffers come back; the events it reports progress and
 * the tap with are reused, so `emit` has to pass them on at once.
 */
export class Playback {
  readonly #contextRateHz: number;
  readonly #capacityMs: number;
  readonly #emit: (event: PlaybackEvent) => void;
  readonly #reserve: StartReserve;
  readonly #shaper: OutputShaper;
  readonly #scratch = new Float32Array(MAX_QUANTUM_SAMPLES);
  /** Of the current stream, or else of the last one, whose memory the next one takes over. */
  #source: PlaybackStream | undefined;
  readonly #cue: CueVoice;
  readonly #tap: PlaybackTap;
  #stream = -1;
  #phase: Phase = 'idle';
  #pause: Pause = 'none';
  #isAudible = false;
  /** Of the silence the stream began with, at the context's rate. */
  #leadSamples = 0;
  /** No audio is left; whether that is an underrun or just the end, the next command tells. */
  #ranDry = false;
  /** When the quantum to come starts. */
  #nextTime = 0;
  readonly #progress = { type: 'progress' as const, stream: 0, playedSamples: 0, bufferedMs: 0, levelDb: 0 };
  #unreportedSamples = 0;
  #unreportedPower = 0;
  readonly #playedByStream = new Map<number, number>();

  constructor(contextRateHz: number, options: PlaybackOptions, emit: (event: PlaybackEvent) => void) {
    if (options.capacityMs <= options.maxReserveMs) throw new RangeError('the reserve would never be filled');
    this.#contextRateHz = contextRateHz;
    this.#capacityMs = options.capacityMs;
    this.#reserve = new StartReserve(options.reserveMs, options.maxReserveMs);
    this.#shaper = new OutputShaper(contextRateHz);
    this.#cue = new CueVoice(contextRateHz, MAX_QUANTUM_SAMPLES);
    this.#tap = new PlaybackTap(contextRateHz, options.tap, emit);
    this.#emit = emit;
  }

  /** How many buffers of the tap exist; constant as long as they come back. */
  get tapBuffersMade(): number {
    return this.#tap.buffersMade;
  }

  handle(command: PlaybackCommand): void {
    switch (command.type) {
      case 'start':
        return this.#start(command.stream, command.rateHz);
      case 'audio':
        return this.#receive(command.stream, command.pcm);
      case 'end':
        if (this.#isCurrent(command.stream)) this.#source?.end();
        return;
      case 'duck':
        return this.#shaper.duck(command.gainDb, command.rampMs);
      case 'restore':
        return this.#shaper.duck(0, command.rampMs);
      case 'pause':
        return this.#fadeToStill(command.stream, command.fadeMs);
      case 'resume':
        return this.#resume(command.stream, command.rampMs);
      case 'cue':
        return this.#cue.start(command.rateHz, command.pcm);
      case 'recycle':
        return this.#tap.recycle(command.pcm);
      case 'stop':
        return this.#stop(command.stream, command.fadeMs);
    }
  }

  /** Fills the first `samples` of `output`, which leave the worklet from `contextTime` on. */
  render(output: Float32Array, samples: number, contextTime: number): void {
    this.#nextTime = contextTime + samples / this.#contextRateHz;
    output.fill(0, 0, samples);
    if (this.#source && this.#mayPlay(this.#source)) this.#play(this.#source, output, samples, contextTime);
    else this.#shaper.mixTail(output, 0, samples);
    this.#cue.mix(output, samples);
    this.#tap.write(output, samples, contextTime);
  }

  #mayPlay(source: PlaybackStream): boolean {
    if (this.#phase === 'idle' || this.#pause === 'still') return false;
    if (this.#phase === 'gathering' && (source.bufferedMs >= this.#reserve.ms || source.hasEnded)) {
      this.#phase = 'playing';
    }
    return this.#phase !== 'gathering';
  }

  #start(stream: number, rateHz: number): void {
    if (this.#phase !== 'idle') this.#finish('stopped', this.#nextTime);
    if (this.#source?.rateHz === rateHz) this.#source.restart();
    else this.#source = new PlaybackStream(rateHz, this.#contextRateHz, this.#capacityMs);
    this.#stream = stream;
    this.#phase = 'gathering';
    this.#isAudible = false;
    this.#leadSamples = 0;
    this.#ranDry = false;
    this.#shaper.restart();
    this.#unreportedSamples = 0;
    this.#unreportedPower = 0;
  }

  #receive(stream: number, pcm: Int16Array): void {
    const source = this.#source;
    if (!source || !this.#isCurrent(stream) || source.hasEnded) return;
    const droppedSamples = pcm.length - source.write(pcm);
    if (droppedSamples > 0) this.#emit({ type: 'overflow', stream, droppedSamples });
    if (!this.#ranDry) return;
    this.#ranDry = false;
    this.#reserve.grow();
    this.#emit({ type: 'underrun', stream, playedSamples: source.playedSamples, reserveMs: this.#reserve.ms });
  }

  #stop(stream: number, fadeMs: number): void {
    if (!this.#isCurrent(stream)) {
      const playedSamples = this.#playedByStream.get(stream) ?? 0;
      this.#emit({ type: 'stopped', stream, playedSamples, contextTime: this.#nextTime });
      return;
    }
    if (this.#phase === 'stopping') return;
    if (!this.#isHeard) return this.#finish('stopped', this.#nextTime);
    this.#phase = 'stopping';
    this.#pause = 'none';
    this.#shaper.fadeOut(fadeMs);
  }

  #fadeToStill(stream: number, fadeMs: number): void {
    if (!this.#isCurrent(stream) || this.#phase === 'stopping' || this.#pause !== 'none') return;
    this.#pause = this.#isHeard ? 'fading' : 'still';
    if (this.#pause === 'fading') this.#shaper.fadeOut(fadeMs);
  }

  #resume(stream: number, rampMs: number): void {
    if (!this.#isCurrent(stream) || this.#pause === 'none') return;
    if (this.#pause === 'still') this.#shaper.finishDucking();
    this.#pause = 'none';
    this.#shaper.fadeIn(rampMs);
  }

  #play(source: PlaybackStream, output: Float32Array, samples: number, contextTime: number): void {
    const isFading = this.#phase === 'stopping' || this.#pause === 'fading';
    const wanted = isFading ? Math.min(samples, this.#shaper.fadeSamplesLeft) : samples;
    const made = source.read(this.#scratch, wanted);
    if (!this.#isAudible) this.#listen(made, contextTime);
    this.#shaper.mixTail(output, 0, made);
    this.#unreportedPower += this.#shaper.mix(this.#scratch, output, made);
    this.#unreportedSamples += made;
    const endTime = contextTime + made / this.#contextRateHz;
    const isFaded = isFading && (made < wanted || this.#shaper.fadeSamplesLeft === 0);
    if (isFaded && this.#phase === 'stopping') this.#finish('stopped', endTime);
    else if (source.isDrained) this.#finish('drained', endTime);
    else if (isFaded) this.#standStill();
    else if (made < samples) this.#runDry();
    else this.#reserve.ease((1000 * made) / this.#contextRateHz);
    this.#shaper.mixTail(output, made, samples);
    this.#reportProgress(source);
  }

  /** Reports the first sample of the stream that is heard, if it is among the `made` ones at hand. */
  #listen(made: number, contextTime: number): void {
    let i = 0;
    while (i < made && Math.abs(this.#scratch[i]!) <= AUDIBLE) i++;
    this.#leadSamples += i;
    if (i === made) return;
    this.#isAudible = true;
    const leadMs = (1000 * this.#leadSamples) / this.#contextRateHz;
    const firstTime = contextTime + i / this.#contextRateHz;
    this.#emit({ type: 'audible', stream: this.#stream, contextTime: firstTime, leadMs });
  }

  /** Where the fade ended; or sooner, if there was not enough audio for it, which nobody hears as a gap. */
  #standStill(): void {
    this.#pause = 'still';
    this.#shaper.breakOff();
  }

  #runDry(): void {
    this.#phase = 'gathering';
    this.#ranDry = true;
    this.#shaper.breakOff();
    this.#shaper.fadeIn();
  }

  #finish(how: 'drained' | 'stopped', contextTime: number): void {
    const playedSamples = this.#source?.playedSamples ?? 0;
    this.#phase = 'idle';
    this.#pause = 'none';
    this.#shaper.breakOff();
    this.#remember(this.#stream, playedSamples);
    this.#emit({ type: how, stream: this.#stream, playedSamples, contextTime });
  }

  #remember(stream: number, playedSamples: number): void {
    this.#playedByStream.set(stream, playedSamples);
    const [oldest] = this.#playedByStream.keys();
    if (this.#playedByStream.size > REMEMBERED_STREAMS && oldest !== undefined) this.#playedByStream.delete(oldest);
  }

  #reportProgress(source: PlaybackStream): void {
    if (this.#phase === 'idle' || this.#unreportedSamples < (PROGRESS_MS / 1000) * this.#contextRateHz) return;
    this.#progress.stream = this.#stream;
    this.#progress.playedSamples = source.playedSamples;
    this.#progress.bufferedMs = source.bufferedMs;
    this.#progress.levelDb = toDbfs(Math.sqrt(this.#unreportedPower / this.#unreportedSamples));
    this.#unreportedSamples = 0;
    this.#unreportedPower = 0;
    this.#emit(this.#progress);
  }

  /** There is something to fade out. Not so right after a resume: a fade from silence would lose the samples in it. */
  get #isHeard(): boolean {
    return this.#phase !== 'gathering' && this.#pause !== 'still' && !this.#shaper.isSilent;
  }

  #isCurrent(stream: number): boolean {
    return this.#phase !== 'idle' && stream === this.#stream;
  }
}
