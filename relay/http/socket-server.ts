import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import { LIMITS, SUBPROTOCOL } from '#protocol';
import { noteCarrier } from '../dialects/bytes-read.ts';

/** How long a peer may take over the closing handshake; one that has stopped reading never finishes it. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Where sound comes as base64 in JSON, up to 15 MiB at a time as OpenAI allows it. */
const ROOMY_PATHS: ReadonlySet<string> = new Set(['/v1/realtime', '/api-ws/v1/realtime', '/ws']);
const ROOMY_PAYLOAD_BYTES = 16 * 1024 * 1024;

/** The first of these that is offered is agreed on. Never another: browsers offer their key as one. */
const PROTOCOLS = [SUBPROTOCOL, 'realtime'];

/** Limits hold before a byte is parsed. No compression: audio gains nothing by it. */
// `closeTimeout` is in ws since 8.19, not yet in its types.
const COMMON: ServerOptions & { closeTimeout: number } = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  closeTimeout: CLOSE_TIMEOUT_MS,
  handleProtocols: (offered) => PROTOCOLS.find((name) => offered.has(name)) ?? false,
};

const NATIVE: ServerOptions = {
  ...COMMON,
  maxPayload: LIMITS.maxPayloadBytes,
  maxFragments: LIMITS.maxFragments,
  maxBufferedChunks: LIMITS.maxBufferedChunks,
};

/** What a payload of this size comes in when each of its packets arrives alone, or a browser cuts it up. */
const ROOMY: ServerOptions = {
  ...COMMON,
  maxPayload: ROOMY_PAYLOAD_BYTES,
  maxFragments: 1_024,
  maxBufferedChunks: 16_384,
};

/** The one WebSocket server, with larger messages on some paths: a limit cannot be changed once a socket is open. */
class RelaySocketServer extends WebSocketServer {
  readonly #roomy = new WebSocketServer(ROOMY);

  constructor() {
    super(NATIVE);
    this.#roomy.on('headers', (headers, request) => this.emit('headers', headers, request));
  }

  override handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    callback: (client: WebSocket, request: IncomingMessage) => void,
  ): void {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const accept = (client: WebSocket, accepted: IncomingMessage): void => {
      noteCarrier(client, accepted.socket);
      callback(client, accepted);
    };
    if (ROOMY_PATHS.has(path)) this.#roomy.handleUpgrade(request, socket, head, accept);
    else super.handleUpgrade(request, socket, head, accept);
  }

  override close(callback?: (error?: Error) => void): void {
    this.#roomy.close();
    super.close(callback);
  }
}

export const createSocketServer = (): WebSocketServer => new RelaySocketServer();
