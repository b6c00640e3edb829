import { readFile } from 'node:fs/promises';
import { resample } from '#dsp/resampler';
import { openWav } from '#dsp/wav';
import { toInt16, toLineSpeech } from '../sound/level.ts';
import { LINE_RATE_HZ } from '../sound/line.ts';
import type { Scenario } from './scenario.ts';

/** Makes speech of a text; the same each time, if calls are to be alike. */
export type Speak = (text: string) => Promise<{ samples: Int16Array; rateHz: number }>;

export interface Utterance {
  /** What is said, or the file that says it. */
  text: string;
  /** At the rate of the line and the level of speech, from its first sound to its last. */
  speech: Float32Array;
}

/** Everything a caller may come to say, made before the call. */
export interface CallerSounds {
  lines: readonly Utterance[];
  backchannels: readonly Utterance[];
  noise?: Float32Array;
}

/** Problems throw: without its sounds there is no call. */
export async function loadCallerSounds({ lines, backchannels, noise }: Scenario, speak: Speak): Promise<CallerSounds> {
  const spoken = async (text: string): Promise<Utterance> => {
    const { samples, rateHz } = await speak(text);
    return { text, speech: toLineSpeech(samples, rateHz) };
  };
  const fromFile = async (path: string): Promise<Utterance> => {
    const sound = await readMono(path);
    return { text: path, speech: toLineSpeech(toInt16(sound), LINE_RATE_HZ) };
  };
  // One after the other: a synthesizer is a program of its own, and cores are few.
  const all = async <T>(things: readonly T[], load: (thing: T) => Promise<Utterance>): Promise<Utterance[]> => {
    const loaded = [];
    for (const thing of things) loaded.push(await load(thing));
    return loaded;
  };
  return {
    lines: await all(lines, (line) => (typeof line === 'string' ? spoken(line) : fromFile(line.wav))),
    backchannels: await all(backchannels?.say ?? [], spoken),
    ...(noise?.wav !== undefined && { noise: await readMono(noise.wav) }),
  };
}

async function readMono(path: string): Promise<Float32Array> {
  const wav = openWav(await readFile(path));
  if (!wav.ok) throw new Error(`${path}: ${wav.problem.kind}, ${wav.problem.detail ?? ''}`);
  const [channel = new Float32Array(0)] = wav.value.read(0, wav.value.frames);
  return resample(channel, wav.value.rateHz, LINE_RATE_HZ);
}
