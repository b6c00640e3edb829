import type { ChatMessage } from '../openai-chat/chat.ts';
import { joinCalls, toCallMessage } from '../openai-chat/tool-wire.ts';
import { LOST_SPEECH } from '../lost-speech.ts';
import { pairCalls } from '../pair-calls.ts';
import type { ContextItem, UpstreamTurn } from '../upstream.ts';

const SPOKEN_STYLE =
  'You are a helpful voice assistant. Answer as one speaks: briefly, in whole sentences, without lists, markdown or emoji.';

/** The conversation in words; speech nobody has written down is stood for. */
export function toMessages({ settings, items }: Pick<UpstreamTurn, 'settings' | 'items'>): ChatMessage[] {
  const system: ChatMessage = { role: 'system', content: settings.systemPrompt ?? SPOKEN_STYLE };
  const messages = pairCalls(items).flatMap(toMessage);
  // Many chat templates demand that the user begins, and that the roles alternate from then on.
  const opening: ChatMessage[] = messages[0]?.role === 'assistant' ? [{ role: 'user', content: LOST_SPEECH }] : [];
  return joinCalls([system, ...opening, ...messages]).reduce<ChatMessage[]>(joinSameRole, []);
}

function toMessage(item: ContextItem): ChatMessage[] {
  switch (item.kind) {
    case 'user':
      return item.text || item.audio ? [{ role: 'user', content: item.text || LOST_SPEECH }] : [];
    case 'assistant':
      return item.text ? [{ role: 'assistant', content: item.text }] : [];
    case 'system':
      // The same templates take a system message at the beginning only.
      return [{ role: 'user', content: `(Note: ${item.text})` }];
    case 'tool-call':
      return [toCallMessage(item)];
    case 'tool-result':
      return [{ role: 'tool', tool_call_id: item.callId, content: item.output }];
  }
}

/** After an answer nobody heard the roles would not alternate. */
function joinSameRole(messages: ChatMessage[], message: ChatMessage): ChatMessage[] {
  const last = messages.at(-1);
  const isOther = last?.role !== message.role || message.role === 'tool' || 'tool_calls' in message;
  if (isOther || last.content === null) return [...messages, message];
  return [...messages.slice(0, -1), { ...last, content: `${last.content}\n${message.content}` }];
}
