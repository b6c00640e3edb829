import * as v from 'valibot';
import type { Tool, ToolChoice } from '../../upstream/upstream.ts';

const MAX_TOOLS = 128;
/** All of them together, as JSON: they are sent along with every turn. */
const MAX_TOOLS_CHARS = 256 * 1024;
/** A schema nested deeper than this would overrun the stack of whoever writes it out again. */
const MAX_DEPTH = 64;

const FunctionTool = v.pipe(
  v.object({
    type: v.literal('function'),
    name: v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/)),
    description: v.nullish(v.string()),
    parameters: v.nullish(v.record(v.string(), v.unknown())),
  }),
  v.transform(({ name, description, parameters }): Tool => ({
    name,
    ...(description != null && { description }),
    ...(parameters != null && { parameters }),
  })),
);

export const Tools = v.pipe(
  v.array(v.unknown()),
  v.maxLength(MAX_TOOLS, 'There are too many tools.'),
  v.check((tools) => tools.every((tool) => isShallow(tool, MAX_DEPTH)), 'The tools are nested too deeply.'),
  v.check((tools) => JSON.stringify(tools).length <= MAX_TOOLS_CHARS, 'The tools are too large.'),
  v.array(FunctionTool),
);

export const Choice = v.pipe(
  v.union([
    v.picklist(['auto', 'none', 'required']),
    v.object({ type: v.literal('function'), name: v.string() }),
    // As chat completions have it.
    v.pipe(
      v.object({ type: v.literal('function'), function: v.object({ name: v.string() }) }),
      v.transform((choice) => choice.function),
    ),
  ]),
  v.transform((choice): ToolChoice => (typeof choice === 'string' ? choice : { name: choice.name })),
);

export const writeTools = (tools: readonly Tool[]): unknown[] => tools.map((tool) => ({ type: 'function', ...tool }));

export const writeChoice = (choice: ToolChoice): unknown =>
  typeof choice === 'string' ? choice : { type: 'function', name: choice.name };

/** Whether nothing in it lies deeper than `depth` levels. */
export function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((part) => isShallow(part, depth - 1));
}
