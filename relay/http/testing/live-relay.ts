import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { WebSocket, type ClientOptions } from 'ws';
import { systemClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { createLiveSessions } from '../../session/live/live-sessions.ts';
import { ScriptedEars } from '../../session/live/testing/scripted-ears.ts';
import { ScriptedUpstream } from '../../session/testing/scripted-upstream.ts';
import { ClientKeys } from '../client-keys.ts';
import { isInvitedBy } from '../client-upgrade.ts';
import { guard } from '../guard.ts';
import { createServer } from '../server.ts';
import { SIMPLE_PATH, simpleRoutes } from '../simple.ts';
import { createSocketServer } from '../socket-server.ts';
import { VOICE_PATH, voiceRoutes } from '../voice.ts';
import { until } from './speech-relay.ts';

export type Json = Record<string, unknown>;

/** The sockets of our own dialects on a real port, over real sessions whose server and turn detection are scripted. */
export class LiveRelay {
  readonly upstream = new ScriptedUpstream();
  readonly ears = new ScriptedEars();
  readonly #clients: LiveClient[] = [];
  readonly #server;

  private constructor(keys: readonly string[], maxSessions: number) {
    const common = { clock: systemClock, logger: silentLogger };
    const clientKeys = new ClientKeys({ keys, isLoopbackOnly: true, clock: systemClock });
    const sessions = createLiveSessions({ ...common, upstream: this.upstream, ears: this.ears, maxSessions });
    const parts = { ...common, sessions, keys: clientKeys };
    const http = new Hono();
    http.use(guard([], isInvitedBy(clientKeys, [VOICE_PATH, SIMPLE_PATH])));
    http.route('/', voiceRoutes(parts)).route('/', simpleRoutes(parts));
    this.#server = createServer({ http, sockets: createSocketServer() });
    this.#server.listen(0, '127.0.0.1');
  }

  static async start({ keys = [], maxSessions = 100 }: { keys?: readonly string[]; maxSessions?: number } = {}) {
    const relay = new LiveRelay(keys, maxSessions);
    await until(() => relay.#server.listening);
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  connect(path: string, options: ClientOptions = {}, protocols: string[] = []): LiveClient {
    const client = new LiveClient(`ws://127.0.0.1:${this.port}${path}`, protocols, options);
    this.#clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    for (const { socket } of this.#clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export class LiveClient {
  readonly socket: WebSocket;
  readonly messages: Json[] = [];
  audioBytes = 0;
  closed: number | undefined;
  /** Of the refusal, when it was refused. */
  status: number | undefined;

  constructor(url: string, protocols: string[], options: ClientOptions) {
    this.socket = new WebSocket(url, protocols, options);
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.audioBytes += data.length;
      else this.messages.push(JSON.parse(data.toString()) as Json);
    });
    this.socket.on('unexpected-response', (_, { statusCode }) => (this.status = statusCode));
    this.socket.on('close', (code) => (this.closed = code));
    this.socket.on('error', () => {});
  }

  async say(...messages: (Json | string | Uint8Array)[]): Promise<void> {
    await until(() => this.socket.readyState !== WebSocket.CONNECTING);
    for (const message of messages) {
      this.socket.send(
        typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message),
      );
    }
  }

  get types(): unknown[] {
    return this.messages.map(({ type }) => type);
  }

  /** The first message of a type, waited for. */
  async told(type: string, nth = 1): Promise<Json> {
    const found = () => this.messages.filter((message) => message['type'] === type)[nth - 1];
    await until(() => found() !== undefined);
    return found() ?? {};
  }
}
