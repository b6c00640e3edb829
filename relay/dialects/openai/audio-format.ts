import * as v from 'valibot';
import type { WireFormat } from '../audio/wire-audio.ts';
import type { Flavour } from './names.ts';

/** The only rate of PCM that OpenAI's clients know. */
const PCM_RATE_HZ = 24_000;

export const PCM: WireFormat = { encoding: 'pcm16', rateHz: PCM_RATE_HZ };

/** By GA's words and by beta's, each of which the other's clients have been seen to use. */
const FORMATS = {
  'audio/pcm': PCM,
  'audio/pcmu': { encoding: 'pcmu' },
  'audio/pcma': { encoding: 'pcma' },
  pcm16: PCM,
  g711_ulaw: { encoding: 'pcmu' },
  g711_alaw: { encoding: 'pcma' },
} as const satisfies Record<string, WireFormat>;

const Word = v.picklist(['audio/pcm', 'audio/pcmu', 'audio/pcma', 'pcm16', 'g711_ulaw', 'g711_alaw']);

export const Format = v.pipe(
  v.union([
    Word,
    v.pipe(
      v.object({ type: Word, rate: v.nullish(v.number()) }),
      v.check(({ type, rate }) => type !== 'audio/pcm' || rate == null || rate === PCM_RATE_HZ),
      v.transform(({ type }) => type),
    ),
  ]),
  v.transform((word): WireFormat => FORMATS[word]),
);

/** As the session object has it. */
export function writeFormat({ encoding }: WireFormat, flavour: Flavour): unknown {
  if (flavour === 'beta') return { pcm16: 'pcm16', pcmu: 'g711_ulaw', pcma: 'g711_alaw' }[encoding];
  return encoding === 'pcm16' ? { type: 'audio/pcm', rate: PCM_RATE_HZ } : { type: `audio/${encoding}` };
}

export const isSameFormat = (one: WireFormat, other: WireFormat): boolean => one.encoding === other.encoding;
