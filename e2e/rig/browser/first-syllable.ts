import { resample } from '#dsp/resampler';
import { toFloat } from '../../audio/voice.ts';
import type { ReceivedAudio } from '../../fakes/omni-request.ts';
import { EAR_RATE_HZ } from './answer-trail.ts';
import { locate } from './locate.ts';
import type { Heard, Said } from './stage.ts';

const SYLLABLE_MS = 100;
const REST_MS = 900;

/**
 * How much of the energy of an utterance's first 100 ms at the microphone arrived, in percent. What follows them tells where they would
 * have to be, and how much quieter everything became on the way. NaN: that was not this utterance.
 */
export function firstSyllablePercent(heard: Heard, said: Said, received: ReceivedAudio): number {
  const { microphone } = heard;
  const arrived = resample(toFloat(received.samples), received.rateHz, EAR_RATE_HZ);
  const at = (ms: number) => Math.round((ms * EAR_RATE_HZ) / 1000);
  const restFrom = at(said.onsetMs - heard.fromMs + SYLLABLE_MS);
  const rest = microphone.subarray(restFrom, Math.min(restFrom + at(REST_MS), at(said.offsetMs - heard.fromMs)));
  const place = locate(rest, arrived, 0, arrived.length);
  if (place.likeness < 0.5) return NaN;
  const change = energy(arrived, place.at, place.at + rest.length) / energy(rest, 0, rest.length);
  const syllable = energy(microphone, restFrom - at(SYLLABLE_MS), restFrom) * change;
  return Math.min(100, (100 * energy(arrived, place.at - at(SYLLABLE_MS), place.at)) / syllable);
}

function energy(samples: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = Math.max(0, from); i < Math.min(samples.length, to); i++) sum += (samples[i] ?? 0) ** 2;
  return sum;
}
