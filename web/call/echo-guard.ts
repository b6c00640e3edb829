import { RATE_HZ } from '#dsp/echo/blocks';
import { EchoPath } from '#dsp/echo/echo-path';
import { SampleClock } from '#dsp/echo/sample-clock';
import { Emitter } from '#kernel/emitter';
import type { PlaybackEvent } from '../audio/worklets/playback.messages.ts';
import type { EchoReport } from '../conversation/ports.ts';

export type PlayedFrame = Pick<Extract<PlaybackEvent, { type: 'tap' }>, 'sequence' | 'pcm' | 'endContextTime'>;

export interface GuardedFrame {
  /** Likelihood, 0 to 1, that all there is to hear in the frame is our own loudspeaker. */
  likelihood: number;
  /** The frame with the echo taken out, valid until the next call; the frame itself while nothing comes back. */
  residual: Float32Array;
}

/** A quarter of a second of output tells something. */
const MEASURED_FRAMES = 8;
/** After so much of it (1.3 s) an echo would have been found, were there one above the noise. */
const SEARCHED_FRAMES = 40;
const CLEAR_DB = -50;
/** As much as the noise of a room lets the first cue show: what comes back is no more than this, if anything does. */
const QUIET_DB = -25;
/** The microphone turns the echo up beyond what was played, and … */
const LOUD_DB = 6;
/** … little of that can be taken out, for 2 s of output without a talker. */
const POOR_DB = 6;
const POOR_FRAMES = 62;
/** Good again: with some distance, so that the mode does not flutter. */
const GOOD_DB = 9;
const CHANGED_DB = 3;
const CHANGED_MS = 10;

/**
 * Keeps the assistant from hearing itself: compares what the microphone hears with what the loudspeaker played, both on
 * the audio context's clock. Costs next to nothing while nothing plays.
 */
export class EchoGuard {
  readonly #path = new EchoPath();
  readonly #playedClock = new SampleClock(RATE_HZ);
  readonly #heardClock = new SampleClock(RATE_HZ);
  readonly #reports = new Emitter<{ changed: EchoReport }>();
  readonly #guarded: GuardedFrame = { likelihood: 0, residual: new Float32Array(0) };
  #report: EchoReport = { mode: 'unknown' };
  #lastSequence = -1;
  #poorFrames = 0;
  /** Frames that the gauge had seen when it was last read: silence and talkers measure nothing. */
  #measuredFrames = 0;

  get report(): EchoReport {
    return this.#report;
  }

  /** Told when the mode changes, or a figure by more than 3 dB or 10 ms. */
  onReport(listener: (report: EchoReport) => void): () => void {
    return this.#reports.on('changed', listener);
  }

  /** A frame of the playback tap; the samples are copied. */
  played({ sequence, pcm, endContextTime }: PlayedFrame): void {
    const framesOn = sequence - this.#lastSequence;
    this.#lastSequence = sequence;
    this.#path.play(pcm, this.#playedClock.advance(endContextTime, framesOn * pcm.length));
  }

  /** The next frame of the microphone: 512 samples at 16 kHz. */
  hear(frame: Float32Array, endContextTime: number): GuardedFrame {
    const likelihood = this.#path.hear(frame, this.#heardClock.advance(endContextTime, frame.length));
    const isHalf = this.#report.mode === 'half-duplex' && this.#path.isActive;
    this.#guarded.likelihood = isHalf ? 1 : likelihood;
    this.#guarded.residual = this.#path.residual;
    if (this.#path.isActive) this.#measure();
    return this.#guarded;
  }

  /** Another loudspeaker, microphone or way of processing: what was learned does not hold any more. */
  routeChanged(): void {
    this.#path.reset();
    this.#poorFrames = 0;
    this.#tell({ mode: 'unknown' });
  }

  /** Another audio context, with a clock of its own. */
  restart(): void {
    this.#path.restart();
    this.#playedClock.reset();
    this.#heardClock.reset();
    this.#lastSequence = -1;
    this.routeChanged();
  }

  #measure(): void {
    const { gauge, delaySamples, isProven } = this.#path;
    if (gauge.frames < MEASURED_FRAMES || gauge.frames === this.#measuredFrames) return;
    this.#measuredFrames = gauge.frames;
    const isKnown = isProven && delaySamples !== undefined;
    const leakDb = isKnown ? gauge.leakDb : gauge.heardDb;
    const removedDb = isKnown ? gauge.removedDb : 0;
    const isPoor = leakDb > LOUD_DB && removedDb < (this.#report.mode === 'half-duplex' ? GOOD_DB : POOR_DB);
    this.#poorFrames = isPoor ? this.#poorFrames + 1 : 0;
    const measured = isKnown ? { leakDb, removedDb, delayMs: (1000 * delaySamples) / RATE_HZ } : { leakDb };
    if (this.#poorFrames > POOR_FRAMES) return this.#tell({ mode: 'half-duplex', ...measured });
    if (isPoor && this.#report.mode === 'half-duplex') return;
    if (isKnown) this.#tell({ mode: leakDb < CLEAR_DB ? 'clear' : 'filtered', ...measured });
    else if (leakDb < QUIET_DB || (gauge.frames > SEARCHED_FRAMES && !isPoor))
      this.#tell({ mode: 'clear', ...measured });
  }

  #tell(report: EchoReport): void {
    if (!isNews(this.#report, report)) return;
    this.#report = report;
    this.#reports.emit('changed', report);
  }
}

function isNews(old: EchoReport, report: EchoReport): boolean {
  return (
    old.mode !== report.mode ||
    differs(old.leakDb, report.leakDb, CHANGED_DB) ||
    differs(old.removedDb, report.removedDb, CHANGED_DB) ||
    differs(old.delayMs, report.delayMs, CHANGED_MS)
  );
}

function differs(a: number | undefined, b: number | undefined, by: number): boolean {
  if (a === undefined || b === undefined) return a !== b;
  return Math.abs(a - b) > by;
}
