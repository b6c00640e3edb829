import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerUpstream } from './answer-upstream.ts';
import { Client } from './client.ts';
import { Pacer } from './pacer.ts';
import { SocketUpstream } from './socket-upstream.ts';
import { UP_FRAMES_PER_SECOND } from './sound.ts';
import { Tracker, type Tracked } from './tracker.ts';
import type { Line, LineListener, Upstream } from './upstream.ts';
import { FORGET_MS, type Wire } from './wire.ts';

const OPEN_AT_ONCE = 20;
const ASK_AGAIN_MS = 6_000;
const PATIENCE_MS = 20_000;
/** A stream's line may be opened anew within one measurement, under a new number. */
const LINES_PER_STREAM = 4;

export interface Load {
  /** Where the clients connect to. */
  port: number;
  wire: Wire;
  streams: number;
  /** Down frames of each stream in a second. */
  downPerSecond: number;
}

/** What went through since it was asked last. */
export interface Passage extends Tracked {
  upSent: number;
  /** Counted where they came out again; none where the measured program keeps them. */
  upArrived: number;
  /** Frames that were due while the server did not take any. */
  held: number;
  /** By how much the generator itself was late at worst. */
  worstLagMs: number;
}

interface OpenLine extends Line {
  number: number;
  sequence: number;
}

/**
 * Both ends of every stream in one process with one clock: clients that speak all the time, and the upstream that
 * answers all the time.
 */
export class Generator implements LineListener {
  readonly #upstream: Upstream;
  #tracker = new Tracker(0);
  #lines: OpenLine[] = [];
  #clients: Client[] = [];
  #pacer: Pacer | undefined;
  #lineCount = 0;
  #heard = new Set<Client>();
  #upSent = 0;
  #upArrived = 0;
  #gone = 0;

  constructor(kind: 'sockets' | 'answers') {
    this.#upstream = kind === 'sockets' ? new SocketUpstream(this) : new AnswerUpstream(this);
  }

  /** Gives the port of the upstream. */
  async listen(): Promise<number> {
    const { server } = this.#upstream;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** Opens the streams and keeps them going; every client has been answered when this resolves. */
  async start({ port, wire, streams, downPerSecond }: Load): Promise<void> {
    this.#tracker = new Tracker(streams * LINES_PER_STREAM);
    this.#lineCount = 0;
    this.#gone = 0;
    // From the first one on: an answer that says nothing for long is taken for stalled.
    this.#pace(streams, downPerSecond);
    for (let i = 0; i < streams; i++) {
      this.#clients.push(this.#connect(port, wire));
      if (i % OPEN_AT_ONCE === OPEN_AT_ONCE - 1) await sleep(10);
    }
    let askedAtMs = performance.now();
    await this.#until(
      () => {
        // A server that just came up may have refused. Asking breaks off an answer on some wires: only who has none asks.
        if (this.#lines.length < streams && performance.now() - askedAtMs > ASK_AGAIN_MS) {
          for (const client of this.#clients) if (!this.#heard.has(client)) client.ask();
          askedAtMs = performance.now();
        }
        return this.#lines.length >= streams;
      },
      () => `${this.#lines.length} of ${streams} lines`,
    );
    await this.#until(
      () => this.#heard.size >= streams,
      () => `${this.#heard.size} of ${streams} answers`,
    );
  }

  take(): Passage {
    const held = this.#clients.reduce((sum, client) => sum + client.held, 0);
    for (const client of this.#clients) client.held = 0;
    const worstLagMs = this.#pacer?.takeWorstLagMs() ?? 0;
    const passage = { ...this.#tracker.take(), upSent: this.#upSent, upArrived: this.#upArrived, held, worstLagMs };
    this.#upSent = this.#upArrived = 0;
    if (this.#gone > 0) throw new Error(`${this.#gone} streams were ended by the server`);
    return passage;
  }

  /** Ends every stream. */
  async stop(): Promise<void> {
    this.#pacer?.stop();
    for (const client of this.#clients) client.close();
    this.#clients = [];
    this.#heard.clear();
    await this.#until(
      () => this.#lines.length === 0,
      () => `the end of ${this.#lines.length} lines`,
    );
  }

  close(): void {
    this.#upstream.server.closeAllConnections();
    this.#upstream.server.close();
  }

  onOpened(line: Line): void {
    this.#lines.push({ ...line, number: this.#lineCount++, sequence: 0 });
  }

  onClosed(line: Line): void {
    this.#lines = this.#lines.filter(({ send }) => send !== line.send);
  }

  onUp(): void {
    this.#upArrived++;
  }

  #connect(port: number, wire: Wire): Client {
    const client: Client = new Client({
      port,
      wire,
      onAudio: (stamp) => {
        this.#heard.add(client);
        this.#tracker.arrived(stamp);
      },
      onGone: () => this.#gone++,
    });
    return client;
  }

  #pace(streams: number, downPerSecond: number): void {
    this.#pacer?.stop();
    const forgetPerSecond = (1000 / FORGET_MS) * streams;
    this.#pacer = new Pacer([
      { perSecond: streams * UP_FRAMES_PER_SECOND, send: (n) => this.#sendUp(n % streams) },
      { perSecond: streams * downPerSecond, send: (n) => this.#sendDown(n % streams) },
      { perSecond: forgetPerSecond, send: (n) => this.#clients[n % streams]?.forget() },
    ]);
  }

  #sendUp(stream: number): void {
    this.#upSent++;
    this.#clients[stream]?.sendUp();
  }

  #sendDown(stream: number): void {
    const line = this.#lines[stream];
    if (!line) return;
    const stamp = { line: line.number, sequence: line.sequence };
    line.sequence = (line.sequence + 1) % 65_536;
    this.#tracker.sent(stamp);
    line.send(stamp);
  }

  async #until(isSo: () => boolean, describe: () => string): Promise<void> {
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (!isSo()) {
      if (this.#gone > 0) throw new Error(`${this.#gone} streams were ended by the server with ${describe()}`);
      if (performance.now() > deadlineMs) throw new Error(`waited in vain: ${describe()}`);
      await sleep(20);
    }
  }
}
