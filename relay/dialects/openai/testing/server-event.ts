import { z } from 'zod';

/**
 * What the strictest client known demands of GA's server events: fields that must be there, numbers that must be
 * numbers, strings that must not be null. Beta's events differ by name alone, apart from what `betaEvent` says.
 */
const id = z.string().min(1);
const index = z.number().int().min(0);
const ms = z.number().int().min(0);
const status = z.enum(['completed', 'incomplete', 'in_progress']);
const base64Samples = z.string().refine((text) => Buffer.from(text, 'base64').length % 2 === 0 && text !== '');

const part = (types: [string, ...string[]]) =>
  z
    .strictObject({ type: z.enum(types), text: z.string().optional(), transcript: z.string().nullable().optional() })
    .refine(
      // Without the key the Agents SDK throws.
      (content) => content.type !== 'input_audio' || content.transcript !== undefined,
    );

const itemOf = (content: [string, ...string[]]) => {
  const head = { id, object: z.literal('realtime.item'), status };
  return z.discriminatedUnion('type', [
    z.strictObject({
      ...head,
      type: z.literal('message'),
      role: z.enum(['user', 'assistant', 'system']),
      content: z.array(part(content)),
    }),
    z.strictObject({ ...head, type: z.literal('function_call'), name: z.string(), call_id: id, arguments: z.string() }),
    z.strictObject({ ...head, type: z.literal('function_call_output'), call_id: id, output: z.string() }),
  ]);
};

const tokens = z.number().int().min(0);
const usage = z.strictObject({
  ...{ total_tokens: tokens, input_tokens: tokens, output_tokens: tokens },
  input_token_details: z.looseObject({ text_tokens: tokens, audio_tokens: tokens, cached_tokens: tokens }),
  output_token_details: z.strictObject({ text_tokens: tokens, audio_tokens: tokens }),
});

const responseOf = (item: z.ZodType, own: z.ZodRawShape) =>
  z.strictObject({
    ...{ object: z.literal('realtime.response'), id, output: z.array(item), conversation_id: id.nullable() },
    status: z.enum(['completed', 'cancelled', 'failed', 'incomplete', 'in_progress']),
    status_details: z
      .object({ type: z.enum(['cancelled', 'incomplete', 'failed']), reason: z.string().optional() })
      .loose()
      .nullable(),
    ...{ max_output_tokens: z.union([z.number(), z.literal('inf')]), usage: usage.nullable() },
    metadata: z.record(z.string(), z.string()).nullable(),
    ...own,
  });

const place = { response_id: id, item_id: id, output_index: index };
const contentPlace = { ...place, content_index: z.literal(0) };
const partAdded = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('audio'), transcript: z.string() }),
  z.strictObject({ type: z.literal('text'), text: z.string() }),
]);

const common = (item: z.ZodType, response: z.ZodType): Record<string, z.ZodRawShape> => ({
  'session.created': { session: z.looseObject({ id }) },
  'session.updated': { session: z.looseObject({ id }) },
  'conversation.created': { conversation: z.strictObject({ id, object: z.literal('realtime.conversation') }) },
  'conversation.item.retrieved': { item },
  'conversation.item.deleted': { item_id: id },
  'conversation.item.truncated': { item_id: id, content_index: index, audio_end_ms: z.number() },
  'conversation.item.input_audio_transcription.completed': {
    ...{ item_id: id, content_index: index, transcript: z.string() },
    usage: z.strictObject({ type: z.literal('duration'), seconds: z.number() }),
  },
  'conversation.item.input_audio_transcription.failed': {
    ...{ item_id: id, content_index: index },
    error: z.strictObject({ type: z.string(), code: z.string(), message: z.string() }),
  },
  'input_audio_buffer.speech_started': { item_id: id, audio_start_ms: ms },
  'input_audio_buffer.speech_stopped': { item_id: id, audio_end_ms: ms },
  'input_audio_buffer.timeout_triggered': { item_id: id, audio_start_ms: ms, audio_end_ms: ms },
  'input_audio_buffer.committed': { item_id: id, previous_item_id: id.nullable() },
  'input_audio_buffer.cleared': {},
  'output_audio_buffer.cleared': { response_id: id.optional() },
  'response.created': { response },
  'response.done': { response },
  'response.output_item.added': { response_id: id, output_index: index, item },
  'response.output_item.done': { response_id: id, output_index: index, item },
  'response.content_part.added': { ...contentPlace, part: partAdded },
  'response.content_part.done': { ...contentPlace, part: partAdded },
  'response.function_call_arguments.delta': { ...place, call_id: id, delta: z.string() },
  'response.function_call_arguments.done': { ...place, call_id: id, name: z.string(), arguments: z.string() },
  'rate_limits.updated': { rate_limits: z.array(z.never()) },
  error: {
    error: z.strictObject({
      ...{ type: z.enum(['invalid_request_error', 'server_error']), code: z.string(), message: z.string().min(1) },
      ...{ param: z.string().nullable(), event_id: z.string().nullable() },
    }),
  },
});

const deltas = { ...contentPlace, delta: z.string() };

function gaEvents(): Record<string, z.ZodRawShape> {
  const item = itemOf(['input_text', 'input_audio', 'output_text', 'output_audio']);
  const response = responseOf(item, {
    output_modalities: z.array(z.enum(['text', 'audio'])).length(1),
    audio: z.strictObject({
      output: z.strictObject({ format: z.looseObject({ type: z.string() }), voice: z.string() }),
    }),
  });
  return {
    ...common(item, response),
    'conversation.item.added': { previous_item_id: id.nullable(), item },
    'conversation.item.done': { previous_item_id: id.nullable(), item },
    'response.output_audio.delta': { ...contentPlace, delta: base64Samples },
    'response.output_audio.done': contentPlace,
    'response.output_audio_transcript.delta': deltas,
    'response.output_audio_transcript.done': { ...contentPlace, transcript: z.string() },
    'response.output_text.delta': deltas,
    'response.output_text.done': { ...contentPlace, text: z.string() },
  };
}

function betaEvents(): Record<string, z.ZodRawShape> {
  const item = itemOf(['input_text', 'input_audio', 'text', 'audio']);
  const response = responseOf(item, {
    modalities: z.array(z.enum(['text', 'audio'])),
    ...{ voice: z.string(), output_audio_format: z.string(), temperature: z.number().optional() },
  });
  return {
    ...common(item, response),
    'conversation.item.created': { previous_item_id: id.nullable(), item },
    'response.audio.delta': { ...contentPlace, delta: base64Samples },
    'response.audio.done': contentPlace,
    'response.audio_transcript.delta': deltas,
    'response.audio_transcript.done': { ...contentPlace, transcript: z.string() },
    'response.text.delta': deltas,
    'response.text.done': { ...contentPlace, text: z.string() },
  };
}

const toSchemas = (events: Record<string, z.ZodRawShape>) =>
  new Map(
    Object.entries(events).map(([type, fields]) => [
      type,
      z.strictObject({ type: z.literal(type), event_id: id, ...fields }),
    ]),
  );

export const SERVER_EVENTS = { ga: toSchemas(gaEvents()), beta: toSchemas(betaEvents()) };
