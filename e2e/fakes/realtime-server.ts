import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { FakeRealtimeSession, type ReceivedTurn } from './realtime-session.ts';
import {
  DEFAULT_REALTIME_SCRIPT,
  type RealtimeDialect,
  type RealtimeFault,
  type RealtimeScript,
} from './realtime-script.ts';

export interface FakeRealtimeOptions {
  dialect?: RealtimeDialect;
  /** Of the turns nothing else was scripted for. */
  script?: Partial<RealtimeScript>;
  model?: string;
  /** Known to the model; any other fails at the first synthesis. */
  voices?: readonly string[];
  /** Demanded as a bearer token, where given. */
  apiKey?: string;
  /** 0 takes any free one. */
  port?: number;
}

const CONNECTION_FAULTS = new Set<RealtimeFault['kind']>(['status', 'reset', 'mute', 'wrong-hello']);

/**
 * A realtime speech server without a model: DashScope's wire, OpenAI's, or vLLM-Omni's turn streaming, on the loopback.
 * It keeps what it is told, answers by script with synthesized speech, breaks in every way a server breaks, and sees
 * clients cancel and leave.
 */
export class FakeRealtime {
  /** Every turn it was asked to answer, in order. */
  readonly turns: ReceivedTurn[] = [];
  readonly model: string;
  readonly dialect: RealtimeDialect;
  /** What to answer by, unless `next` said otherwise; may be changed at any time. */
  script: RealtimeScript;
  readonly counters = { connections: 0, refused: 0, faults: 0, aborted: 0 };
  readonly #queued: Partial<RealtimeScript>[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #http: Server;
  readonly #ws = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #apiKey: string | undefined;
  readonly #voices: readonly string[];
  #lastAbortMs: number | undefined;

  constructor(options: FakeRealtimeOptions = {}) {
    const { dialect = 'dashscope', script, model = 'qwen3-omni-flash-realtime', apiKey } = options;
    this.dialect = dialect;
    this.model = model;
    this.script = { ...DEFAULT_REALTIME_SCRIPT, ...script };
    this.#apiKey = apiKey;
    this.#voices = options.voices ?? ['Cherry', 'Ethan'];
    this.#http = createServer((_, response) => response.writeHead(404).end());
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket as Socket, head));
  }

  get url(): string {
    const route = this.dialect === 'dashscope' ? '/api-ws/v1/realtime' : '/v1/realtime';
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}${route}`;
  }

  /** When a client was last seen to cancel, or to leave before its answer was whole, by `performance.now()`. */
  get lastAbortMs(): number | undefined {
    return this.#lastAbortMs;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  listen(port = 0): Promise<void> {
    return new Promise((listening, refused) => {
      this.#http.once('error', refused).listen(port, '127.0.0.1', listening);
    });
  }

  /** For the next connection if its fault is one of connections, else for the next answer. */
  next(script: Partial<RealtimeScript>): void {
    this.#queued.push(script);
  }

  /** Closes every socket as a server does that ends its sessions. */
  endSessions(code = 1000): void {
    for (const socket of this.#ws.clients) socket.close(code);
  }

  /** Hangs up on everybody and stops listening. */
  close(): Promise<void> {
    return new Promise((closed) => {
      this.#http.close(() => closed());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const refuse = (status: number, retryAfter = '') => {
      this.counters.refused++;
      const header = retryAfter === '' ? '' : `Retry-After: ${retryAfter}\r\n`;
      socket.end(`HTTP/1.1 ${status} Refused\r\n${header}Content-Length: 0\r\nConnection: close\r\n\r\n`);
    };
    const { kind } = this.#queued[0]?.fault ?? {};
    const fault = kind && CONNECTION_FAULTS.has(kind) ? this.#queued.shift()?.fault : undefined;
    if (fault) this.counters.faults++;
    if (fault?.kind === 'status') return refuse(fault.status, fault.retryAfter);
    if (fault?.kind === 'reset') return void socket.resetAndDestroy();
    if (this.#apiKey !== undefined && request.headers.authorization !== `Bearer ${this.#apiKey}`) return refuse(401);
    const asked = new URL(request.url ?? '', 'ws://fake').searchParams.get('model');
    if (asked !== this.model) return refuse(404);
    this.#ws.handleUpgrade(request, socket, head, (ws) => this.#accept(ws, fault));
  }

  #accept(ws: WebSocket, fault: RealtimeFault | undefined): void {
    const connection = ++this.counters.connections;
    if (fault?.kind === 'wrong-hello') ws.send('<!doctype html><title>Sign in</title>');
    if (fault) return;
    new FakeRealtimeSession(ws, {
      dialect: this.dialect,
      model: this.model,
      voices: this.#voices,
      connection,
      script: () => this.script,
      nextScript: () => ({ ...this.script, ...this.#queued.shift() }),
      onTurn: (turn) => this.turns.push(turn),
      onFault: () => this.counters.faults++,
      onAbort: () => {
        this.counters.aborted++;
        this.#lastAbortMs = performance.now();
      },
    });
  }
}

/** Listening on `url` when it resolves; the caller closes it. */
export async function createFakeRealtime(options: FakeRealtimeOptions = {}): Promise<FakeRealtime> {
  const fake = new FakeRealtime(options);
  await fake.listen(options.port);
  return fake;
}
