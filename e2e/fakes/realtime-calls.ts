import type { ScriptedCall } from './omni-calls.ts';
import type { RealtimeDialect, RealtimeScript } from './realtime-script.ts';
import type { ReceivedTurn } from './realtime-session.ts';
import type { Ids, TimedFrame } from './realtime-wire.ts';

/** The shape of a tool is the dialect's: on one level for OpenAI, nested for DashScope. */
function offeredBy({ tools, tool_choice: choice }: Record<string, unknown>): unknown[] {
  if (choice === 'none' || !Array.isArray(tools)) return [];
  return tools.map((tool: { name?: unknown; function?: { name?: unknown } }) => tool.function?.name ?? tool.name);
}

/** The calls this turn is answered with: where all of them are offered, and no tool has just told anything. */
export function callsOf({ calls }: RealtimeScript, { session, history, audio }: ReceivedTurn): readonly ScriptedCall[] {
  const isAsked = audio.samples.length > 0 || history.at(-1)?.role !== 'tool';
  return isAsked && calls.every(({ name }) => offeredBy(session).includes(name)) ? calls : [];
}

export const toCallId = ({ response }: Ids, index: number): string => `call_${response}_${index}`;

/** All of an answer that is nothing but calls, its opening and closing events left out. */
export function toCallFrames(
  dialect: RealtimeDialect,
  calls: readonly ScriptedCall[],
  ids: Ids,
  atMs: number,
): TimedFrame[] {
  return calls.flatMap(({ name, arguments: written }, index) => {
    const item = toCallItem({ name, arguments: '' }, ids, index, 'in_progress');
    const whole = toCallItem({ name, arguments: written }, ids, index, 'completed');
    const place = { response_id: ids.response, item_id: item.id, output_index: index, call_id: item.call_id };
    const type = 'response.function_call_arguments';
    // OpenAI's beta names the tool in the item only.
    const named = dialect === 'openai-beta' ? {} : { name };
    const frames = [
      { type: 'response.output_item.added', response_id: ids.response, output_index: index, item },
      ...(written.match(/[^]{1,7}/g) ?? []).map((delta) => ({ type: `${type}.delta`, ...place, delta })),
      { type: `${type}.done`, ...place, ...named, arguments: written },
      { type: 'response.output_item.done', response_id: ids.response, output_index: index, item: whole },
    ];
    return frames.map((frame) => ({ atMs, frame, isDelta: 'delta' in frame }));
  });
}

export const toCallItem = ({ name, arguments: written }: ScriptedCall, ids: Ids, index: number, status: string) => ({
  ...{ id: `item_f${ids.response}_${index}`, object: 'realtime.item', type: 'function_call', status },
  ...{ call_id: toCallId(ids, index), name, arguments: written },
});
