import { generatedUtterance } from '../../audio/utterance.ts';
import { toFloat } from '../../audio/voice.ts';
import { RATE_HZ } from './recorded-call.ts';
import { hasSharedData, loadSound } from './shared-data.ts';
import { atSpeechLevel } from './sound.ts';

/** As loud as answers usually are. */
const ANSWER_LEVEL_DB = -20;

/** What an assistant says, at 16 kHz; played over and over. */
export async function loadAnswer(): Promise<Float32Array<ArrayBuffer>> {
  if (hasSharedData()) return atSpeechLevel(loadSound('turns/ref/assistant_16k.wav'), ANSWER_LEVEL_DB);
  const text =
    'There are three things to know about this. The first is where it comes from, and the second is what it is for.';
  const { samples } = await generatedUtterance(text, { rateHz: RATE_HZ, leadMs: 0, tailMs: 400 });
  return atSpeechLevel(toFloat(samples), ANSWER_LEVEL_DB);
}
