import { LINE_RATE_HZ } from '../../sound/line.ts';
import { WireDecoder, WireEncoder, type WireEncoding } from '../../sound/wire-sound.ts';
import type { AgentClient, AgentListener, ConnectOptions } from '../agent-client.ts';
import { ClientSocket } from '../client-socket.ts';
import { parseGatewayEvent, type GatewayEvent } from './gateway-event.ts';

/** WS /voice: sound as binary messages both ways; the relay takes turns. */
export class GatewayClient implements AgentClient {
  readonly dialect = 'gateway';
  readonly #socket: ClientSocket;
  readonly #listener: AgentListener;
  readonly #encoder: WireEncoder;
  readonly #decoder: WireDecoder;
  /** The answer that binary messages belong to. */
  #answer = '';
  #ready: ((problem?: string) => void) | undefined;

  private constructor(socket: ClientSocket, wire: WireEncoding, listener: AgentListener) {
    this.#socket = socket;
    this.#listener = listener;
    this.#encoder = new WireEncoder(wire);
    this.#decoder = new WireDecoder(wire);
  }

  static async connect({ url, apiKey, line, listener }: ConnectOptions): Promise<GatewayClient> {
    const address = new URL(url);
    if (line === 'telephone') address.searchParams.set('format', 'pcmu');
    const wire: WireEncoding =
      line === 'telephone' ? { encoding: 'pcmu' } : { encoding: 'pcm16', rateHz: LINE_RATE_HZ };
    const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    const socket = await ClientSocket.open(address, headers);
    const client = new GatewayClient(socket, wire, listener);
    const ready = new Promise<void>((resolve, reject) => {
      client.#ready = (problem) => (problem === undefined ? resolve() : reject(new Error(problem)));
    });
    socket.listen({
      onText: (json) => client.#read(json),
      onBytes: (bytes) => client.#sound(client.#decoder.decode(bytes)),
      onClose: (code) => {
        client.#ready?.(`the server closed with ${code}`);
        listener({ kind: 'closed', code });
      },
    });
    await socket.within(ready, 'ready');
    client.#ready = undefined;
    return client;
  }

  send(samples: Int16Array): void {
    this.#socket.sendBytes(this.#encoder.encode(samples));
  }

  tellHeard(answer: string, heardMs: number): void {
    // It is always about the latest.
    if (answer === this.#answer) this.#socket.sendJson({ type: 'interrupt', heardMs: Math.floor(heardMs) });
  }

  close(): void {
    this.#socket.close();
  }

  #read(json: string): void {
    const event = parseGatewayEvent(json);
    if (event) this.#tell(event);
  }

  #tell(event: GatewayEvent): void {
    switch (event.type) {
      case 'ready':
        return this.#ready?.();
      case 'speech.started':
        return this.#listener({ kind: 'speech-started' });
      case 'speech.stopped':
        this.#listener({ kind: 'speech-stopped' });
        return this.#listener({ kind: 'committed' });
      case 'transcript':
        return this.#listener({ kind: 'understood', text: event.text });
      case 'response.started':
        this.#answer = event.response;
        this.#decoder.finish();
        return this.#listener({ kind: 'answer-started', answer: event.response });
      case 'response.text':
        return this.#listener({ kind: 'words', answer: event.response, text: event.delta });
      case 'interrupted':
        return this.#listener({ kind: 'interrupted' });
      case 'response.done':
        this.#sound(this.#decoder.finish());
        return this.#listener({ kind: 'answer-ended', answer: event.response, status: event.status });
      case 'error':
        this.#ready?.(`the server refused the call: ${event.code}`);
        return this.#listener({ kind: 'problem', code: event.code });
    }
  }

  #sound(samples: Int16Array<ArrayBuffer>): void {
    if (samples.length > 0) this.#listener({ kind: 'audio', answer: this.#answer, samples });
  }
}
