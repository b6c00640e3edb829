import { POINTS, position, transform } from './fourier.ts';
import { createMelFilters } from './mel-filters.ts';

/** What the network takes: 8 s at 16 kHz as 80 mel bands every 10 ms, band after band. */
export const LOG_MEL = { rateHz: 16_000, samples: 128_000, hopSamples: 160, bands: 80, frames: 800 } as const;

const BINS = POINTS / 2 + 1;
const EDGE = POINTS / 2;
/** Of the waveform's variance: silence must not be divided by zero. */
const VARIANCE_FLOOR = 1e-7;
const POWER_FLOOR = 1e-10;
/** In powers of ten below the loudest. */
const RANGE = 8;

const FILTERS = createMelFilters(LOG_MEL.bands, POINTS, LOG_MEL.rateHz);
/** Hann, of period 400. */
const WINDOW = Float64Array.from({ length: POINTS }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / POINTS));

/**
 * The front end of Whisper (arXiv 2212.04356; figures from its feature extractor's configuration) over the last eight
 * seconds, with zeros before what is shorter: the waveform brought to mean 0 and variance 1, zeros included, mirrored at
 * both ends; power of 25 ms every 10 ms; 80 mel bands; log10, at most 80 dB below the loudest; (x + 4) / 4.
 */
export function logMel(audio: Float32Array): Float32Array<ArrayBuffer> {
  const waveform = toPaddedWaveform(audio);
  const features = new Float32Array(LOG_MEL.bands * LOG_MEL.frames);
  const re = new Float64Array(POINTS);
  const im = new Float64Array(POINTS);
  const [even, odd] = [new Float64Array(BINS), new Float64Array(BINS)];
  // Two real frames make one complex transform. There would be a frame 800, centred on the end; it is not used.
  for (let frame = 0; frame < LOG_MEL.frames; frame += 2) {
    const at = frame * LOG_MEL.hopSamples;
    for (let i = 0; i < POINTS; i++) {
      const to = position(i);
      re[to] = waveform[at + i]! * WINDOW[i]!;
      im[to] = waveform[at + LOG_MEL.hopSamples + i]! * WINDOW[i]!;
    }
    transform(re, im);
    separatePowers(re, im, even, odd);
    writeBands(even, features, frame);
    writeBands(odd, features, frame + 1);
  }
  return scale(features);
}

/** Eight seconds that end where the audio ends, normalised, and half a window more at each end, mirrored. */
function toPaddedWaveform(audio: Float32Array): Float64Array {
  const { samples } = LOG_MEL;
  const kept = audio.length > samples ? audio.subarray(audio.length - samples) : audio;
  let sum = 0;
  for (let i = 0; i < kept.length; i++) sum += kept[i]!;
  const mean = sum / samples;
  let squares = (samples - kept.length) * mean * mean;
  for (let i = 0; i < kept.length; i++) squares += (kept[i]! - mean) ** 2;
  const gain = 1 / Math.sqrt(squares / samples + VARIANCE_FLOOR);

  const waveform = new Float64Array(samples + 2 * EDGE).fill(-mean * gain);
  const start = EDGE + samples - kept.length;
  for (let i = 0; i < kept.length; i++) waveform[start + i] = (kept[i]! - mean) * gain;
  const last = EDGE + samples - 1;
  for (let i = 1; i <= EDGE; i++) {
    waveform[EDGE - i] = waveform[EDGE + i]!;
    waveform[last + i] = waveform[last - i]!;
  }
  return waveform;
}

/** Power spectra of the two real signals that went in as real and imaginary part. */
function separatePowers(re: Float64Array, im: Float64Array, first: Float64Array, second: Float64Array): void {
  for (let bin = 0; bin < BINS; bin++) {
    const mirror = bin === 0 ? 0 : POINTS - bin;
    const sumR = re[bin]! + re[mirror]!;
    const sumI = im[bin]! + im[mirror]!;
    const differenceR = re[mirror]! - re[bin]!;
    const differenceI = im[bin]! - im[mirror]!;
    first[bin] = (sumR * sumR + differenceI * differenceI) / 4;
    second[bin] = (sumI * sumI + differenceR * differenceR) / 4;
  }
}

function writeBands(powers: Float64Array, features: Float32Array, frame: number): void {
  for (let band = 0; band < LOG_MEL.bands; band++) {
    const { firstBin, weights } = FILTERS[band]!;
    let power = 0;
    for (let i = 0; i < weights.length; i++) power += weights[i]! * powers[firstBin + i]!;
    features[band * LOG_MEL.frames + frame] = Math.log10(Math.max(power, POWER_FLOOR));
  }
}

function scale(features: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  let loudest = -Infinity;
  for (let i = 0; i < features.length; i++) loudest = Math.max(loudest, features[i]!);
  const floor = loudest - RANGE;
  for (let i = 0; i < features.length; i++) features[i] = (Math.max(features[i]!, floor) + 4) / 4;
  return features;
}
