import { interjection, type InterjectionKind } from '../../e2e/audio/interjections.ts';
import { speak } from '../../e2e/audio/voice.ts';
import type { Speak } from '../callers/caller-sounds.ts';
import { toInt16 } from '../sound/level.ts';

/** Synthesizers read these out letter by letter, so that they take a second and more; people hum them. */
const HUMS: Readonly<Record<string, InterjectionKind>> = { 'Mm-hm.': 'mm-hm', 'Mm.': 'hum' };
const HUM_RATE_HZ = 16_000;

/** A synthesizer of this machine, or the built-in voice where there is none. */
export const speakOrHum: Speak = async (text) => {
  const kind = HUMS[text];
  return kind ? { samples: toInt16(interjection(kind, 1)), rateHz: HUM_RATE_HZ } : speak(text);
};
