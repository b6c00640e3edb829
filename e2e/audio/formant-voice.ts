import { toPhones, type Phone } from './phones.ts';

const TOP_FORMANTS_HZ = [3400, 4300];
const BANDWIDTHS_HZ = [70, 90, 130, 200, 280];
/** Articulators take about this long to move; sounds cut hard against each other are heard as buzzing, not as speech. */
const GLIDE_MS = 18;
/** They are moved about once a millisecond. */
const CONTROL_SAMPLES = 24;
const OPEN_QUOTIENT = 0.62;
const PEAK = 0.5;

/**
 * Something with pitch, formants, syllables and breath, for machines without a speech synthesizer: glottal pulses and
 * noise through resonators in cascade, after Klatt, "Software for a cascade/parallel formant synthesizer" (1980). The
 * same text gives the same samples everywhere. Tuned until Silero takes it for speech.
 */
export function synthesizeVoice(text: string, rateHz: number): Float32Array<ArrayBuffer> {
  const phones = toPhones(text);
  const totalMs = phones.reduce((sum, { ms }) => sum + ms, 0);
  const samples = new Float32Array(Math.ceil((totalMs * rateHz) / 1000) + 1);
  const random = seededRandom(text);
  const tract = new Tract(rateHz);
  const glottis = new Glottis(rateHz, random);
  const noiseBand = new Resonator(rateHz);
  let now: Phone = { ms: 0, formantsHz: [500, 1500, 2500], voicing: 0, noise: 0, noiseHz: 2000 };
  let at = 0;
  let startMs = 0;
  for (const phone of phones) {
    const end = Math.round(((startMs + phone.ms) * rateHz) / 1000);
    for (; at < end; at++) {
      if (at % CONTROL_SAMPLES === 0) {
        now = glide(now, phone, 1 - Math.exp((-1000 * CONTROL_SAMPLES) / (GLIDE_MS * rateHz)));
        tract.tune(now.formantsHz);
        noiseBand.tune(Math.min(now.noiseHz, rateHz * 0.45), 1500);
      }
      const voiced = glottis.next(pitchHz(at / rateHz, totalMs / 1000)) * now.voicing;
      const breath = (random() - 0.5) * 0.02 * now.voicing;
      samples[at] = tract.next(voiced + breath) + noiseBand.next((random() - 0.5) * now.noise * 0.25);
    }
    startMs += phone.ms;
  }
  return normalize(samples);
}

/** A step of the articulators from one sound towards the next. */
function glide(from: Phone, to: Phone, share: number): Phone {
  const towards = (a: number, b: number) => a + share * (b - a);
  const [f1, f2, f3] = from.formantsHz;
  const [g1, g2, g3] = to.formantsHz;
  return {
    ms: 0,
    formantsHz: [towards(f1, g1), towards(f2, g2), towards(f3, g3)],
    voicing: towards(from.voicing, to.voicing),
    noise: towards(from.noise, to.noise),
    noiseHz: towards(from.noiseHz, to.noiseHz),
  };
}

/** Falls over a sentence, with an accent about four times a second. */
function pitchHz(timeS: number, totalS: number): number {
  return (
    132 - 34 * (timeS / Math.max(totalS, 0.5)) + 11 * Math.sin(2 * Math.PI * 1.9 * timeS) + 4 * Math.sin(23 * timeS)
  );
}

/** Rosenberg's pulse, differentiated as lips do; period and strength waver as a throat's do. */
class Glottis {
  readonly #rateHz: number;
  readonly #random: () => number;
  #phase = 0;
  #jitter = 1;
  #shimmer = 1;

  constructor(rateHz: number, random: () => number) {
    this.#rateHz = rateHz;
    this.#random = random;
  }

  next(pitch: number): number {
    this.#phase += (pitch * this.#jitter) / this.#rateHz;
    if (this.#phase >= 1) {
      this.#phase -= 1;
      this.#jitter = 1 + 0.02 * (this.#random() - 0.5);
      this.#shimmer = 1 + 0.12 * (this.#random() - 0.5);
    }
    const open = this.#phase / OPEN_QUOTIENT;
    return open >= 1 ? 0 : this.#shimmer * (2 * open - 3 * open * open);
  }
}

class Tract {
  readonly #resonators: readonly Resonator[];

  constructor(rateHz: number) {
    this.#resonators = BANDWIDTHS_HZ.map(() => new Resonator(rateHz));
    this.tune([500, 1500, 2500]);
  }

  tune(formantsHz: Phone['formantsHz']): void {
    for (const [i, hz] of [...formantsHz, ...TOP_FORMANTS_HZ].entries()) {
      this.#resonators[i]?.tune(hz, BANDWIDTHS_HZ[i] ?? 200);
    }
  }

  next(input: number): number {
    let signal = input;
    for (const resonator of this.#resonators) signal = resonator.next(signal);
    return signal;
  }
}

/** Two poles with unit gain at 0 Hz. */
class Resonator {
  readonly #rateHz: number;
  #a = 1;
  #b = 0;
  #c = 0;
  #last = 0;
  #beforeLast = 0;

  constructor(rateHz: number) {
    this.#rateHz = rateHz;
  }

  tune(hz: number, bandwidthHz: number): void {
    const radius = Math.exp((-Math.PI * bandwidthHz) / this.#rateHz);
    this.#c = -radius * radius;
    this.#b = 2 * radius * Math.cos((2 * Math.PI * hz) / this.#rateHz);
    this.#a = 1 - this.#b - this.#c;
  }

  next(input: number): number {
    const output = this.#a * input + this.#b * this.#last + this.#c * this.#beforeLast;
    this.#beforeLast = this.#last;
    this.#last = output;
    return output;
  }
}

/** mulberry32, seeded by FNV-1a over the text. */
function seededRandom(text: string): () => number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function normalize(samples: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return peak === 0 ? samples : samples.map((sample) => (sample * PEAK) / peak);
}
