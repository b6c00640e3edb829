import { isJsonObject } from '../http-client/json.ts';
import type { Tool, ToolCall, ToolChoice, UpstreamTurn } from '../upstream.ts';

type Tooling = Pick<UpstreamTurn, 'tools' | 'toolChoice'>;

/** As chat completions and DashScope's realtime sessions want them: the function is nested. */
export function toNestedTools({ tools = [], toolChoice }: Tooling): object {
  if (tools.length === 0) return {};
  return {
    tools: tools.map((tool) => ({ type: 'function', function: toFunction(tool) })),
    ...toChoice(toolChoice, ({ name }) => ({ type: 'function', function: { name } })),
  };
}

/** As OpenAI's realtime sessions want them: all on one level. */
export function toFlatTools({ tools = [], toolChoice }: Tooling): object {
  if (tools.length === 0) return {};
  return {
    tools: tools.map((tool) => ({ type: 'function', ...toFunction(tool) })),
    ...toChoice(toolChoice, ({ name }) => ({ type: 'function', name })),
  };
}

const toFunction = ({ name, description, parameters }: Tool) => ({
  name,
  ...(description === undefined ? {} : { description }),
  ...(parameters === undefined ? {} : { parameters }),
});

function toChoice(choice: ToolChoice | undefined, toNamed: (named: { name: string }) => object): object {
  if (choice === undefined) return {};
  return { tool_choice: typeof choice === 'string' ? choice : toNamed(choice) };
}

export type CallMessage = { role: 'assistant'; content: string | null; tool_calls: WireToolCall[] };
export type ResultMessage = { role: 'tool'; tool_call_id: string; content: string };

interface WireToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

export const toCallMessage = ({ callId, name, arguments: written }: ToolCall): CallMessage => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id: callId, type: 'function', function: { name, arguments: toArguments(written) } }],
});

/** Chat templates read the arguments of earlier calls, and servers refuse those that are no object. */
export const toArguments = (written: string): string => (isJsonObject(written) ? written : '{}');

/**
 * Calls made at once, and what was said before them, are one message: results may follow no other. Takes messages in
 * the order of `pairCalls`.
 */
export function joinCalls<M extends { role: string; content: unknown }>(
  messages: readonly (M | CallMessage | ResultMessage)[],
): (M | CallMessage | ResultMessage)[] {
  const joined: (M | CallMessage | ResultMessage)[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    const isCall = 'tool_calls' in message;
    if (!isCall || last?.role !== 'assistant' || (last.content !== null && typeof last.content !== 'string')) {
      joined.push(message);
      continue;
    }
    const before = 'tool_calls' in last ? last.tool_calls : [];
    joined.splice(-1, 1, { ...message, content: last.content, tool_calls: [...before, ...message.tool_calls] });
  }
  return joined;
}
