import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createFakeOmni } from '../../../e2e/fakes/omni-server.ts';
import { createChat, type ChatEvent, type ChatOptions, type ChatRequest } from './chat.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

/** A server that sends these deltas, `everyMs` apart, and then ends as vLLM does; `bodies` are what it was asked. */
async function serve(deltas: readonly object[], everyMs = 0): Promise<{ baseUrl: string; bodies: object[] }> {
  const bodies: object[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    bodies.push(JSON.parse(await textOf(request)) as object);
    response.setHeader('content-type', 'text/event-stream');
    response.write(': waiting in the queue\n\n');
    const chunk = (delta: object, finish_reason: string | null = null) =>
      `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    for (const delta of deltas) {
      response.write(chunk(delta));
      if (everyMs > 0) await new Promise((wake) => setTimeout(wake, everyMs));
    }
    const usage = { prompt_tokens: 20, completion_tokens: 2 };
    response.end(`${chunk({}, 'stop')}data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`);
  };
  const server = createServer((request, response) => void answer(request, response));
  open.push({ close: () => server.close().closeAllConnections() });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

async function write(
  options: Partial<ChatOptions> & { baseUrl: string },
  settings = {},
  tooling: Partial<ChatRequest> = {},
): Promise<ChatEvent[]> {
  const chat = createChat({ model: 'm', timeouts: { firstEventMs: 600, stallMs: 400 }, ...options });
  open.push(chat);
  const events: ChatEvent[] = [];
  const signal = new AbortController().signal;
  for await (const event of chat.write(
    { messages: [{ role: 'user', content: 'Hello?' }], settings, ...tooling },
    signal,
  ))
    events.push(event);
  return events;
}
const wordsOf = (events: readonly ChatEvent[]) => events.map((event) => (event.kind === 'text' ? event.text : ''));

describe('a chat', () => {
  it('gives words as they come and the usage at the end', async () => {
    const { baseUrl } = await serve([{ role: 'assistant', content: null }, { content: 'Hel' }, { content: 'lo.' }]);
    expect(await write({ baseUrl })).toEqual([
      { kind: 'text', text: 'Hel' },
      { kind: 'text', text: 'lo.' },
      { kind: 'usage', usage: { inputTokens: 20, outputTokens: 2 } },
    ]);
  });

  it('never shows reasoning, tool calls or hidden blocks, and no blank lines after them', async () => {
    const { baseUrl } = await serve([
      { reasoning_content: 'They greet me.' },
      { content: '<thi' },
      { content: 'nk>Hm.</think>\n' },
      { content: '\n' },
      { content: 'Hello' },
      { tool_calls: [{ index: 0, function: { name: 'wave', arguments: '{}' } }] },
      { content: '.<tool_call>{}</tool_call>' },
    ]);
    const events = await write({ baseUrl });
    expect(wordsOf(events).join('')).toBe('Hello.');
    expect(events.filter(({ kind }) => kind === 'tool-call')).toMatchObject([{ name: 'wave', arguments: '{}' }]);
  });

  it('asks for tools where it is given some, and an answer that only calls them is one', async () => {
    const { baseUrl, bodies } = await serve([{ content: '<tool_call>{"name": "wave"}</tool_call>' }]);
    const events = await write({ baseUrl }, {}, { tools: [{ name: 'wave' }], toolChoice: { name: 'wave' } });
    expect(events.map(({ kind }) => kind)).toEqual(['tool-call', 'usage']);
    expect(bodies[0]).toMatchObject({
      tools: [{ type: 'function', function: { name: 'wave' } }],
      tool_choice: { type: 'function', function: { name: 'wave' } },
    });
  });

  it('gives a last letter that looked like the beginning of a tag', async () => {
    const { baseUrl } = await serve([{ content: '1 ' }, { content: '<' }]);
    expect(wordsOf(await write({ baseUrl })).join('')).toBe('1 <');
  });

  it('has failed when it ends without a word', async () => {
    const { baseUrl } = await serve([{ reasoning_content: 'I have thought.' }, { content: '<think>and thought' }]);
    const problem = { kind: 'upstream-faulty', detail: 'an answer without words' };
    expect(await write({ baseUrl })).toMatchObject([{ kind: 'failed', problem }]);
  });

  it('is silent to its listener while it thinks, and is not waited for any longer than silence is', async () => {
    const { baseUrl } = await serve(
      Array.from({ length: 30 }, () => ({ reasoning_content: 'Hm.' })),
      60,
    );
    const startedMs = performance.now();
    expect(await write({ baseUrl })).toMatchObject([{ problem: { kind: 'upstream-silent' } }]);
    expect(performance.now() - startedMs).toBeLessThan(1_100);
  });

  it('asks for no more than is set, and tells only DeepSeek not to think', async () => {
    const { baseUrl, bodies } = await serve([{ content: 'Yes.' }]);
    await write({ baseUrl: `${baseUrl}/v1` }, { temperature: 0.3, maxTokens: 64 });
    const stream = { stream: true, stream_options: { include_usage: true } };
    const messages = [{ role: 'user', content: 'Hello?' }];
    expect(bodies[0]).toEqual({ model: 'm', ...stream, temperature: 0.3, max_tokens: 64, messages });
    await write({ baseUrl, model: 'deepseek-flash' });
    expect(bodies[1]).toEqual({ model: 'deepseek-flash', ...stream, thinking: { type: 'disabled' }, messages });
    const body = { chat_template_kwargs: { enable_thinking: false } };
    await write({ baseUrl, model: 'deepseek-ai/DeepSeek-V3', body });
    expect(bodies[2]).toEqual({ model: 'deepseek-ai/DeepSeek-V3', ...stream, ...body, messages });
  });

  it('shows its key, and is down where that is turned down', async () => {
    const fake = await createFakeOmni({ apiKey: 'right', script: { isSilent: true, reply: 'Yes.' } });
    open.push(fake);
    const { baseUrl, model } = fake;
    expect(wordsOf(await write({ baseUrl, model, apiKey: 'right' }))).toContain('Yes.');
    const stranger = createChat({ baseUrl, model, apiKey: 'wrong' });
    open.push(stranger);
    expect((await stranger.check(new AbortController().signal)).state).toBe('down');
  });
});
