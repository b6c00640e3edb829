import { resonator, seededNoise } from './interjection-parts.ts';

const RATE_HZ = 16_000;
const TAU = 2 * Math.PI;

/** What people do over an answer without meaning to take the floor. */
export type InterjectionKind = 'cough' | 'mm-hm' | 'hum' | 'laugh' | 'keyboard';
export const INTERJECTION_KINDS: readonly InterjectionKind[] = ['cough', 'mm-hm', 'hum', 'laugh', 'keyboard'];

/**
 * Made on the spot at 16 kHz, mono, peaking at 0.3; each `seed` is another throat, mood or key. The same kind and seed
 * give the same samples everywhere.
 */
export function interjection(kind: InterjectionKind, seed: number): Float32Array<ArrayBuffer> {
  const random = seededNoise(`${kind} ${seed}`);
  const between = (low: number, high: number) => low + (high - low) * (0.5 + 0.5 * random());
  const samples = MAKERS[kind](between, random);
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-9);
  return samples.map((sample) => (sample * 0.3) / peak);
}

type Between = (low: number, high: number) => number;
type Noise = () => number;

const MAKERS: Record<InterjectionKind, (between: Between, noise: Noise) => Float32Array<ArrayBuffer>> = {
  cough: (between, noise) => cough(between, noise, between(0.28, 0.42)),
  'mm-hm': (between) => {
    const pitchHz = between(95, 230);
    const first = hum(between, between(0.12, 0.2), pitchHz, -0.08);
    const second = hum(between, between(0.15, 0.25), pitchHz * between(1.05, 1.25), 0.12);
    return join(first, silence(between(0.02, 0.06)), second);
  },
  hum: (between) => hum(between, between(0.25, 0.42), between(95, 230), between(-0.15, 0.05)),
  laugh: (between, noise) => {
    const pitchHz = between(140, 300);
    const bursts = Array.from({ length: 2 }, (_, i) => laughed(between, noise, pitchHz * (1 - 0.06 * i)));
    return join(...bursts);
  },
  keyboard: (between, noise) => join(...Array.from({ length: 4 }, () => key(between, noise))),
};

/**
 * After the phases of a cough (Korpáš, Sadloňová and Vrabec, "Analysis of the cough sound", 1996): an explosive burst,
 * a noisy stretch in which the folds flutter, and mostly a voiced end, all decaying. Tuned until Silero takes it for
 * voice as it does recorded coughs: most of them, for about a quarter of a second.
 */
function cough(between: Between, noise: Noise, seconds: number): Float32Array<ArrayBuffer> {
  const burstS = between(0.03, 0.06);
  const voicedFromS = between(0.08, 0.14);
  const pitchHz = between(160, 320);
  const voicing = between(2, 4);
  const decay = between(2, 4);
  const tract = throat([between(550, 800), between(1_100, 1_600), between(2_300, 2_900), between(3_500, 4_200)], 110);
  let phase = 0;
  return render(seconds, (at) => {
    phase += (pitchHz * (1 - 0.3 * (at / seconds)) * (1 + 0.25 * noise())) / RATE_HZ;
    const burst = Math.exp(-Math.max(0, at - 0.006) / burstS) * Math.min(1, at / 0.006);
    const flow = Math.exp((-decay * at) / seconds) * Math.min(1, at / 0.02) * fadeOut(at, seconds);
    const voice = voicing * flow * pulse(phase) * Math.max(0, Math.min(1, (at - voicedFromS) / 0.03));
    return tract(noise() * (0.8 * burst + 0.35 * flow) + voice);
  });
}

/** A voice behind closed lips: harmonics that fall by 12 dB an octave above the nasal formant at about 280 Hz. */
function hum(between: Between, seconds: number, pitchHz: number, glide: number): Float32Array<ArrayBuffer> {
  const nasalHz = between(240, 320);
  const levels = Array.from({ length: 12 }, (_, i) => 1 / (1 + (((i + 1) * pitchHz) / nasalHz) ** 2.4));
  const vibratoHz = between(4, 6);
  let phase = 0;
  return render(seconds, (at) => {
    phase += (pitchHz * (1 + glide * (at / seconds) + 0.01 * Math.sin(TAU * vibratoHz * at))) / RATE_HZ;
    const voice = levels.reduce((sum, level, i) => sum + level * Math.sin(TAU * (i + 1) * phase), 0);
    return voice * Math.min(1, at / 0.03) * fadeOut(at, seconds);
  });
}

/** "Ha": a puff of breath through an open mouth, then a short voiced part. */
function laughed(between: Between, noise: Noise, pitchHz: number): Float32Array<ArrayBuffer> {
  const seconds = between(0.17, 0.22);
  const puffS = between(0.06, 0.1);
  const tract = [between(600, 800), between(1_200, 1_500), between(2_400, 2_800)].map((hz) =>
    resonator(hz, 140, RATE_HZ),
  );
  return render(seconds, (at) => {
    const breath = noise() * Math.exp((-3 * Math.max(0, at - puffS / 2)) / puffS) * Math.min(1, at / 0.02);
    const voice = at > puffS ? pulse(pitchHz * at) * Math.min(1, (at - puffS) / 0.01) : 0;
    const source = (0.5 * breath + voice) * fadeOut(at, seconds);
    return tract.reduce((sum, resonate) => sum + resonate(source), 0);
  });
}

/** Down and up again: two clicks with a little of the desk in them, then the way to the next key. */
function key(between: Between, noise: Noise): Float32Array<ArrayBuffer> {
  const upS = between(0.05, 0.09);
  const desk = resonator(between(200, 400), 60, RATE_HZ);
  const cap = resonator(between(2_500, 4_500), 900, RATE_HZ);
  return render(between(0.11, 0.18), (at) => {
    const click = Math.exp(-at / 0.004) + (at > upS ? 0.5 * Math.exp(-(at - upS) / 0.003) : 0);
    const source = noise() * click;
    return source + cap(source) + 0.6 * desk(source);
  });
}

/** Of a glottis, as a function of the phase in periods: closing is sharper than opening. */
function pulse(phase: number): number {
  const open = (phase % 1) / 0.6;
  return open >= 1 ? 0 : 2 * open - 3 * open * open;
}

/** Formants side by side, each an octave-wide step weaker than the one below. */
function throat(formantsHz: readonly number[], bandwidthHz: number): (sample: number) => number {
  const resonators = formantsHz.map((hz) => resonator(hz, bandwidthHz, RATE_HZ));
  return (sample) => resonators.reduce((sum, resonate, i) => sum + resonate(sample) / (1 + 0.6 * i), 0);
}

const fadeOut = (at: number, seconds: number): number => Math.min(1, (seconds - at) / 0.04);
const silence = (seconds: number): Float32Array<ArrayBuffer> => new Float32Array(Math.round(seconds * RATE_HZ));

function render(seconds: number, sampleAt: (at: number) => number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: Math.round(seconds * RATE_HZ) }, (_, i) => sampleAt(i / RATE_HZ));
}

function join(...parts: Float32Array[]): Float32Array<ArrayBuffer> {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}
