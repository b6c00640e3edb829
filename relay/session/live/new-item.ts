import { newId } from '#kernel/ids';
import type { Hidden } from './conversation-items.ts';
import type { LiveItem } from './live-item.ts';

/** An item as a client makes it; the id is given by it or by us. */
export type NewItem = { id?: string } & (
  | { kind: 'message'; role: 'user' | 'assistant' | 'system'; content: readonly NewPart[] }
  | { kind: 'tool-call'; callId: string; name: string; arguments: string }
  | { kind: 'tool-result'; callId: string; output: string }
);

export type NewPart =
  | { kind: 'text'; text: string }
  /** PCM16LE mono at the session's input rate. */
  | { kind: 'audio'; pcm: Uint8Array; transcript?: string };

/** An item as a client has made it, and what is kept behind it. `convert`: sound as the model takes it. */
export function toLiveItem(
  made: NewItem,
  convert: (pcm: Uint8Array) => Promise<Uint8Array>,
): Hidden & { item: LiveItem } {
  const { id = `item_${newId()}` } = made;
  if (made.kind !== 'message') return { item: { ...made, id, status: 'completed' } };
  const { role, content } = made;
  const pcm = joined(content.filter((part) => part.kind === 'audio').map((part) => part.pcm));
  return {
    item: { kind: 'message', id, status: 'completed', role, content: content.map(toLivePart) },
    // What an assistant is said to have said is told in words.
    ...(role === 'user' && pcm.length > 0 && { sound: convert(pcm) }),
  };
}

const toLivePart = (part: NewPart) =>
  part.kind === 'text' ? part : ({ kind: 'audio', transcript: part.transcript ?? null } as const);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0]) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
