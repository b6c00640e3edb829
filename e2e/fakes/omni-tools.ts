import * as v from 'valibot';

/** A tool as it is offered; the flat shape of realtime sessions is refused. */
export const WireTool = v.strictObject({
  type: v.literal('function'),
  function: v.strictObject({
    name: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
    description: v.optional(v.string()),
    parameters: v.optional(v.record(v.string(), v.unknown())),
  }),
});

/** An earlier call. Chat templates walk through its arguments, so they must be an object. */
export const WireCall = v.strictObject({
  id: v.pipe(v.string(), v.minLength(1)),
  type: v.literal('function'),
  function: v.strictObject({
    name: v.string(),
    arguments: v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown())),
  }),
});

interface Asked {
  messages: readonly { role: string; tool_calls?: readonly { id: string }[] | undefined; tool_call_id?: string }[];
  tools?: readonly { function: { name: string } }[] | undefined;
  tool_choice?: string | { function: { name: string } } | undefined;
}

/** What OpenAI's server says of tools and calls that do not fit together; undefined where they do. */
export function toolProblem({ messages, tools, tool_choice: choice }: Asked): string | undefined {
  if (choice !== undefined && !tools) return 'tool_choice is only allowed when tools are specified.';
  const named = typeof choice === 'object' ? choice.function.name : undefined;
  if (named !== undefined && !tools?.some((tool) => tool.function.name === named)) return `Tool '${named}' not found.`;
  const open = new Set<string>();
  for (const { role, tool_calls: calls = [], tool_call_id: id = '' } of messages) {
    if (role === 'tool' && !open.delete(id)) {
      return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.";
    }
    if (role !== 'tool' && open.size > 0) {
      return `tool_call_ids did not have response messages: ${[...open].join(', ')}`;
    }
    for (const call of calls) open.add(call.id);
  }
  return open.size > 0 ? `tool_call_ids did not have response messages: ${[...open].join(', ')}` : undefined;
}
