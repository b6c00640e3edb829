import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SoundSense } from '#dsp/sound/sound-sense';
import { SILERO, Silero, type SileroNetwork } from '#models/vad/silero';
import { loadNodeNetwork } from '#models/vad/testing/node-network';
import type { Heard } from '../../../web/conversation/events.ts';
import { toHeard } from './to-heard.ts';

const CACHE_FOLDER = fileURLToPath(new URL('../../../.cache/rig/', import.meta.url));

let network: Promise<SileroNetwork> | undefined;

/**
 * What the ear makes of a recording, frame by frame: the voice model the product ships, run by Node, and the same
 * measurements of level, floor and edges. What the model says of a recording never changes, so it is kept in `.cache`.
 */
export async function hear(samples: Float32Array): Promise<Heard[]> {
  const probabilities = await voiceProbabilities(samples);
  const sense = new SoundSense();
  return Array.from(probabilities, (probability, i) => {
    const endSample = (i + 1) * SILERO.frameSamples;
    return toHeard(sense, samples.subarray(endSample - SILERO.frameSamples, endSample), {
      probability,
      endSample,
      echo: 0,
    });
  });
}

async function voiceProbabilities(samples: Float32Array): Promise<Float32Array> {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const path = join(CACHE_FOLDER, createHash('sha256').update(bytes).digest('hex').slice(0, 32));
  if (existsSync(path)) return new Float32Array(new Uint8Array(readFileSync(path)).buffer);
  network ??= loadNodeNetwork();
  const silero = new Silero(await network);
  const probabilities = new Float32Array(Math.floor(samples.length / SILERO.frameSamples));
  for (const i of probabilities.keys()) {
    const frame = samples.subarray(i * SILERO.frameSamples, (i + 1) * SILERO.frameSamples);
    probabilities[i] = await silero.probability(frame);
  }
  mkdirSync(CACHE_FOLDER, { recursive: true });
  writeFileSync(path, new Uint8Array(probabilities.buffer));
  return probabilities;
}
