import { BANDS, bandPowers } from './bands.ts';
import type { Spectrum } from './real-fft.ts';
import type { ReferenceSpectra } from './reference-spectra.ts';

/** So long every sound counts as echo: 256 ms of output, the cue of a call. Longer, and a talker would set the bound. */
const UNKNOWN_FRAMES = 8;
/** Of what is quieter next to nothing can come back: about -50 dBFS, over all bands. */
const AUDIBLE = 2;
/** Loudspeakers are not flat, and the loudest moment of an answer may come later. */
const MARGIN_DB = 6;
const SLOPE_DB = 1.5;
/** A talker may have been taken for echo: 3 dB a second. */
const FORGET = 10 ** -0.0096;
/** … and louder echo than before for a talker: 6 dB a second. */
const RISE = 10 ** 0.0192;

/**
 * Judges a frame while neither delay nor path of the echo are known: it can be as loud as the loudest of what was played
 * in the last 0.7 s, at the greatest share of it that has come back so far.
 */
export class EchoBound {
  readonly #loudest = new Float32Array(BANDS);
  readonly #band = new Float32Array(BANDS);
  #share = 0;
  #frames = 0;

  /** Frames judged so far. */
  get frames(): number {
    return this.#frames;
  }

  reset(): void {
    this.#share = 0;
    this.#frames = 0;
  }

  /** `heard`: the microphone's frame. Returns the likelihood of nothing but echo. */
  update(heard: Spectrum, spectra: ReferenceSpectra, ages: number): number {
    const reference = this.#loudestPlayed(spectra, ages);
    bandPowers(heard, this.#band);
    const microphone = sum(this.#band);
    const before = this.#share * FORGET;
    const share = microphone / (reference + 1e-9);
    if (reference > AUDIBLE) {
      const isKnown = this.#frames >= UNKNOWN_FRAMES;
      // One frame of a talker must not raise the bound at once to where it hides the next.
      this.#share = Math.max(before, isKnown ? Math.min(share, before * RISE) : share);
      this.#frames++;
    }
    if (this.#frames <= UNKNOWN_FRAMES) return 1;
    return 1 / (1 + Math.exp((10 * Math.log10(share / (before + 1e-12)) - MARGIN_DB) / SLOPE_DB));
  }

  #loudestPlayed(spectra: ReferenceSpectra, ages: number): number {
    this.#loudest.fill(0);
    for (let age = 0; age < ages; age++) {
      if (spectra.energy(age) === 0) continue;
      bandPowers(spectra.at(age), this.#band);
      // Half a window of the reference is compared with a block of the microphone.
      for (let b = 0; b < BANDS; b++) this.#loudest[b] = Math.max(this.#loudest[b]!, 0.5 * this.#band[b]!);
    }
    return sum(this.#loudest);
  }
}

function sum(bands: Float32Array): number {
  let total = 0;
  for (let b = 0; b < bands.length; b++) total += bands[b]!;
  return total;
}
