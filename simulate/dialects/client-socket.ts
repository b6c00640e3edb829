import { WebSocket, type ClientOptions } from 'ws';

const READY_WITHIN_MS = 15_000;

export interface SocketListener {
  onText(text: string): void;
  onBytes?(bytes: Uint8Array): void;
  onClose(code: number): void;
}

/** A WebSocket that is open, and loses nothing of what comes before somebody listens. */
export class ClientSocket {
  readonly #socket: WebSocket;
  #listener: SocketListener | undefined;
  #early: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data, isBinary) => {
      const bytes = data as Buffer;
      this.#when((listener) => (isBinary ? listener.onBytes?.(bytes) : listener.onText(bytes.toString())));
    });
    socket.on('close', (code) => this.#when((listener) => listener.onClose(code)));
    // A close follows every error, and says all there is to say.
    socket.on('error', () => undefined);
  }

  static async open(url: URL, headers: ClientOptions['headers'] = {}, protocols: string[] = []): Promise<ClientSocket> {
    const options = { headers, handshakeTimeout: READY_WITHIN_MS, perMessageDeflate: false };
    const socket = new WebSocket(url, protocols, options);
    const client = new ClientSocket(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return client;
  }

  listen(listener: SocketListener): void {
    this.#listener = listener;
    for (const tell of this.#early.splice(0)) tell();
  }

  sendText(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  sendJson(event: object): void {
    this.sendText(JSON.stringify(event));
  }

  sendBytes(bytes: Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(bytes);
  }

  close(): void {
    this.#socket.close();
  }

  /** What is waited for, or an error that names it. Closes the socket if it does not come. */
  async within<T>(wanted: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the server sent no ${what}`)), READY_WITHIN_MS);
    });
    try {
      return await Promise.race([wanted, late]);
    } catch (error) {
      this.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #when(tell: (listener: SocketListener) => void): void {
    if (this.#listener) tell(this.#listener);
    else this.#early.push(() => this.#listener && tell(this.#listener));
  }
}
