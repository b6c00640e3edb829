import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { DOWN_BYTES, noise } from './sound.ts';
import { StampedMessage } from './stamped-message.ts';
import type { Line, LineListener, Upstream } from './upstream.ts';
import { MODEL } from './wire.ts';

/**
 * An inference server of vLLM-Omni's kind whose answers never end: one word, then 100 ms of sound in each event, when
 * the generator says so. An answer ends when the relay closes its connection.
 */
export class AnswerUpstream implements Upstream {
  readonly server: Server;
  readonly #listener: LineListener;

  constructor(listener: LineListener) {
    this.#listener = listener;
    this.server = createServer((request, response) => void this.#answer(request, response));
    // The relay holds one connection for each answer, idle ones between them.
    this.server.keepAliveTimeout = 60_000;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for await (const _ of request);
    if (request.url === '/v1/models') return void response.end(JSON.stringify({ data: [{ id: MODEL }] }));
    if (request.url !== '/v1/chat/completions') return void response.end();
    const { socket } = response;
    if (!socket) return;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    // From here on past Node's own writer, in the chunks that it has announced: it would take a copy and two writes.
    socket.write(toChunk(eventOf('text', 'One')).bytes);
    const { bytes, contentAt } = toChunk(eventOf('audio', noise(DOWN_BYTES).toString('base64')));
    const message = new StampedMessage(bytes, contentAt, 'base64');
    const line: Line = { send: (stamp) => message.send(socket, stamp) };
    socket.once('close', () => this.#listener.onClosed(line));
    this.#listener.onOpened(line);
  }
}

const eventOf = (modality: string, content: string): string =>
  JSON.stringify({
    ...{ id: 'chatcmpl-0123456789abcdef', object: 'chat.completion.chunk', created: 1_700_000_000 },
    ...{ model: MODEL, modality },
    choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }],
  });

/** One event of the stream as one chunk of the body, and where its content begins. */
function toChunk(data: string): { bytes: Buffer; contentAt: number } {
  const event = `data: ${data}\n\n`;
  const bytes = Buffer.from(`${event.length.toString(16)}\r\n${event}\r\n`, 'latin1');
  const key = '"content":"';
  return { bytes, contentAt: bytes.indexOf(key) + key.length };
}
