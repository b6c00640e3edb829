import type { OpenSocket, SocketEvents } from '../transport.ts';

export type Wire = string | Uint8Array<ArrayBuffer>;

/** The relay's end of one connection. */
export interface ServerEnd {
  received(message: Wire): void;
  disconnected(): void;
}

export type Serve = (toClient: { send(message: Wire): void; close(code: number): void }) => ServerEnd;

interface Line {
  events: SocketEvents;
  server: ServerEnd;
  up: Wire[];
  down: (Wire | { close: number })[];
  isCut: boolean;
}

/**
 * A network in memory: what is sent waits until it is flushed by hand, message by message and per direction, so a test
 * decides what arrives before the line is cut.
 */
export class FakeNetwork {
  readonly #serve: Serve;
  #line: Line | undefined;
  /** Sockets asked for since the beginning. */
  opened = 0;
  /** While true a new socket never opens (`blocked`), or closes at once (`down`). */
  state: 'up' | 'down' | 'blocked' = 'up';

  constructor(serve: Serve) {
    this.#serve = serve;
  }

  readonly openSocket: OpenSocket = (events) => {
    this.opened++;
    if (this.state === 'down') {
      events.closed(1006);
      return { send() {}, close() {}, bufferedAmount: () => 0 };
    }
    const line: Line = { events, up: [], down: [], isCut: false, server: { received() {}, disconnected() {} } };
    this.#line = line;
    line.server = this.#serve({
      send: (message) => !line.isCut && line.down.push(message),
      close: (code) => !line.isCut && line.down.push({ close: code }),
    });
    if (this.state === 'up') queueMicrotask(() => !line.isCut && events.opened());
    return {
      send: (message) => !line.isCut && line.up.push(message),
      close: (code) => this.#end(line, code),
      bufferedAmount: () => line.up.reduce((sum, message) => sum + message.length, 0),
    };
  };

  /** Lets up to `count` messages of the client arrive; returns how many there were. */
  flushUp(count = Infinity): number {
    const line = this.#line;
    let done = 0;
    while (line && !line.isCut && done < count) {
      const message = line.up.shift();
      if (message === undefined) break;
      done++;
      line.server.received(message);
    }
    return done;
  }

  flushDown(count = Infinity): number {
    const line = this.#line;
    let done = 0;
    while (line && !line.isCut && done < count) {
      const message = line.down.shift();
      if (message === undefined) break;
      done++;
      if (typeof message === 'string') line.events.text(message);
      else if (message instanceof Uint8Array) line.events.binary(message);
      else this.#end(line, message.close);
    }
    return done;
  }

  /** The next message of the client will arrive twice; true if there is one that may (a hello opens a line once). */
  repeatUp(): boolean {
    const next = this.#line?.up[0];
    if (next === undefined || (typeof next === 'string' && next.includes('"hello"'))) return false;
    this.#line?.up.unshift(next);
    return true;
  }

  /** Says something the relay never said. */
  inject(message: Wire): void {
    this.#line?.down.push(message);
  }

  /** The line breaks; whatever was under way is lost. */
  cut(): void {
    if (this.#line) this.#end(this.#line, 1006);
  }

  get isConnected(): boolean {
    return this.#line !== undefined && !this.#line.isCut;
  }

  #end(line: Line, code: number): void {
    if (line.isCut) return;
    line.isCut = true;
    line.server.disconnected();
    line.events.closed(code);
  }
}
