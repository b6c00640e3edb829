import { readdirSync, readFileSync } from 'node:fs';
import { fromDb, rmsDbfs } from '#dsp/level';
import { resample } from '#dsp/resampler';
import { openAudioFile } from '../../../relay/speech/decode/audio-file.ts';
import { createRandom } from './random.ts';
import { RATE_HZ, toSamples, type RecordedCall } from './recorded-call.ts';
import { hasSharedData, loadSound, sharedPath } from './shared-data.ts';
import { mixIn, roomTone } from './sound.ts';

/** A sound without speech, at whatever level it was recorded. */
export interface Noise {
  name: string;
  samples: Float32Array;
}

/** RMS over the whole of a noise, from a quiet room to as loud as speech is. */
const LEVELS_DB = [-56, -46, -36, -26];
const LEAD_MS = 1_000;

/** `minutes` in all, each noise at each level for the same time. */
export function noiseCalls(noises: readonly Noise[], minutes: number): RecordedCall[] {
  const eachMs = (minutes * 60_000) / (noises.length * LEVELS_DB.length);
  return noises.flatMap(({ name, samples }) =>
    LEVELS_DB.map((levelDb) => ({
      id: `${name} at ${levelDb} dBFS`,
      group: name,
      samples: looped(samples, toSamples(eachMs), levelDb),
      turns: [],
      interjections: [],
    })),
  );
}

function looped(noise: Float32Array, length: number, levelDb: number): Float32Array<ArrayBuffer> {
  const gain = fromDb(levelDb - rmsDbfs(noise));
  const once = Float32Array.from(noise, (sample) => Math.max(-1, Math.min(1, sample * gain)));
  const samples = roomTone(length, length);
  for (let at = toSamples(LEAD_MS); at < length; at += once.length) mixIn(samples, once, at);
  return samples;
}

/** Noise and music; made on the spot where the recordings are absent. */
export async function loadNoises(): Promise<Noise[]> {
  if (!hasSharedData()) return [whiteNoise(), keyClicks(), chords()];
  const names = ['typing', 'jazz_guitar', 'rain', 'doing_the_dishes'];
  return [...(await Promise.all(names.map((name) => recordedNoise(name)))), taps()];
}

/** A crowd that cheers: voices, though no words. */
export const loadCrowd = async (): Promise<Noise[]> => (hasSharedData() ? [await recordedNoise('crowd_cheering')] : []);

export async function recordedNoise(name: string): Promise<Noise> {
  const opened = await openAudioFile(readFileSync(sharedPath(`noise/${name}.flac`)));
  if (!opened.ok) throw new Error(`${name}: ${opened.problem.kind}`);
  const blocks = [...opened.value.blocks()];
  const rateHz = blocks[0]?.rateHz ?? RATE_HZ;
  const mono = Float32Array.from(blocks.flatMap(({ channels }) => [...(channels[0] ?? [])]));
  return { name: name.replaceAll('_', ' '), samples: resample(mono, rateHz, RATE_HZ) };
}

/** Short knocks and scratches, one after the other. */
function taps(): Noise {
  const files = readdirSync(sharedPath('noise')).filter((name) => name.endsWith('.wav'));
  const sounds = files.sort().map((name) => loadSound(`noise/${name}`));
  const samples = new Float32Array(toSamples(10_000));
  const random = createRandom(7);
  for (let at = 0, i = 0; at < samples.length; i++) {
    const sound = sounds[i % sounds.length] ?? samples;
    mixIn(samples, sound, at);
    at += sound.length + toSamples(200 + 600 * random());
  }
  return { name: 'knocks and scratches', samples };
}

const whiteNoise = (): Noise => ({ name: 'white noise', samples: roomTone(toSamples(10_000), 1, -30) });

function keyClicks(): Noise {
  const samples = new Float32Array(toSamples(10_000));
  const random = createRandom(2);
  for (let at = 0; at < samples.length; at += toSamples(60 + 200 * random())) {
    const click = roomTone(toSamples(12), at, -20).map((sample, i) => sample * Math.exp(-i / 40));
    mixIn(samples, click, at);
  }
  return { name: 'key clicks', samples };
}

function chords(): Noise {
  const samples = new Float32Array(toSamples(10_000));
  const roots = [220, 174.6, 196, 146.8];
  for (let i = 0; i < samples.length; i++) {
    const root = roots[Math.floor(i / toSamples(1_250)) % roots.length] ?? 220;
    const age = (i % toSamples(1_250)) / RATE_HZ;
    const tones = [1, 1.25, 1.5, 2].map((ratio) => Math.sin((2 * Math.PI * root * ratio * i) / RATE_HZ));
    samples[i] = 0.1 * Math.exp(-2 * age) * tones.reduce((sum, tone) => sum + tone, 0);
  }
  return { name: 'chords', samples };
}
