import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

export interface SocketServer {
  url: URL;
  /** Text as parsed JSON, binary as it came. */
  received: unknown[];
  headers: IncomingHttpHeaders[];
  paths: (string | undefined)[];
  send(message: object | Uint8Array | string): void;
  hangUp(code: number): void;
  close(): Promise<void>;
}

/** A server that says only what it is told to; `greet` answers each message of the first client by itself. */
export async function startSocketServer(greet: (message: unknown) => object | undefined): Promise<SocketServer> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const received: unknown[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const paths: (string | undefined)[] = [];
  let client: WebSocket | undefined;
  const send = (message: object | string): void =>
    client?.send(message instanceof Uint8Array || typeof message === 'string' ? message : JSON.stringify(message));
  const answer = (message: unknown): void => {
    const reply = greet(message);
    if (reply) send(reply);
  };
  server.on('connection', (socket, request) => {
    client = socket;
    headers.push(request.headers);
    paths.push(request.url);
    socket.on('message', (data, isBinary) => {
      const message: unknown = isBinary ? data : JSON.parse((data as Buffer).toString());
      received.push(message);
      answer(message);
    });
    answer(undefined);
  });
  return {
    url: new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/realtime`),
    ...{ received, headers, paths, send },
    hangUp: (code) => client?.close(code),
    close: () =>
      new Promise((closed) => {
        for (const socket of server.clients) socket.terminate();
        server.close(() => closed());
      }),
  };
}
