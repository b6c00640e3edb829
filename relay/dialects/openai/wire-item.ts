import * as v from 'valibot';
import { newId } from '#kernel/ids';
import { failed, ok, type Result } from '#kernel/result';
import type { NewItem, NewPart } from '../../session/live/new-item.ts';
import { decodeBase64 } from '../audio/base64.ts';
import { invalid, type ClientFault } from '../realtime/fault.ts';
import { MAX_TEXT_CHARS, Text, TOO_LONG } from '../realtime/limits.ts';

const Id = v.pipe(v.string(), v.regex(/^[\w.:-]{1,128}$/));

const Part = v.object({
  type: v.picklist(['input_text', 'text', 'output_text', 'input_audio', 'output_audio', 'audio']),
  text: v.nullish(Text),
  audio: v.nullish(v.string()),
  transcript: v.nullish(Text),
});

const partsCharsOf = (content: readonly WirePart[]): number =>
  content.reduce((sum, { text, transcript }) => sum + (text?.length ?? 0) + (transcript?.length ?? 0), 0);

/** An item as a client makes it. */
export const WireItem = v.variant('type', [
  v.object({
    type: v.literal('message'),
    id: v.nullish(Id),
    role: v.picklist(['user', 'assistant', 'system', 'developer']),
    content: v.pipe(
      v.array(Part),
      v.minLength(1),
      v.maxLength(64),
      v.check((content) => partsCharsOf(content) <= MAX_TEXT_CHARS, TOO_LONG),
    ),
  }),
  v.object({
    type: v.literal('function_call'),
    id: v.nullish(Id),
    call_id: v.nullish(Id),
    name: v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/)),
    arguments: Text,
  }),
  v.object({ type: v.literal('function_call_output'), id: v.nullish(Id), call_id: Id, output: Text }),
]);
export type WireItem = v.InferOutput<typeof WireItem>;
type WirePart = v.InferOutput<typeof Part>;

/** Of its words, sound apart. */
export function charsOf(item: WireItem): number {
  if (item.type === 'message') return partsCharsOf(item.content);
  return item.type === 'function_call' ? item.arguments.length : item.output.length;
}

/** Bytes of the session's input format, as PCM. Undefined when they are no whole samples. */
export type DecodeAudio = (bytes: Uint8Array) => Uint8Array | undefined;

export function toNewItem(item: WireItem, decode: DecodeAudio, param = 'item'): Result<NewItem, ClientFault> {
  const id = item.id == null ? {} : { id: item.id };
  switch (item.type) {
    case 'function_call': {
      const callId = item.call_id ?? `call_${newId()}`;
      return ok({ ...id, kind: 'tool-call', callId, name: item.name, arguments: item.arguments });
    }
    case 'function_call_output':
      return ok({ ...id, kind: 'tool-result', callId: item.call_id, output: item.output });
    case 'message': {
      const content: NewPart[] = [];
      for (const [n, part] of item.content.entries()) {
        const made = toNewPart(part, item.role, decode, `${param}.content[${n}]`);
        if (!made.ok) return made;
        content.push(made.value);
      }
      return ok({ ...id, kind: 'message', role: item.role === 'developer' ? 'system' : item.role, content });
    }
  }
}

function toNewPart(part: WirePart, role: string, decode: DecodeAudio, param: string): Result<NewPart, ClientFault> {
  const { type, text, transcript } = part;
  if (type !== 'input_audio' && type !== 'audio' && type !== 'output_audio') {
    return text == null ? missing(`${param}.text`) : ok({ kind: 'text', text });
  }
  // Of what an assistant said long ago only the words count.
  if (role === 'assistant') {
    return transcript == null ? missing(`${param}.transcript`) : ok({ kind: 'text', text: transcript });
  }
  if (role !== 'user') return failed(invalid('invalid_value', `Only users' messages may hold audio.`, `${param}.type`));
  if (part.audio == null) return missing(`${param}.audio`);
  const bytes = decodeBase64(part.audio);
  const pcm = bytes && decode(bytes);
  if (!pcm) return failed(invalid('invalid_value', 'The audio is not base64 of whole samples.', `${param}.audio`));
  return ok({ kind: 'audio', pcm, ...(transcript != null && { transcript }) });
}

const missing = (param: string) =>
  failed(invalid('missing_required_parameter', `Missing required parameter: '${param}'.`, param));
