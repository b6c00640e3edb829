import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { resample } from '#dsp/resampler';
import { toFloat } from '../../audio/voice.ts';
import { parseWav } from '../../audio/wav.ts';
import { ROOM_RATE_HZ } from '../../fixtures/room.ts';
import { EAR_RATE_HZ } from './answer-trail.ts';
import { levelDb } from './locate.ts';

/** Of the people in the recordings, while they speak. */
export const NEAR_END_LEVEL_DBFS = -26;

const MEASURED_ROOM = fileURLToPath(new URL('../../../../shared/data/rir/sim_rt60_0.79_48k.wav', import.meta.url));
const REVERBERATION_MS = 300;
/** Of the reverberation: where there is a recorded room it is cut here, 40 dB down. */
const MAX_RESPONSE_MS = 500;

export interface EchoPathOptions {
  /** Of the echo's speech, relative to that of the person in front of the microphone. */
  levelDb: number;
  /** From loudspeaker to microphone, on top of what the browser's own streams take (about 25 ms). */
  delayMs: number;
}

/** The way from the loudspeaker into the microphone as an impulse response at ROOM_RATE_HZ, for an answer like this one. */
export function createEchoPath(
  answer: Float32Array,
  { levelDb: relativeDb, delayMs }: EchoPathOptions,
): Float32Array<ArrayBuffer> {
  const response = roomResponse();
  const echoDb = activeLevelDb(
    convolve(answer.subarray(0, 3 * EAR_RATE_HZ), resample(response, ROOM_RATE_HZ, EAR_RATE_HZ)),
  );
  // Resampling to a third of the rate leaves a third of the response's sum.
  const gain = 10 ** ((NEAR_END_LEVEL_DBFS + relativeDb - echoDb) / 20) / (ROOM_RATE_HZ / EAR_RATE_HZ);
  const delay = Math.round((delayMs * ROOM_RATE_HZ) / 1000);
  const path = new Float32Array(delay + response.length);
  path.set(
    response.map((sample) => sample * gain),
    delay,
  );
  return path;
}

/** Level while somebody speaks: of the 10 ms frames at most 30 dB below the loudest one. */
export function activeLevelDb(samples: Float32Array, rateHz = EAR_RATE_HZ): number {
  const frame = rateHz / 100;
  const levels = Array.from({ length: Math.floor(samples.length / frame) }, (_, i) =>
    levelDb(samples, i * frame, (i + 1) * frame),
  );
  const loudest = levels.reduce((most, level) => Math.max(most, level), -120);
  const powers = levels.filter((level) => level > loudest - 30).map((level) => 10 ** (level / 10));
  return 10 * Math.log10(powers.reduce((sum, power) => sum + power, 0) / Math.max(1, powers.length) + 1e-12);
}

/** A recorded room where the recordings are at hand, else noise that dies away by 60 dB in 300 ms behind a direct path. */
function roomResponse(): Float32Array<ArrayBuffer> {
  try {
    const { samples, rateHz } = parseWav(readFileSync(MEASURED_ROOM));
    const response = resample(toFloat(samples), rateHz, ROOM_RATE_HZ);
    const direct = response.reduce(
      (loudest, sample, i) => (Math.abs(sample) > Math.abs(response[loudest] ?? 0) ? i : loudest),
      0,
    );
    return response.slice(direct, direct + (MAX_RESPONSE_MS * ROOM_RATE_HZ) / 1000);
  } catch {
    return syntheticResponse();
  }
}

export function syntheticResponse(): Float32Array<ArrayBuffer> {
  let state = 1;
  const response = Float32Array.from({ length: (REVERBERATION_MS * ROOM_RATE_HZ) / 1000 }, (_, i) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const decay = 10 ** ((-3 * i * 1000) / ROOM_RATE_HZ / REVERBERATION_MS);
    return 0.05 * decay * (state / 2 ** 31 - 1);
  });
  response[0] = 1;
  return response;
}

export function convolve(signal: Float32Array, response: Float32Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(signal.length);
  for (const [delay, weight] of response.entries()) {
    if (weight === 0) continue;
    for (let i = delay; i < out.length; i++) out[i]! += weight * (signal[i - delay] ?? 0);
  }
  return out;
}
