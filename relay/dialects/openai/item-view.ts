import { unreachable } from '#kernel/result';
import type { ItemStatus, LiveItem, LivePart, MessageItem } from '../../session/live/live-item.ts';
import { NAMES, type Flavour } from './names.ts';

export const writeStatus = (status: ItemStatus): string => status.replace('-', '_');

/** An item as clients are shown it: with every field that one of them is known to look at, and no audio. */
export function writeItem(item: LiveItem, flavour: Flavour): object {
  const head = { id: item.id, object: 'realtime.item' };
  const status = writeStatus(item.status);
  switch (item.kind) {
    case 'message': {
      const content = item.content.map((part) => writePart(part, item.role, flavour));
      return { ...head, type: 'message', status, role: item.role, content };
    }
    case 'tool-call': {
      // Clients append what comes in the deltas to what is here.
      const written = item.status === 'in-progress' ? '' : item.arguments;
      return { ...head, type: 'function_call', status, name: item.name, call_id: item.callId, arguments: written };
    }
    case 'tool-result':
      return { ...head, type: 'function_call_output', status, call_id: item.callId, output: item.output };
    default:
      return unreachable(item);
  }
}

function writePart(part: LivePart, role: MessageItem['role'], flavour: Flavour): object {
  const { audioContent, textContent } = NAMES[flavour];
  if (part.kind === 'text') return { type: role === 'assistant' ? textContent : 'input_text', text: part.text };
  // The key must be there even while nobody knows the words: the Agents SDK throws without it.
  return { type: role === 'assistant' ? audioContent : 'input_audio', transcript: part.transcript };
}
