import { unreachable } from '#kernel/result';
import type { LiveItem, LivePart, MessageItem } from '../../session/live/live-item.ts';

/** An item as clients are shown it, without its sound. */
export function writeItem(item: LiveItem): object {
  const head = { id: item.id, object: 'realtime.item' };
  const status = item.status.replace('-', '_');
  switch (item.kind) {
    case 'message': {
      const content = item.content.map((part) => writePart(part, item.role));
      return { ...head, type: 'message', status, role: item.role, content };
    }
    case 'tool-call':
      return {
        ...head,
        type: 'function_call',
        status,
        call_id: item.callId,
        name: item.name,
        arguments: item.arguments,
      };
    case 'tool-result':
      return { ...head, type: 'function_call_output', status, call_id: item.callId, output: item.output };
    default:
      return unreachable(item);
  }
}

function writePart(part: LivePart, role: MessageItem['role']): object {
  if (part.kind === 'text') return { type: role === 'assistant' ? 'text' : 'input_text', text: part.text };
  return { type: role === 'assistant' ? 'audio' : 'input_audio', transcript: part.transcript };
}

/** What was said to us, as it is committed: its words come later. */
export const writeSpokenItem = (id: string): object =>
  writeItem({ kind: 'message', id, status: 'completed', role: 'user', content: [{ kind: 'audio', transcript: null }] });
