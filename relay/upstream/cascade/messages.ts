import type { ChatMessage } from '../openai-chat/chat.ts';
import type { ContextTurn, UpstreamTurn } from '../upstream.ts';

const SPOKEN_STYLE =
  'You are a helpful voice assistant. Answer as one speaks: briefly, in whole sentences, without lists, markdown or emoji.';

/** Stands in for what was said where nobody wrote it down; neutral, so that the model does not answer it. */
const LOST_SPEECH = '(spoken message)';

/** The conversation in words. Earlier audio is not transcribed: it would delay every answer by another request. */
export function toMessages({ settings, context }: UpstreamTurn, transcript: string): ChatMessage[] {
  const messages: ChatMessage[] = [
    { role: 'system', content: settings.systemPrompt ?? SPOKEN_STYLE },
    ...context.flatMap(toPair),
    { role: 'user', content: transcript },
  ];
  return messages.reduce<ChatMessage[]>(joinSameRole, []);
}

function toPair({ userAudio, userText, assistantText }: ContextTurn): ChatMessage[] {
  if (!userAudio && !userText && !assistantText) return [];
  const user: ChatMessage = { role: 'user', content: userText || LOST_SPEECH };
  return assistantText ? [user, { role: 'assistant', content: assistantText }] : [user];
}

/** Many chat templates demand that the roles alternate; after an answer nobody heard they would not. */
function joinSameRole(messages: ChatMessage[], message: ChatMessage): ChatMessage[] {
  const last = messages.at(-1);
  if (last?.role !== message.role) return [...messages, message];
  return [...messages.slice(0, -1), { role: last.role, content: `${last.content}\n${message.content}` }];
}
