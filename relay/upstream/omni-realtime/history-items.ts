import { newId } from '#kernel/ids';
import { toArguments } from '../openai-chat/tool-wire.ts';
import type { ContextItem } from '../upstream.ts';
import { toWireAudio } from './wire-audio.ts';

/** How the parts of an answer are called in a server's history. */
export type AnswerPart = 'output_text' | 'text';

/** What was said and done as items for servers that take them: the user by ear where there is sound, ours in words. */
export async function* toItems(
  items: readonly ContextItem[],
  rateHz: number,
  answerPart: AnswerPart,
): AsyncGenerator<object, void> {
  for (const item of items) {
    const told = await toItem(item, rateHz, answerPart);
    if (told) yield { type: 'conversation.item.create', item: told };
  }
}

/** Nothing where nothing is known of what was said. */
async function toItem(item: ContextItem, rateHz: number, answerPart: AnswerPart): Promise<object | undefined> {
  switch (item.kind) {
    case 'user':
      if (isSpoken(item)) return toMessage('user', { type: 'input_audio', audio: await toBase64(item.audio, rateHz) });
      return item.text ? toMessage('user', { type: 'input_text', text: item.text }) : undefined;
    case 'assistant':
      return item.text ? toMessage('assistant', { type: answerPart, text: item.text }) : undefined;
    case 'system':
      return toMessage('system', { type: 'input_text', text: item.text });
    case 'tool-call': {
      const { callId, name, arguments: written } = item;
      return { type: 'function_call', call_id: callId, name, arguments: toArguments(written) };
    }
    case 'tool-result':
      // DashScope's own clients name the item; OpenAI's server takes up to 32 characters.
      return { id: `item_${newId()}`, type: 'function_call_output', call_id: item.callId, output: item.output };
  }
}

/** Sound that goes through the microphone's buffer. */
export const isSpoken = (item: ContextItem): item is Extract<ContextItem, { kind: 'user' }> & { audio: Uint8Array } =>
  item.kind === 'user' && item.audio !== undefined;

const toMessage = (role: string, part: object): object => ({ type: 'message', role, content: [part] });

async function toBase64(pcm: Uint8Array, rateHz: number): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of toWireAudio(pcm, rateHz)) pieces.push(piece);
  return Buffer.concat(pieces).toString('base64');
}
