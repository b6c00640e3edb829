import type { ReceivedRequest } from './omni-request.ts';
import type { OmniScript } from './omni-script.ts';

/** A tool called by a script. `arguments` as a model writes them: JSON, or nearly. */
export interface ScriptedCall {
  name: string;
  arguments: string;
}

/** The calls this request is answered with: where all of them are offered, and no tool has told anything yet. */
export function callsOf({ calls }: OmniScript, { body }: ReceivedRequest): readonly ScriptedCall[] {
  const offered = body.tool_choice === 'none' ? [] : (body.tools ?? []).map((tool) => tool.function.name);
  const isAsked = body.messages.at(-1)?.role !== 'tool';
  return isAsked && calls.every(({ name }) => offered.includes(name)) ? calls : [];
}

/** As Hermes and Qwen write them. */
export const toMarkup = (calls: readonly ScriptedCall[]): string =>
  calls
    .map(({ name, arguments: written }) => `<tool_call>\n{"name": "${name}", "arguments": ${written}}\n</tool_call>`)
    .join('\n');

/** As a server with a parser streams them: id and name once, the arguments in pieces. `answer` tells answers apart. */
export function toCallDeltas(calls: readonly ScriptedCall[], answer: string): object[] {
  return calls.flatMap(({ name, arguments: written }, index) => {
    const opening = { index, id: `call_${answer}_${index}`, type: 'function', function: { name, arguments: '' } };
    const pieces = written.match(/[^]{1,7}/g) ?? [];
    const deltas = [opening, ...pieces.map((piece) => ({ index, function: { arguments: piece } }))];
    return deltas.map((delta) => ({ tool_calls: [delta] }));
  });
}
