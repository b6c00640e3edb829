import { SILERO_FRAME_SAMPLES, speechProbabilities } from '../../audio/silero.ts';
import { EAR_RATE_HZ } from './answer-trail.ts';

const FRAME_MS = (SILERO_FRAME_SAMPLES * 1000) / EAR_RATE_HZ;
const GRIDS = 4;
/** The detector has to have heard something before it can be asked. */
const LEAD_MS = 1_000;

/**
 * When the first frame with a voice in it, after `onsetMs`, had completely arrived, by the same voice model the product
 * uses. Where the product's frames begin is not known, so it is the mean over frames that begin at four instants.
 */
export async function firstVoicedMs(microphone: Float32Array, onsetMs: number): Promise<number> {
  const ends: number[] = [];
  for (let grid = 0; grid < GRIDS; grid++) {
    const fromMs = Math.max(0, onsetMs - LEAD_MS) + (grid * FRAME_MS) / GRIDS;
    const at = (ms: number) => Math.round((ms * EAR_RATE_HZ) / 1000);
    const probabilities = await speechProbabilities(microphone.subarray(at(fromMs), at(onsetMs + 1_000)));
    const first = probabilities.findIndex((p, i) => p >= 0.5 && fromMs + (i + 1) * FRAME_MS > onsetMs);
    if (first >= 0) ends.push(fromMs + (first + 1) * FRAME_MS);
  }
  return ends.length === 0 ? NaN : ends.reduce((sum, ms) => sum + ms, 0) / ends.length;
}
