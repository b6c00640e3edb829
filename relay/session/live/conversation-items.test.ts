import { describe, expect, it } from 'vitest';
import { ConversationItems } from './conversation-items.ts';
import type { LiveItem } from './live-item.ts';

const item = (id: string, text = id): LiveItem => ({
  ...{ kind: 'message', id, status: 'completed', role: 'user' },
  content: [{ kind: 'text', text }],
});

function filled(count: number, text?: string) {
  const forgotten: string[] = [];
  const items = new ConversationItems((id) => forgotten.push(id));
  for (let i = 0; i < count; i++) items.add(item(`i${i}`, text));
  return { items, forgotten };
}

describe('the items of a conversation', () => {
  it('are forgotten from the oldest on when there are too many, and never the one that has just come', () => {
    const { items, forgotten } = filled(500);
    expect(forgotten).toEqual([]);
    expect(items.add(item('first'), {}, 'root')).toEqual({ previousItemId: null });
    expect(forgotten).toEqual(['i0']);
    expect(items.all[0]?.id).toBe('first');
  });

  it('are forgotten when there are too many words', () => {
    const { items, forgotten } = filled(6, 'x'.repeat(1_000_000));
    expect(forgotten).toEqual(['i0', 'i1']);
    items.delete('i2');
    items.add(item('more', 'x'.repeat(1_000_000)));
    expect(items.all).toHaveLength(4);
  });

  it('keep the sound of the last ones alone', async () => {
    const { items } = filled(0);
    for (let i = 0; i < 9; i++) items.add(item(`s${i}`, ''), { sound: Promise.resolve(new Uint8Array(2)), soundMs: 1 });
    const context = await items.context();
    expect(context.map((told) => told.kind === 'user' && told.audio !== undefined)).toEqual([
      ...[false, false, true, true, true, true, true, true, true],
    ]);
  });
});
