import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import type { ResponseInput, ResponseRequest } from '../../session/live/live-settings.ts';
import { Format, isSameFormat } from './audio-format.ts';
import { invalid, type ClientFault } from '../realtime/fault.ts';
import { Instructions, MAX_TEXT_CHARS, TOO_LONG } from '../realtime/limits.ts';
import { MaxTokens, maxTokensOf, Modalities, Temperature, Voice } from './session-change.ts';
import { Choice, Tools } from '../realtime/tools.ts';
import { checkVoice, toUpstreamVoice } from './voice.ts';
import { charsOf, toNewItem, WireItem, type DecodeAudio } from './wire-item.ts';
import type { Relay } from '../realtime/relay.ts';
import type { WireSession } from './wire-session.ts';

const Reference = v.object({ type: v.literal('item_reference'), id: v.string() });
const Metadata = v.pipe(
  v.record(v.pipe(v.string(), v.maxLength(64)), v.pipe(v.string(), v.maxLength(512))),
  v.check((metadata) => Object.keys(metadata).length <= 16, 'There are more than 16 entries.'),
);

const Input = v.variant('type', [Reference, WireItem]);
const fits = (input: v.InferOutput<typeof Input>[]): boolean => {
  const chars = input.map((item) => (item.type === 'item_reference' ? 0 : charsOf(item)));
  return chars.reduce((sum, one) => sum + one, 0) <= MAX_TEXT_CHARS;
};

/** What one response may have otherwise, in either shape. */
export const WireRequest = v.object({
  conversation: v.nullish(v.string()),
  input: v.nullish(v.pipe(v.array(Input), v.maxLength(256), v.check(fits, TOO_LONG))),
  instructions: v.nullish(Instructions),
  tools: v.nullish(Tools),
  tool_choice: v.nullish(Choice),
  metadata: v.nullish(Metadata),
  temperature: v.nullish(Temperature),
  output_modalities: v.nullish(Modalities),
  max_output_tokens: v.nullish(MaxTokens),
  audio: v.nullish(v.object({ output: v.nullish(v.object({ format: v.nullish(Format), voice: v.nullish(Voice) })) })),
  modalities: v.nullish(Modalities),
  max_response_output_tokens: v.nullish(MaxTokens),
  voice: v.nullish(Voice),
  output_audio_format: v.nullish(Format),
});
export type WireRequest = v.InferOutput<typeof WireRequest>;

export function toResponseRequest(
  request: WireRequest,
  session: WireSession,
  relay: Relay,
  decode: DecodeAudio,
): Result<ResponseRequest, ClientFault> {
  const format = request.audio?.output?.format ?? request.output_audio_format;
  if (format && !isSameFormat(format, session.outputFormat)) {
    const words = 'Responses come in the format of the session; update the session instead.';
    return failed(invalid('invalid_value', words, 'response.audio.output.format'));
  }
  const voice = voiceOf(request, relay);
  if (!voice.ok) return voice;
  const input = inputOf(request, decode);
  if (!input.ok) return input;
  const output = request.output_modalities ?? request.modalities;
  return ok({
    isOutOfBand: request.conversation === 'none',
    ...(input.value && { input: input.value }),
    ...(voice.value !== undefined && { voice: voice.value }),
    ...(output && { output }),
    ...maxTokensOf(request),
    ...(request.instructions != null && { instructions: request.instructions }),
    ...(request.tools && { tools: request.tools }),
    ...(request.tool_choice != null && { toolChoice: request.tool_choice }),
    ...(request.temperature != null && { temperature: request.temperature }),
    ...(request.metadata && { metadata: request.metadata }),
  });
}

function voiceOf(request: WireRequest, { voices }: Relay): Result<string | undefined, ClientFault> {
  const named = request.audio?.output?.voice ?? request.voice;
  if (named == null) return ok(undefined);
  const checked = checkVoice(named, voices, 'response.audio.output.voice');
  return checked.ok ? ok(toUpstreamVoice(checked.value, voices)) : checked;
}

function inputOf({ input }: WireRequest, decode: DecodeAudio): Result<ResponseInput[] | undefined, ClientFault> {
  if (!input) return ok(undefined);
  const items: ResponseInput[] = [];
  for (const [n, item] of input.entries()) {
    if (item.type === 'item_reference') {
      items.push({ reference: item.id });
      continue;
    }
    const made = toNewItem(item, decode, `response.input[${n}]`);
    if (!made.ok) return made;
    items.push({ item: made.value });
  }
  return ok(items);
}
