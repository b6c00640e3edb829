import * as v from 'valibot';

const Part = v.looseObject({
  type: v.string(),
  text: v.optional(v.nullable(v.string())),
  transcript: v.optional(v.nullable(v.string())),
});

const Item = v.looseObject({
  id: v.string(),
  object: v.literal('realtime.item'),
  type: v.picklist(['message', 'function_call', 'function_call_output']),
  status: v.picklist(['in_progress', 'completed', 'incomplete']),
  role: v.optional(v.picklist(['system', 'user', 'assistant'])),
  content: v.optional(v.array(Part)),
  call_id: v.optional(v.string()),
  name: v.optional(v.string()),
  arguments: v.optional(v.string()),
  output: v.optional(v.string()),
});

const Usage = v.looseObject({ total_tokens: v.number(), input_tokens: v.number(), output_tokens: v.number() });

const Response = v.looseObject({
  id: v.string(),
  object: v.literal('realtime.response'),
  status: v.picklist(['in_progress', 'completed', 'cancelled', 'failed', 'incomplete']),
  status_details: v.nullish(
    v.looseObject({
      type: v.string(),
      reason: v.optional(v.string()),
      error: v.optional(v.looseObject({ type: v.string() })),
    }),
  ),
  output: v.array(Item),
  usage: v.nullish(Usage),
  metadata: v.nullish(v.record(v.string(), v.string())),
});

/** Whatever a realtime server of this kind says, with the fields that clients read. */
const ServerEvent = v.looseObject({
  type: v.string(),
  event_id: v.pipe(v.string(), v.nonEmpty()),
  session: v.optional(v.looseObject({})),
  item: v.optional(Item),
  part: v.optional(Part),
  response: v.optional(Response),
  previous_item_id: v.nullish(v.string()),
  response_id: v.optional(v.string()),
  item_id: v.optional(v.string()),
  call_id: v.optional(v.string()),
  output_index: v.optional(v.number()),
  content_index: v.optional(v.number()),
  delta: v.optional(v.string()),
  transcript: v.optional(v.string()),
  text: v.optional(v.string()),
  arguments: v.optional(v.string()),
  audio_start_ms: v.optional(v.number()),
  audio_end_ms: v.optional(v.number()),
  error: v.optional(v.looseObject({ type: v.string(), message: v.string(), code: v.nullish(v.string()) })),
});

export type ServerEvent = v.InferOutput<typeof ServerEvent>;
export type ServerItem = v.InferOutput<typeof Item>;
export type ServerResponse = v.InferOutput<typeof Response>;

/** Throws on what is no event, as some clients do. */
export const parseServerEvent = (event: unknown): ServerEvent => v.parse(ServerEvent, event);
