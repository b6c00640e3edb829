import { newId } from '#kernel/ids';
import { isObject, parseJson } from '../http-client/json.ts';
import type { ToolCall } from '../upstream.ts';

/** For calls to which the server gave no name of its own. */
export const newCallId = (): string => `call_${newId()}`;

/**
 * The calls in the body of a `<tool_call>` block: as JSON with `name` and `arguments` (Hermes, Qwen2.5, Qwen3), one or
 * a list of them, or as `<function=name><parameter=key>value</parameter></function>` (Qwen3-Coder, Qwen3.5).
 */
export function parseCallMarkup(body: string): ToolCall[] {
  const json = parseJson(body.trim());
  if (json !== undefined) return (Array.isArray(json) ? json : [json]).flatMap(toCall);
  const tagged = [...body.matchAll(/<function=([^>\s]+)>([\s\S]*?)(?:<\/function>|$)/g)];
  if (tagged.length > 0) return tagged.map(([, name = '', inner = '']) => toToolCall(name, toParameters(inner)));
  return toFaultyCall(body);
}

function toCall(json: unknown): ToolCall[] {
  if (!isObject(json) || typeof json['name'] !== 'string' || json['name'] === '') return [];
  return [toToolCall(json['name'], json['arguments'] ?? json['parameters'] ?? {})];
}

/** Arguments that are text are JSON already, or meant to be. */
const toToolCall = (name: string, told: unknown): ToolCall => ({
  ...{ kind: 'tool-call', callId: newCallId(), name },
  arguments: typeof told === 'string' ? told : JSON.stringify(told),
});

function toParameters(inner: string): Record<string, unknown> {
  const pairs = [...inner.matchAll(/<parameter=([^>\s]+)>([\s\S]*?)<\/parameter>/g)];
  return Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, toValue(value.trim())]));
}

/** Numbers, lists and the like are written as in JSON, text as it is. */
const toValue = (written: string): unknown => parseJson(written) ?? (written === 'null' ? null : written);

/** One whose JSON is faulty is still one: whoever runs the tool can tell the model so. */
function toFaultyCall(body: string): ToolCall[] {
  const name = /"name"\s*:\s*"([^"]+)"/.exec(body)?.[1];
  if (name === undefined) return [];
  const opening = /"(?:arguments|parameters)"\s*:/.exec(body);
  const written = opening ? body.slice(opening.index + opening[0].length).trim() : '';
  // The last brace is that of the call itself, where it got so far.
  return [toToolCall(name, written.endsWith('}') ? written.slice(0, -1).trimEnd() : written)];
}
