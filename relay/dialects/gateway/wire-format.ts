import * as v from 'valibot';
import type { WireFormat } from '../audio/wire-audio.ts';

const Rate = v.picklist(['8000', '16000', '24000']);
const RATES = { '8000': 8_000, '16000': 16_000, '24000': 24_000 } as const;

const Format = v.union([
  v.pipe(
    v.object({ format: v.exactOptional(v.literal('pcm16'), 'pcm16'), rate: v.exactOptional(Rate, '24000') }),
    v.transform(({ format, rate }): WireFormat => ({ encoding: format, rateHz: RATES[rate] })),
  ),
  v.pipe(
    v.object({ format: v.picklist(['pcmu', 'pcma']), rate: v.exactOptional(v.literal('8000')) }),
    v.transform(({ format }): WireFormat => ({ encoding: format })),
  ),
]);

/** The sound a client asks for in its address, `?format=…&rate=…`; undefined when there is none such. */
export function parseWireFormat(query: Readonly<Record<string, string>>): WireFormat | undefined {
  const parsed = v.safeParse(Format, query);
  return parsed.success ? parsed.output : undefined;
}
