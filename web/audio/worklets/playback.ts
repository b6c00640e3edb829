import { toDbfs } from '#dsp/level';
import { OutputShaper } from './output-shaper.ts';
import { PlaybackStream } from './playback-stream.ts';
import { StartReserve } from './start-reserve.ts';
import type { PlaybackCommand, PlaybackEvent, PlaybackOptions } from './playback.messages.ts';

const PROGRESS_MS = 50;
/** Larger than any render quantum in use (128 by default), so that the scratch buffer never grows. */
const MAX_QUANTUM_SAMPLES = 2_048;
/** A stop may cross the end of its stream on the way; it is still told how far that stream got. */
const REMEMBERED_STREAMS = 8;

/** `gathering` waits for the start reserve, `fading` plays out a stop. */
type Phase = 'idle' | 'gathering' | 'playing' | 'fading';

/**
 * Plays one answer at a time, from commands and in render quanta, and tells exactly how much of it was played.
 * `render` allocates nothing; the event it reports progress with is reused, so `emit` has to pass it on at once.
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
  #stream = -1;
  #phase: Phase = 'idle';
  #hasStarted = false;
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
    this.#emit = emit;
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
      case 'stop':
        return this.#stop(command.stream, command.fadeMs);
      case 'pause':
      case 'resume':
      case 'cue':
      case 'recycle':
        return;
    }
  }

  /** Fills the first `samples` of `output`, which leave the worklet from `contextTime` on. */
  render(output: Float32Array, samples: number, contextTime: number): void {
    this.#nextTime = contextTime + samples / this.#contextRateHz;
    output.fill(0, 0, samples);
    this.#shaper.mixTail(output, 0, samples);
    const source = this.#source;
    if (!source || this.#phase === 'idle') return;
    if (this.#phase === 'gathering') {
      if (source.bufferedMs < this.#reserve.ms && !source.hasEnded) return;
      this.#phase = 'playing';
    }
    this.#play(source, output, samples, contextTime);
  }

  #start(stream: number, rateHz: number): void {
    if (this.#phase !== 'idle') this.#finish('stopped', this.#nextTime);
    if (this.#source?.rateHz === rateHz) this.#source.restart();
    else this.#source = new PlaybackStream(rateHz, this.#contextRateHz, this.#capacityMs);
    this.#stream = stream;
    this.#phase = 'gathering';
    this.#hasStarted = false;
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
    if (this.#phase === 'gathering') this.#finish('stopped', this.#nextTime);
    if (this.#phase !== 'playing') return;
    this.#phase = 'fading';
    this.#shaper.fadeOut(fadeMs);
  }

  #play(source: PlaybackStream, output: Float32Array, samples: number, contextTime: number): void {
    const isFading = this.#phase === 'fading';
    const wanted = isFading ? Math.min(samples, this.#shaper.fadeSamplesLeft) : samples;
    const made = source.read(this.#scratch, wanted);
    if (made > 0 && !this.#hasStarted) {
      this.#hasStarted = true;
      this.#emit({ type: 'audible', stream: this.#stream, contextTime, leadMs: 0 });
    }
    this.#unreportedPower += this.#shaper.mix(this.#scratch, output, made);
    this.#unreportedSamples += made;
    const endTime = contextTime + made / this.#contextRateHz;
    if (isFading && (made < wanted || this.#shaper.fadeSamplesLeft === 0)) this.#finish('stopped', endTime);
    else if (source.isDrained) this.#finish('drained', endTime);
    else if (made < samples && !isFading) this.#runDry();
    else this.#reserve.ease((1000 * made) / this.#contextRateHz);
    this.#shaper.mixTail(output, made, samples);
    this.#reportProgress(source);
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

  #isCurrent(stream: number): boolean {
    return this.#phase !== 'idle' && stream === this.#stream;
  }
}
