import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { failBeforeHeaders, playPieces, type TimedPiece } from './omni-response.ts';
import type { OmniFault } from './omni-script.ts';

/** One request as it arrived. */
export interface WireRequest {
  url: URL;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** All by `performance.now()`. */
  receivedAtMs: number;
  /** When the first byte of the answer's body was sent. */
  answeredAtMs?: number;
  finishedAtMs?: number;
  /** When the client's hanging up was seen. */
  abortedAtMs?: number;
  outcome: 'running' | 'finished' | 'broken' | 'aborted';
}

export interface WireAnswer {
  status?: number;
  headers: Record<string, string>;
  pieces: readonly TimedPiece[];
}

export interface WireScript {
  fault?: OmniFault;
  /** Writes the body in pieces of this many bytes. */
  pieceBytes?: number;
}

export interface WireServerOptions<S extends WireScript> {
  script: S;
  /** What a GET answers, by path. */
  documents?: Record<string, unknown>;
  /** Demanded in the authorization header, scheme and all. */
  authorization?: string;
  answer: (request: WireRequest, script: S) => Promise<WireAnswer>;
}

/**
 * A speech server on the loopback that keeps what it is asked, breaks in every way a server breaks, and sees its
 * clients leave. What it answers is up to `answer`.
 */
export class WireServer<S extends WireScript> {
  readonly requests: WireRequest[] = [];
  readonly counters = { running: 0, peakRunning: 0, finished: 0, aborted: 0, faults: 0 };
  /** What to answer by, unless `next` said otherwise; may be changed at any time. */
  script: S;
  isHealthy = true;
  readonly #options: WireServerOptions<S>;
  readonly #queued: Partial<S>[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(options: WireServerOptions<S>) {
    this.#options = options;
    this.script = options.script;
    this.#server = createServer((request, response) => void this.#route(request, response));
    this.#server.keepAliveTimeout = 5_000;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections open at this moment, idle ones included. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  listen(): Promise<this> {
    return new Promise((listening, refused) => {
      this.#server.once('error', refused).listen(0, '127.0.0.1', () => listening(this));
    });
  }

  /** For the next request nothing was queued for yet. */
  next(script: Partial<S>): void {
    this.#queued.push(script);
  }

  /** Hangs up on everybody and stops listening. */
  close(): Promise<void> {
    return new Promise((closed) => {
      this.#server.close(() => closed());
      this.#server.closeAllConnections();
    });
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization, documents = {} } = this.#options;
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (authorization !== undefined && request.headers.authorization !== authorization) return send(response, 401, {});
    if (request.method === 'GET') {
      if (url.pathname === '/health') return send(response, this.isHealthy ? 200 : 503, {});
      return url.pathname in documents ? send(response, 200, documents[url.pathname]) : send(response, 404, {});
    }
    const body = await readBody(request);
    if (body) await this.#answer({ url, headers: request.headers, body }, response);
  }

  async #answer(asked: Pick<WireRequest, 'url' | 'headers' | 'body'>, response: ServerResponse): Promise<void> {
    const received: WireRequest = { ...asked, receivedAtMs: performance.now(), outcome: 'running' };
    const script = { ...this.script, ...this.#queued.shift() };
    this.requests.push(received);
    const { counters } = this;
    counters.peakRunning = Math.max(counters.peakRunning, ++counters.running);
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableEnded && received.outcome === 'running') {
        received.abortedAtMs = performance.now();
        received.outcome = 'aborted';
        counters.aborted++;
      }
      gone.abort();
    });
    try {
      await this.#play(received, script, response, gone.signal);
      if (received.outcome !== 'running') return;
      received.outcome = 'finished';
      received.finishedAtMs = performance.now();
      counters.finished++;
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    } finally {
      counters.running--;
    }
  }

  async #play(received: WireRequest, script: S, response: ServerResponse, gone: AbortSignal): Promise<void> {
    const { fault } = script;
    // Before anything is broken: the socket's closing must not be taken for the client's.
    const onFault = () => {
      this.counters.faults++;
      if (fault?.kind !== 'stall' && fault?.kind !== 'hang-before-headers') received.outcome = 'broken';
    };
    if (fault && !('afterChunks' in fault)) {
      onFault();
      return failBeforeHeaders(response, fault);
    }
    const { status = 200, headers, pieces } = await this.#options.answer(received, script);
    if (gone.aborted) return;
    response.writeHead(status, headers);
    const onFirstPiece = () => (received.answeredAtMs = performance.now());
    await playPieces(response, pieces, { ...script, onFault, onFirstPiece }, received.receivedAtMs, gone);
  }
}

function send(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
}

/** Nothing where the client hung up in the middle of it. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  } catch {
    return undefined;
  }
  return Buffer.concat(pieces);
}
