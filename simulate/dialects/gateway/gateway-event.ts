import * as v from 'valibot';

/** As much of what WS /voice says as a caller needs. Messages of other types are let be. */
const GatewayEvent = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('speech.started') }),
  v.object({ type: v.literal('speech.stopped') }),
  v.object({ type: v.literal('transcript'), text: v.string() }),
  v.object({ type: v.literal('response.started'), response: v.string() }),
  v.object({ type: v.literal('response.text'), response: v.string(), delta: v.string() }),
  v.object({ type: v.literal('interrupted'), response: v.string() }),
  v.object({ type: v.literal('response.done'), response: v.string(), status: v.string() }),
  v.object({ type: v.literal('error'), code: v.string() }),
]);

export type GatewayEvent = v.InferOutput<typeof GatewayEvent>;

/** Undefined for anything else. */
export function parseGatewayEvent(json: string): GatewayEvent | undefined {
  try {
    const parsed = v.safeParse(GatewayEvent, JSON.parse(json));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
