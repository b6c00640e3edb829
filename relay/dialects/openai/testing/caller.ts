import { WebSocket, type ClientOptions } from 'ws';
import type { Json } from './rehearsal.ts';

const PATIENCE_MS = 10_000;

export interface CallerOptions extends ClientOptions {
  /** What stands behind the path. */
  query?: string;
  protocols?: string[];
}

/** A client of OpenAI's Realtime API over a real socket, saying exactly what a test tells it to. */
export class OpenAiCaller {
  readonly socket: WebSocket;
  readonly events: Json[] = [];
  closed: { code: number; reason: string } | undefined;
  /** Of a refused upgrade. */
  refused: number | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(url: string, { query = '?model=gpt-realtime', protocols = [], ...options }: CallerOptions = {}) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/v1/realtime${query}`, protocols, options);
    this.socket.on('message', (data) => {
      this.events.push(JSON.parse((data as Buffer).toString()) as Json);
      this.#wake();
    });
    this.socket.on('unexpected-response', (_request, response) => {
      this.refused = response.statusCode;
      response.destroy();
      this.#wake();
    });
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.#wake();
    });
    this.socket.on('error', () => this.#wake());
  }

  /** Connected and greeted. */
  static async connect(url: string, options: CallerOptions = {}): Promise<OpenAiCaller> {
    const caller = new OpenAiCaller(url, options);
    await caller.next('conversation.created');
    return caller;
  }

  say(event: Json | string): void {
    this.socket.send(typeof event === 'string' ? event : JSON.stringify(event));
  }

  all(type: string): Json[] {
    return this.events.filter((event) => event['type'] === type);
  }

  /** The `nth` event of a type, waited for. */
  async next(type: string, nth = 1): Promise<Json> {
    await this.until(() => this.all(type).length >= nth);
    return this.all(type)[nth - 1] ?? {};
  }

  /** What the next `error` event tells. */
  async error(nth = 1): Promise<Json> {
    return (await this.next('error', nth))['error'] as Json;
  }

  get session(): Json {
    return this.all('session.created')[0]?.['session'] as Json;
  }

  /** Waits until something is so; looked at after everything that arrives. */
  async until(isSo: () => boolean): Promise<void> {
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (!isSo()) {
      if (performance.now() > deadlineMs) {
        const heard = this.events.map(({ type }) => type).join(' ');
        throw new Error(`waited in vain; refused ${this.refused}, closed ${this.closed?.code}, heard ${heard}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 20);
        this.#waiting.add(() => (clearTimeout(timer), resolve()));
      });
    }
  }

  /** Without a closing handshake. */
  cut(): void {
    this.socket.terminate();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
