import type { ContextTurn } from '../upstream.ts';
import { toWireAudio } from './wire-audio.ts';

/** Earlier turns as items for servers that take them: the user's by ear where there is sound, ours in words. */
export async function* toItems(
  context: readonly ContextTurn[],
  rateHz: number,
  answerType: 'output_text' | 'text',
): AsyncGenerator<object, void> {
  for (const { userAudio, userText, assistantText } of context) {
    if (userAudio) yield toItem('user', { type: 'input_audio', audio: await toBase64(userAudio, rateHz) });
    else if (userText) yield toItem('user', { type: 'input_text', text: userText });
    if (assistantText) yield toItem('assistant', { type: answerType, text: assistantText });
  }
}

const toItem = (role: string, content: object): object => ({
  type: 'conversation.item.create',
  item: { type: 'message', role, content: [content] },
});

async function toBase64(pcm: Uint8Array, rateHz: number): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of toWireAudio(pcm, rateHz)) pieces.push(piece);
  return Buffer.concat(pieces).toString('base64');
}
