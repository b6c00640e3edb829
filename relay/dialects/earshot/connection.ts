import type { RawData, WebSocket } from 'ws';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { messageOf } from '#kernel/result';
import {
  CLOSE,
  decodeAudio,
  encodeAudio,
  encodeServer,
  ERRORS,
  LIMITS,
  parseClient,
  PROTOCOL_VERSION,
  type AudioFrame,
  type ClientMessage,
  type ClientMessageOf,
  type CloseName,
  type ErrorCode,
  type ServerMessage,
} from '#protocol';
import type { Budgets } from '../../session/budgets.ts';
import type { Conversation } from '../../session/conversation.ts';
import { fault, type Fault } from '../../session/fault.ts';
import type { Peer } from '../../session/peer.ts';
import type { Registry } from '../../session/registry.ts';
import { Watchdog } from './watchdog.ts';

export interface ConnectionOptions {
  registry: Registry;
  clock: Clock;
  logger: Logger;
  budgets?: Budgets;
  /** Uses the ticket up; undefined when it is no good. `own()` is called once the conversation is this connection's. */
  redeem(ticket: string, conversation: string): { id: string; own(): void } | undefined;
}

/** One `earshot.v1` socket: reads messages, hands them to a conversation, and keeps both sides within their budgets. */
export class Connection implements Peer {
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #budgets: Budgets;
  readonly #watchdog: Watchdog;
  #conversation: Conversation | undefined;
  #isOpen = true;
  #faults = 0;
  #toldUnknownType = false;

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#budgets = options.budgets ?? LIMITS;
    this.#watchdog = new Watchdog(options.clock, this.#budgets, {
      helloLate: () => this.#refuse('hello-late', 'pingTimeout'),
      silent: () => this.close('pingTimeout'),
    });
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    socket.on('close', () => this.#ended());
    // Broken frames and limits of the socket itself; `close` follows by itself.
    socket.on('error', (error) => options.logger.debug('socket.error', { reason: codeOf(error) }));
  }

  send(message: ServerMessage): void {
    if (this.#isOpen) this.#write(encodeServer(message));
  }

  sendAudio(frame: AudioFrame): void {
    if (this.#isOpen) this.#write(encodeAudio(frame));
  }

  close(reason: CloseName): void {
    if (!this.#isOpen) return;
    this.#ended();
    this.#socket.close(CLOSE[reason], reason);
    this.#options.logger.info('connection.closed', { reason });
  }

  drop(): void {
    this.#ended();
    this.#socket.terminate();
  }

  #write(data: string | Uint8Array): void {
    this.#socket.send(data);
    if (this.#socket.bufferedAmount > this.#budgets.maxOutboundBytes) this.close('slow');
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (!this.#isOpen) return;
    this.#watchdog.heard();
    try {
      // The socket's binary type is the default one: a Buffer that may be a view into what the kernel gave.
      const bytes = data as Buffer;
      const problem = isBinary ? this.#onAudio(bytes) : this.#onText(bytes);
      if (problem) this.#complain(problem);
    } catch (thrown) {
      // A bug of ours must end this connection only; what was said is still in the browser's journal.
      this.#options.logger.error('connection.bug', { reason: messageOf(thrown) });
      this.#refuse('internal', 'goaway');
    }
  }

  #onAudio(bytes: Uint8Array): Fault | undefined {
    if (!this.#conversation) return fault('not-ready', 'audio before the welcome');
    if (bytes.length > this.#budgets.maxBinaryBytes) return fault('audio-too-large', `${bytes.length} bytes`);
    const frame = decodeAudio(bytes);
    if (!frame.ok) return fault('audio-malformed', frame.problem.detail ?? 'malformed');
    return this.#conversation.receiveAudio(frame.value);
  }

  #onText(bytes: Buffer): Fault | undefined {
    if (bytes.length > this.#budgets.maxJsonBytes) return fault('json-too-large', `${bytes.length} bytes`);
    const parsed = parseClient(bytes.toString());
    switch (parsed.kind) {
      case 'message':
        return this.#onMessageOf(parsed.message);
      case 'faulty':
        return fault(parsed.code, parsed.detail);
      case 'unknown':
        this.#tellUnknownType();
        return undefined;
    }
  }

  #onMessageOf(message: ClientMessage): Fault | undefined {
    if (message.type === 'hello') {
      if (this.#conversation) return fault('not-ready', 'a second hello');
      this.#onHello(message);
      return undefined;
    }
    if (!this.#conversation) return fault('not-ready', `${message.type} before the welcome`);
    if (message.type === 'ping') {
      this.send({ type: 'pong', t: message.t });
      return undefined;
    }
    return this.#conversation.receive(message);
  }

  #onHello(hello: ClientMessageOf<'hello'>): void {
    if (hello.version !== PROTOCOL_VERSION) return this.#refuse('version-unknown', 'version');
    if (hello.ticket === undefined) return this.#refuse('ticket-missing', 'unauthorised');
    const session = this.#options.redeem(hello.ticket, hello.conversation);
    if (session === undefined) return this.#refuse('ticket-refused', 'ticketExpired');
    const outcome = this.#options.registry.open(this, hello, session.id);
    if (outcome === 'superseded') return this.close('superseded');
    if (outcome === 'full') return this.#refuse('relay-full', 'overloaded');
    session.own();
    this.#conversation = outcome;
    this.#watchdog.greeted();
  }

  /** Once per connection: a newer client may use such a type all the time, and that is no fault of its. */
  #tellUnknownType(): void {
    if (this.#toldUnknownType) return;
    this.#toldUnknownType = true;
    this.#tell('unknown-type', 'ignored');
  }

  #complain({ kind, detail, utterance }: Fault): void {
    this.#options.logger.debug('connection.fault', { code: kind, detail });
    this.#tell(kind, detail ?? '', utterance);
    if (++this.#faults > this.#budgets.maxFaults) this.#refuse('too-many-faults', 'badRequest');
  }

  #refuse(code: ErrorCode, reason: CloseName): void {
    this.#tell(code, '');
    this.close(reason);
  }

  #tell(code: ErrorCode, message: string, utterance?: string): void {
    this.send({ type: 'error', code, retry: ERRORS[code], message, ...(utterance !== undefined && { utterance }) });
  }

  #ended(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#watchdog.stop();
    if (this.#conversation) this.#options.registry.release(this, this.#conversation);
  }
}

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : error.name);
