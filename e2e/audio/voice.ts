import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resample } from '#dsp/resampler';
import { synthesizeVoice } from './formant-voice.ts';
import { findSpeechProgram, type SpeechProgram } from './speech-program.ts';
import { encodeWav, parseWav, type Recording } from './wav.ts';

export const VOICE_RATE_HZ = 24_000;

const CACHE_FOLDER = fileURLToPath(new URL('../../.cache/voice/', import.meta.url));

export interface Speech extends Recording {
  /** Who spoke: a synthesizer of this machine, or the built-in formant voice where there is none. */
  engine: SpeechProgram['name'] | 'formant';
}

const spoken = new Map<string, Promise<Speech>>();

/** Speech at 24 kHz. The same text sounds the same each time; made once, then kept in memory and in `.cache/voice`. */
export function speak(text: string): Promise<Speech> {
  let speech = spoken.get(text);
  if (!speech) {
    speech = synthesize(text);
    spoken.set(text, speech);
  }
  return speech;
}

async function synthesize(text: string): Promise<Speech> {
  const program = await findSpeechProgram();
  if (!program)
    return { samples: toInt16(synthesizeVoice(text, VOICE_RATE_HZ)), rateHz: VOICE_RATE_HZ, engine: 'formant' };
  const key = createHash('sha256').update(`${program.name}\0${text}`).digest('hex').slice(0, 32);
  const path = join(CACHE_FOLDER, `${key}.wav`);
  const cached = await readFile(path).then(parseWav, () => undefined);
  if (cached) return { ...cached, engine: program.name };
  const { samples, rateHz } = await program.synthesize(text);
  const speech = { samples: toInt16(resample(toFloat(samples), rateHz, VOICE_RATE_HZ)), rateHz: VOICE_RATE_HZ };
  await mkdir(CACHE_FOLDER, { recursive: true });
  // Renamed into place: several test processes may be making the same text.
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, encodeWav(speech));
  await rename(draft, path);
  return { ...speech, engine: program.name };
}

export const toFloat = (samples: Int16Array): Float32Array<ArrayBuffer> =>
  Float32Array.from(samples, (sample) => sample / 32768);

export const toInt16 = (samples: Float32Array): Int16Array<ArrayBuffer> =>
  Int16Array.from(samples, (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * 32768))));
