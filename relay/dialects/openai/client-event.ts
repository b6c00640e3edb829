import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import { invalid, schemaFault, type ClientFault } from '../realtime/fault.ts';
import { WireItem } from './wire-item.ts';
import { WireRequest } from './wire-request.ts';

const eventId = v.nullish(v.pipe(v.string(), v.maxLength(512)));
const itemId = v.pipe(v.string(), v.maxLength(512));
const index = v.pipe(v.number(), v.integer(), v.minValue(0));

const event = <T extends string, E extends v.ObjectEntries>(type: T, entries: E) =>
  v.object({ type: v.literal(type), event_id: eventId, ...entries });

/** Everything a client may say except `input_audio_buffer.append`, which is read by hand: it comes 50 times a second. */
const ClientEvent = v.variant('type', [
  event('session.update', { session: v.record(v.string(), v.unknown()) }),
  event('transcription_session.update', { session: v.record(v.string(), v.unknown()) }),
  event('input_audio_buffer.commit', {}),
  event('input_audio_buffer.clear', {}),
  event('output_audio_buffer.clear', {}),
  event('conversation.item.create', { item: WireItem, previous_item_id: v.nullish(itemId) }),
  event('conversation.item.retrieve', { item_id: itemId }),
  event('conversation.item.truncate', {
    item_id: itemId,
    content_index: index,
    audio_end_ms: v.pipe(v.number(), v.minValue(0)),
  }),
  event('conversation.item.delete', { item_id: itemId }),
  event('response.create', { response: v.nullish(WireRequest) }),
  event('response.cancel', { response_id: v.nullish(itemId) }),
]);
export type ClientEvent = v.InferOutput<typeof ClientEvent>;
export type ClientEventOf<T extends ClientEvent['type']> = Extract<ClientEvent, { type: T }>;

export const APPEND = 'input_audio_buffer.append';
const TYPES: ReadonlySet<unknown> = new Set<string>(ClientEvent.options.map(({ entries }) => entries.type.literal));

export function parseClientEvent(value: Record<string, unknown>): Result<ClientEvent, ClientFault> {
  if (value['type'] === undefined) {
    return failed(invalid('missing_required_parameter', "Missing required parameter: 'type'.", 'type'));
  }
  if (!TYPES.has(value['type'])) {
    return failed(invalid('invalid_value', `Invalid value for 'type'. Supported are: ${SUPPORTED}.`, 'type'));
  }
  const parsed = v.safeParse(ClientEvent, value, { abortEarly: true });
  return parsed.success ? ok(parsed.output) : failed(schemaFault(parsed.issues));
}

const SUPPORTED = [APPEND, ...TYPES].join(', ');

/** What an error is to be tied to; undefined where the client named nothing. */
export function eventIdOf(value: Readonly<Record<string, unknown>>): string | undefined {
  const id = value['event_id'];
  return typeof id === 'string' && id.length <= 512 ? id : undefined;
}
