import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resample } from '#dsp/resampler';
import { toFloat } from '../../audio/voice.ts';
import { parseWav } from '../../audio/wav.ts';
import { RATE_HZ } from './recorded-call.ts';

/** Recordings that are not part of the repository; the rig makes its own speech where they are absent. */
const FOLDER = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));

export const hasSharedData = (): boolean => existsSync(FOLDER);

export const sharedPath = (path: string): string => join(FOLDER, path);

/** A recording of the shared data at 16 kHz in [-1, 1]. */
export function loadSound(path: string): Float32Array<ArrayBuffer> {
  const { samples, rateHz } = parseWav(readFileSync(sharedPath(path)));
  return rateHz === RATE_HZ ? toFloat(samples) : resample(toFloat(samples), rateHz, RATE_HZ);
}
