import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import { invalid, schemaFault, type ClientFault } from '../realtime/fault.ts';
import { Instructions, Text } from '../realtime/limits.ts';
import { Modalities } from './omni-session-change.ts';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(512));

const event = <T extends string, E extends v.ObjectEntries>(type: T, entries: E) =>
  v.object({ type: v.literal(type), ...entries });

const Response = v.object({ instructions: v.nullish(Instructions), modalities: v.nullish(Modalities) });
export type ResponseWish = v.InferOutput<typeof Response>;

/** What a tool has told is all that clients of DashScope put into a conversation. */
const ToolOutput = v.object({
  id: v.nullish(id),
  type: v.literal('function_call_output', 'Supported is "function_call_output".'),
  call_id: id,
  output: Text,
});

/** Everything a client may say except what carries media, which is read by hand: it comes many times a second. */
const ClientEvent = v.variant('type', [
  event('session.update', { session: v.record(v.string(), v.unknown()) }),
  event('session.finish', {}),
  event('input_audio_buffer.commit', {}),
  event('input_audio_buffer.clear', {}),
  event('conversation.item.create', { item: ToolOutput }),
  event('response.create', { response: v.nullish(Response) }),
  event('response.cancel', {}),
]);
export type ClientEvent = v.InferOutput<typeof ClientEvent>;

export const APPEND = 'input_audio_buffer.append';
export const APPEND_IMAGE = 'input_image_buffer.append';
const TYPES: ReadonlySet<unknown> = new Set<string>(ClientEvent.options.map(({ entries }) => entries.type.literal));
const SUPPORTED = [APPEND, ...TYPES].join(', ');

export function parseClientEvent(value: Record<string, unknown>): Result<ClientEvent, ClientFault> {
  if (value['type'] === APPEND_IMAGE) {
    return failed(invalid('not_supported', 'This relay does not look at images.', 'image'));
  }
  if (!TYPES.has(value['type'])) {
    return failed(invalid('invalid_value', `Invalid value for 'type'. Supported are: ${SUPPORTED}.`, 'type'));
  }
  const parsed = v.safeParse(ClientEvent, value, { abortEarly: true });
  return parsed.success ? ok(parsed.output) : failed(schemaFault(parsed.issues));
}
