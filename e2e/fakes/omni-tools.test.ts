import { afterEach, describe, expect, it } from 'vitest';
import { createFakeOmni, type FakeOmni } from './omni-server.ts';
import type { OmniScript } from './omni-script.ts';

const open: FakeOmni[] = [];
afterEach(async () => {
  for (const fake of open.splice(0)) await fake.close();
});

const TOOLS = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
const question = { role: 'user', content: 'What is there?' };
const calling = (id: string, written = '{"at":"sea"}') => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name: 'look', arguments: written } }],
});
const telling = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'A ship.' });

async function ask(body: object, script: Partial<OmniScript> = {}): Promise<{ status: number; text: string }> {
  const calls = [{ name: 'look', arguments: '{"at":"sea"}' }];
  const fake = await createFakeOmni({ script: { pace: 0, reply: 'A ship.', calls, ...script } });
  open.push(fake);
  const response = await fetch(`${fake.baseUrl}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: fake.model, stream: true, messages: [question], ...body }),
  });
  return { status: response.status, text: await response.text() };
}

describe('the fake server with tools', () => {
  it('calls them in pieces, the id once, with a finish reason of their own, and reads the call out', async () => {
    const { text } = await ask({ tools: TOOLS });
    expect(text.match(/"id":"call_/g)).toHaveLength(1);
    expect(text.match(/"arguments":/g)?.length).toBeGreaterThan(2);
    expect(text).toContain('"finish_reason":"tool_calls"');
    expect(text).toContain('"modality":"audio"');
    expect(text).not.toContain('tool_call>');
  });

  it('leaves them in its words where it has no parser', async () => {
    const { text } = await ask({ tools: TOOLS }, { leavesMarkup: true });
    expect(text).toContain('<tool_call>');
    expect(text).not.toContain('"tool_calls"');
  });

  it('answers in words what a tool has told, and where it has no tools or may not call them', async () => {
    for (const body of [
      { tools: TOOLS, messages: [question, calling('c1'), telling('c1')] },
      { tools: TOOLS, tool_choice: 'none' },
      {},
    ]) {
      const { text } = await ask(body, { isSilent: true });
      expect(text).toContain('"content":"A "');
    }
  });

  it.each([
    ['a result without a call', { messages: [question, telling('c1')] }],
    ['a result of another call', { messages: [question, calling('c1'), telling('c2')] }],
    ['a call without a result', { messages: [question, calling('c1')] }],
    ['a call whose result comes too late', { messages: [question, calling('c1'), question, telling('c1')] }],
    ['two results of one call', { messages: [question, calling('c1'), telling('c1'), telling('c1')] }],
    ['arguments that are no object', { messages: [question, calling('c1', 'sea'), telling('c1')] }],
    ['tools in the flat shape', { tools: [{ type: 'function', name: 'look' }] }],
    ['an empty list of tools', { tools: [] }],
    ['a choice without tools', { tool_choice: 'auto' }],
    [
      'the choice of a tool that is not there',
      { tools: TOOLS, tool_choice: { type: 'function', function: { name: 'x' } } },
    ],
  ])('refuses %s', async (_, body) => {
    expect((await ask(body)).status).toBe(400);
  });
});
