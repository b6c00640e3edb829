import * as v from 'valibot';

/** As much of a server's events as a caller needs; anything else in them is let be. */
const ServerEvent = v.object({
  type: v.string(),
  response_id: v.optional(v.string()),
  item_id: v.optional(v.string()),
  delta: v.optional(v.string()),
  transcript: v.nullish(v.string()),
  response: v.optional(v.object({ id: v.string(), status: v.optional(v.string()) })),
  error: v.optional(
    v.object({ code: v.nullish(v.string()), type: v.nullish(v.string()), message: v.nullish(v.string()) }),
  ),
});

export type ServerEvent = v.InferOutput<typeof ServerEvent>;

/** Undefined for anything that is no event. */
export function parseServerEvent(json: string): ServerEvent | undefined {
  try {
    const parsed = v.safeParse(ServerEvent, JSON.parse(json));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
