import * as v from 'valibot';
import type { Tool, ToolChoice } from '../../upstream/upstream.ts';
import { Tools as FlatTools } from '../realtime/tools.ts';

/** As chat completions have them: what OpenAI's Realtime API writes flat lies one level deeper here. */
export const Tools = v.pipe(
  v.array(
    v.pipe(
      v.object({ type: v.literal('function'), function: v.record(v.string(), v.unknown()) }),
      v.transform((tool): unknown => ({ ...tool.function, type: tool.type })),
    ),
  ),
  FlatTools,
);

export const writeTools = (tools: readonly Tool[]): object[] =>
  tools.map((tool) => ({ type: 'function', function: tool }));

export const writeChoice = (choice: ToolChoice): unknown =>
  typeof choice === 'string' ? choice : { type: 'function', function: choice };
