import type { ContextItem, ToolCall } from './upstream.ts';

/**
 * The items in an order every server takes: they refuse a result that does not come right after its call, and a call
 * without a result. So calls move down to their results, behind what was said while the tool was at work, which leaves
 * the last item the one to be answered; calls made at once stay together. A call that has no result yet is left out; a
 * result nobody called for becomes a note.
 */
export function pairCalls(items: readonly ContextItem[]): ContextItem[] {
  const paired: ContextItem[] = [];
  const open = new Map<string, { call: ToolCall; order: number; madeAt: number }>();
  /** The calls of the results at the end: where the first stands, and which they are. */
  let group = { at: 0, orders: [] as number[] };
  for (const [order, item] of items.entries()) {
    if (item.kind === 'tool-call') open.set(item.callId, { call: item, order, madeAt: paired.length });
    if (item.kind === 'tool-call') continue;
    const made = item.kind === 'tool-result' ? open.get(item.callId) : undefined;
    if (item.kind !== 'tool-result') paired.push(item);
    else if (!made) paired.push({ kind: 'system', text: `A tool has told: ${item.output}` });
    else {
      open.delete(item.callId);
      const isJoining = paired.at(-1)?.kind === 'tool-result' && made.madeAt <= group.at;
      if (!isJoining) group = { at: paired.length, orders: [] };
      const place = group.orders.filter((other) => other < made.order).length;
      group.orders.push(made.order);
      paired.splice(group.at + place, 0, made.call);
      paired.push(item);
    }
  }
  return paired;
}
