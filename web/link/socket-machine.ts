import type { LinkState } from '../conversation/ports.ts';
import { MIN_SPACING_MS, retryDelayMs } from './backoff.ts';
import { Heartbeat } from './heartbeat.ts';
import type { LinkCounters } from './link-counters.ts';
import { problemOfClose, UNREACHABLE, UPGRADE_BLOCKED, type LinkProblem } from './link-problem.ts';
import type { FetchTicket, OpenSocket, RelaySocket } from './transport.ts';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { messageOf } from '#kernel/result';
import { Scope } from '#kernel/scope';
import { CLOSE, encodeClient, LIMITS, parseServer } from '#protocol';
import type { ClientMessage, Hello, ServerMessage, ServerMessageOf } from '#protocol';

/** Under the five seconds within which a person must learn that the network blocks voice. */
const TICKET_TIMEOUT_MS = 4_000;
/** Normal closure: the conversation is over, nothing needs to be kept for us. */
const CLOSE_DONE = 1000;

export interface SocketMachineOptions {
  fetchTicket: FetchTicket;
  openSocket: OpenSocket;
  clock: Clock;
  random: () => number;
  logger: Logger;
  counters: LinkCounters;
}

/** What travels over the connections; it outlives every one of them. */
export interface SocketOwner {
  hello(ticket: string): Hello;
  isInTurn(): boolean;
  /** The relay said welcome: from here until `offline` messages may be sent. */
  online(welcome: ServerMessageOf<'welcome'>): void;
  offline(): void;
  message(message: ServerMessage): void;
  audio(bytes: Uint8Array): void;
  state(state: LinkState): void;
}

/** One attempt to be connected, from the ticket to the close. Its scope ends with it. */
interface Connection {
  scope: Scope;
  socket?: RelaySocket;
  hasOpened: boolean;
  heartbeat?: Heartbeat;
  /** The relay asked us to leave; done as soon as no turn is running. */
  mustMove: boolean;
  retryAfterMs: number;
}

/** Keeps one conversation connected: closed → connecting ⇄ waiting → online, or failed for good. */
export class SocketMachine {
  readonly #options: SocketMachineOptions;
  readonly #owner: SocketOwner;
  #connection: Connection | undefined;
  #cancelWait: (() => void) | undefined;
  #retries = 0;
  #startedAtMs = -MIN_SPACING_MS;
  /** Sockets in a row that did not open although a ticket had just been given. */
  #unopened = 0;

  constructor(options: SocketMachineOptions, owner: SocketOwner) {
    this.#options = options;
    this.#owner = owner;
  }

  start(): void {
    this.#retries = 0;
    this.#unopened = 0;
    this.#connect();
  }

  stop(): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    this.#drop(CLOSE_DONE);
    this.#owner.state({ phase: 'closed' });
  }

  /** Only between `online` and `offline`. */
  send(message: ClientMessage | Uint8Array<ArrayBuffer>): void {
    this.#connection?.socket?.send(message instanceof Uint8Array ? message : encodeClient(message));
  }

  /** Leaves this connection and comes back at once. */
  reconnect(why: string): void {
    if (!this.#connection?.heartbeat) return;
    this.#drop(CLOSE.goaway);
    this.#lost({ ...UNREACHABLE, detail: why }, 0);
  }

  /** The network or the screen came back: whatever was going to happen later should happen now. */
  nudge(): void {
    if (this.#cancelWait) this.#wait(0);
    else this.#connection?.heartbeat?.askNow();
  }

  turnStarted(): void {
    this.#connection?.heartbeat?.hasten();
  }

  turnEnded(): void {
    if (this.#connection?.mustMove) this.reconnect('goaway');
  }

  #connect(): void {
    const { clock, fetchTicket } = this.#options;
    this.#cancelWait = undefined;
    this.#startedAtMs = clock.nowMs();
    const connection: Connection = { scope: new Scope(), hasOpened: false, mustMove: false, retryAfterMs: 0 };
    this.#connection = connection;
    this.#owner.state({ phase: 'connecting', attempt: this.#retries });
    const cancelTimeout = clock.after(TICKET_TIMEOUT_MS, () =>
      this.#fail(connection, { ...UNREACHABLE, detail: 'no ticket' }),
    );
    connection.scope.add(cancelTimeout);
    fetchTicket(connection.scope.signal).then(
      (result) => {
        if (connection.scope.isDisposed) return;
        cancelTimeout();
        if (result.ok) this.#openSocket(connection, result.value.ticket);
        else this.#fail(connection, result.problem);
      },
      (error: unknown) => this.#fail(connection, { ...UNREACHABLE, detail: messageOf(error) }),
    );
  }

  #openSocket(connection: Connection, ticket: string): void {
    const isLive = () => !connection.scope.isDisposed;
    const { clock, openSocket } = this.#options;
    connection.scope.add(
      clock.after(LIMITS.helloTimeoutMs, () => {
        if (connection.heartbeat) return;
        this.#fail(
          connection,
          connection.hasOpened ? { ...UNREACHABLE, detail: 'no welcome' } : this.#unopenedProblem(),
        );
      }),
    );
    connection.socket = openSocket({
      opened: () => {
        if (!isLive()) return;
        connection.hasOpened = true;
        this.#unopened = 0;
        connection.socket?.send(encodeClient(this.#owner.hello(ticket)));
      },
      text: (json) => isLive() && this.#text(connection, json),
      binary: (bytes) => isLive() && connection.heartbeat && this.#owner.audio(bytes),
      closed: (code) => this.#fail(connection, connection.hasOpened ? problemOfClose(code) : this.#unopenedProblem()),
    });
  }

  #unopenedProblem(): LinkProblem {
    this.#unopened++;
    // Once may be bad luck between two requests; twice in a row is something between us and the relay.
    return this.#unopened >= 2 ? UPGRADE_BLOCKED : UNREACHABLE;
  }

  #text(connection: Connection, json: string): void {
    const parsed = parseServer(json);
    if (parsed.kind === 'unknown') this.#options.counters.unknownMessages++;
    else if (parsed.kind === 'faulty') {
      this.#options.counters.faultyMessages++;
      this.#options.logger.warn('link.faulty', { code: parsed.code, detail: parsed.detail });
    } else this.#message(connection, parsed.message);
  }

  #message(connection: Connection, message: ServerMessage): void {
    if (message.type === 'error') {
      this.#options.logger.warn('link.error', { code: message.code, retry: message.retry });
      if (message.utterance === undefined) connection.retryAfterMs = message.retryAfterMs ?? 0;
    }
    if (!connection.heartbeat) {
      if (message.type === 'welcome') this.#welcome(connection, message);
      else if (message.type !== 'error') this.#options.counters.faultyMessages++;
    } else if (message.type === 'goaway') this.#goaway(connection, message.deadlineMs);
    else {
      if (message.type === 'pong') connection.heartbeat.pong();
      this.#owner.message(message);
    }
  }

  #welcome(connection: Connection, welcome: ServerMessageOf<'welcome'>): void {
    const heartbeat = new Heartbeat({
      clock: this.#options.clock,
      isInTurn: () => this.#owner.isInTurn(),
      ping: (t) => this.send({ type: 'ping', t }),
      bufferedAmount: () => connection.socket?.bufferedAmount() ?? 0,
      dead: () => {
        this.#drop(CLOSE.pingTimeout);
        this.#lost({ ...UNREACHABLE, detail: 'no pong' }, 0);
      },
    });
    connection.heartbeat = heartbeat;
    connection.scope.add(() => heartbeat.stop());
    this.#retries = 0;
    this.#options.logger.info('link.online', { resumed: welcome.resumed, epoch: welcome.epoch });
    this.#owner.online(welcome);
    this.#owner.state({ phase: 'online', resumed: welcome.resumed });
  }

  #goaway(connection: Connection, deadlineMs: number): void {
    connection.mustMove = true;
    if (!this.#owner.isInTurn()) this.reconnect('goaway');
    else connection.scope.add(this.#options.clock.after(deadlineMs, () => this.reconnect('goaway')));
  }

  #fail(connection: Connection, problem: LinkProblem): void {
    if (connection.scope.isDisposed) return;
    this.#drop(CLOSE.goaway);
    this.#lost(problem, connection.retryAfterMs);
  }

  #drop(code: number): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (!connection) return;
    connection.scope.dispose();
    connection.socket?.close(code);
    if (connection.heartbeat) this.#owner.offline();
  }

  #lost(problem: LinkProblem, retryAfterMs: number): void {
    const { logger, random } = this.#options;
    logger.info('link.lost', { kind: problem.kind, retry: problem.retry, detail: problem.detail });
    if (problem.retry === 'never' || problem.retry === 'reload') {
      this.#owner.state({ phase: 'failed', problem });
      return;
    }
    // "Later" skips the quick first retries: somebody is short of something.
    this.#retries = problem.retry === 'later' ? Math.max(this.#retries + 1, 3) : this.#retries + 1;
    this.#wait(Math.max(retryDelayMs(this.#retries, random), retryAfterMs), problem);
  }

  #wait(wantedMs: number, problem?: LinkProblem): void {
    const { clock } = this.#options;
    this.#cancelWait?.();
    const delayMs = Math.max(wantedMs, this.#startedAtMs + MIN_SPACING_MS - clock.nowMs());
    this.#cancelWait = clock.after(delayMs, () => this.#connect());
    this.#owner.state({ phase: 'waiting', attempt: this.#retries, delayMs, ...(problem && { problem }) });
  }
}
