import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { resample } from '../../resampler.ts';
import { parseWav } from '../../wav.ts';
import { synthesizeVoice } from '../../../e2e/audio/formant-voice.ts';
import { convolve, noise, RATE_HZ, roomResponse } from './room.ts';

const DATA_FOLDER = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));

/** Recordings of voices and rooms where they are at hand, else generated ones. */
export interface Material {
  assistants: Float32Array[];
  talkers: Float32Array[];
  rooms: Float32Array[];
}

export interface Scene {
  /** What leaves the loudspeaker. */
  played: Float32Array;
  /** What the microphone hears: echo, talker, room tone. */
  heard: Float32Array;
  /** The talker alone. */
  near: Float32Array;
  /** Where the talker's utterances begin and end, in samples. */
  utterances: { start: number; end: number }[];
}

export interface SceneOptions {
  seconds: number;
  room: Float32Array;
  delayMs: number;
  /** Level of the echo, relative to the talker's. */
  echoDb: number;
  /** A talker begins every so often; none if absent. */
  talkEveryS?: number;
  seed: number;
}

const TALKER_DB = -26;
const PLAYED_DB = -22;
const ROOM_TONE_DB = -66;

export function loadMaterial(): Material {
  if (!existsSync(DATA_FOLDER)) return generatedMaterial();
  const all = (folder: string) =>
    readdirSync(DATA_FOLDER + folder)
      .filter((name) => name.endsWith('.wav'))
      .sort()
      .map((name) => load(`${folder}/${name}`));
  return {
    assistants: [...all('speech/en/ljspeech'), ...all('farend')],
    talkers: all('turn-stimuli').concat(all('speech/de'), all('speech/it'), all('speech/ja')),
    rooms: all('rir'),
  };
}

export function generatedMaterial(): Material {
  const voice = (text: string) => synthesizeVoice(text, RATE_HZ);
  return {
    assistants: [
      voice('the quick brown fox jumps over the lazy dog and runs away'),
      voice('there is more to be said about that, but not today'),
    ],
    talkers: [voice('wait a moment please'), voice('no, something else')],
    rooms: [roomResponse(200, 1), roomResponse(400, 2)],
  };
}

/** The assistant talks on and on with short breaths; the talker, if any, talks over it now and then. */
export function createScene(material: Material, options: SceneOptions): Scene {
  const samples = options.seconds * RATE_HZ;
  const random = noise(10_000, options.seed);
  let draw = 0;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.abs(random[draw++ % random.length]!) * list.length)]!;
  const played = new Float32Array(samples);
  for (let at = RATE_HZ / 2; at < samples;) {
    const voice = atLevel(pick(material.assistants), PLAYED_DB);
    played.set(voice.subarray(0, Math.min(voice.length, samples - at)), at);
    at += voice.length + pick([1600, 3200, 6400, 12_800]);
  }
  const echo = atLevel(
    convolve(played, options.room, Math.round((options.delayMs * RATE_HZ) / 1000)),
    TALKER_DB + options.echoDb,
  );
  const near = new Float32Array(samples);
  const utterances: Scene['utterances'] = [];
  if (options.talkEveryS !== undefined) {
    for (
      let at = 5 * RATE_HZ;
      at < samples;
      at += Math.round(options.talkEveryS * RATE_HZ * (0.9 + 0.2 * Math.abs(random[draw++]!)))
    ) {
      const voice = atLevel(pick(material.talkers), TALKER_DB);
      if (at + voice.length > samples) break;
      near.set(voice, at);
      utterances.push({ start: at + firstSound(voice), end: at + voice.length });
    }
  }
  const tone = noise(samples, options.seed + 1);
  const toneGain = 10 ** (ROOM_TONE_DB / 20) * Math.sqrt(3);
  const heard = echo.map((x, i) => x + near[i]! + toneGain * tone[i]!);
  return { played, heard, near, utterances };
}

function load(path: string): Float32Array {
  const wav = parseWav(readFileSync(DATA_FOLDER + path));
  if (!wav.ok) throw new Error(`not a WAV file: ${path}`);
  const [channel] = wav.value.channels;
  if (!channel) throw new Error(`no sound: ${path}`);
  return wav.value.rateHz === RATE_HZ ? channel : resample(channel, wav.value.rateHz, RATE_HZ);
}

/** Scaled so that its sounding parts (within 40 dB of the loudest 10 ms) have this level in dBFS. */
export function atLevel(signal: Float32Array, levelDb: number): Float32Array<ArrayBuffer> {
  const powers = powersOf(signal);
  const loud = powers.filter((power) => power > 1e-4 * largest(powers));
  const rms = Math.sqrt(loud.reduce((sum, power) => sum + power, 0) / loud.length);
  return Float32Array.from(signal, (x) => (x * 10 ** (levelDb / 20)) / rms);
}

/** Within 30 dB of the loudest. */
function firstSound(signal: Float32Array): number {
  const powers = powersOf(signal);
  return 160 * powers.findIndex((power) => power > 1e-3 * largest(powers));
}

/** Mean squares of pieces of 10 ms. */
function powersOf(signal: Float32Array): number[] {
  return Array.from({ length: Math.floor(signal.length / 160) }, (_, i) => {
    let sum = 0;
    for (let n = 160 * i; n < 160 * (i + 1); n++) sum += signal[n]! * signal[n]!;
    return sum / 160;
  });
}

const largest = (values: number[]): number => values.reduce((most, value) => Math.max(most, value), 0);
