import { rmsDbfs } from '#dsp/level';
import type { SoundSense } from '#dsp/sound/sound-sense';
import type { Heard } from '../../../web/conversation/events.ts';

/** What the call worker tells the machine of a frame, put together from the same parts. */
export function toHeard(
  sense: SoundSense,
  frame: Float32Array,
  told: Pick<Heard, 'probability' | 'endSample' | 'echo'>,
): Heard {
  const levelDb = rmsDbfs(frame);
  const { floorDb, quietSamples, interjection } = sense.hear(frame, levelDb, told.probability);
  return { ...told, levelDb, floorDb, lastLoudSample: told.endSample - quietSamples, interjection };
}
