import { WebSocket, type ClientOptions } from 'ws';
import {
  decodeAudio,
  encodeAudio,
  encodeClient,
  parseServer,
  SUBPROTOCOL,
  type AudioFrame,
  type ClientMessage,
  type ClientMessageOf,
  type ServerMessage,
  type ServerMessageOf,
} from '#protocol';
import { hello, type Speaker } from '../../../session/testing/speaker.ts';

const PATIENCE_MS = 15_000;

/** A client of the native wire over a real socket, saying exactly what a test tells it to. */
export class Caller {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[] = [];
  readonly frames: AudioFrame[] = [];
  closed: number | undefined;
  readonly #url: string;
  readonly #waiting = new Set<() => void>();

  constructor(url: string, options: ClientOptions = {}) {
    this.#url = url;
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/v1/earshot`, SUBPROTOCOL, options);
    this.socket.on('message', (data, isBinary) => {
      const bytes = data as Buffer;
      if (isBinary) {
        const frame = decodeAudio(bytes);
        if (!frame.ok) throw new Error('the relay sent a malformed frame');
        this.frames.push(frame.value);
      } else {
        const parsed = parseServer(bytes.toString());
        if (parsed.kind !== 'message') throw new Error(`the relay sent ${bytes.toString()}`);
        this.messages.push(parsed.message);
      }
      this.#wake();
    });
    this.socket.on('close', (code) => {
      this.closed = code;
      this.#wake();
    });
    this.socket.on('error', () => this.#wake());
  }

  /** Connected, with a ticket of its own, and welcomed. */
  static async connect(url: string, changes: Partial<ClientMessageOf<'hello'>> = {}): Promise<Caller> {
    const caller = new Caller(url);
    await caller.greet(changes);
    await caller.next('welcome');
    return caller;
  }

  async greet(changes: Partial<ClientMessageOf<'hello'>> = {}): Promise<void> {
    const ticket = await getTicket(this.#url);
    await this.until(() => this.socket.readyState === WebSocket.OPEN);
    this.send(hello({ ticket, ...changes }));
  }

  send(message: ClientMessage): void {
    this.socket.send(encodeClient(message));
  }

  sendFrame(frame: AudioFrame): void {
    this.socket.send(encodeAudio(frame));
  }

  /** Begins, sends every frame and commits. */
  say(speaker: Speaker, after = 0): void {
    this.send(speaker.begin());
    for (let n = 0; n < speaker.frames; n++) this.sendFrame(speaker.frame(n));
    this.send(speaker.commit(after));
  }

  all<T extends ServerMessage['type']>(type: T): ServerMessageOf<T>[] {
    return this.messages.filter((message): message is ServerMessageOf<T> => message.type === type);
  }

  /** The `nth` message of a type, waited for. */
  async next<T extends ServerMessage['type']>(type: T, nth = 1): Promise<ServerMessageOf<T>> {
    await this.until(() => this.all(type).length >= nth);
    const message = this.all(type)[nth - 1];
    if (!message) throw new Error(`no ${type}`);
    return message;
  }

  async closeCode(): Promise<number> {
    await this.until(() => this.closed !== undefined);
    return this.closed ?? 0;
  }

  /** Waits until something is so; looked at after everything that arrives. */
  async until(isSo: () => boolean): Promise<void> {
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (!isSo()) {
      if (performance.now() > deadlineMs) {
        throw new Error(
          `waited in vain; closed ${this.closed}, heard ${this.messages.map(({ type }) => type).join(' ')}`,
        );
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 20);
        this.#waiting.add(() => (clearTimeout(timer), resolve()));
      });
    }
  }

  /** As a pulled cable: no closing handshake. */
  cut(): void {
    this.socket.terminate();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

export async function getTicket(url: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${url}/session`, { method: 'POST', headers });
  const { ticket } = (await response.json()) as { ticket: string };
  return ticket;
}
