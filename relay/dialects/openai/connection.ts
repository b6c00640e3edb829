import { randomBytes } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { messageOf } from '#kernel/result';
import { LIMITS } from '#protocol';
import type { LiveEvent } from '../../session/live/live-event.ts';
import type { LiveListener, LiveSession } from '../../session/live/live-session.ts';
import { Dialogue } from './dialogue.ts';
import { Outbox } from './outbox.ts';
import type { Flavour } from './names.ts';
import type { Relay, WireSession } from './wire-session.ts';

const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;

export interface ConnectionOptions {
  live: LiveSession;
  session: WireSession;
  relay: Relay;
  /** Undefined: to be seen from what the client says first. */
  flavour: Flavour | undefined;
  clock: Clock;
  logger: Logger;
  /** The socket is closed; `session` is how the client left it configured. */
  onClosed(live: LiveSession, session: WireSession): void;
}

/** One socket of an OpenAI client: reads its messages, notices when it is gone, and keeps both sides within bounds. */
export class Connection implements LiveListener {
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #outbox: Outbox;
  readonly #dialogue: Dialogue;
  #isOpen = true;
  /** Faulty messages in a row. */
  #faults = 0;
  #isAlive = true;
  #stopBeat = () => {};

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#outbox = new Outbox(socket);
    const nextEventId = eventIds();
    const send = (text: string) => this.#outbox.send(text);
    const { live, session, relay, flavour } = options;
    this.#dialogue = new Dialogue({ live, session, relay, flavour, nextEventId, send });
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => (this.#isAlive = true));
    socket.on('close', () => this.#closed());
    // Broken frames and limits of the socket itself; `close` follows by itself.
    socket.on('error', (error) => options.logger.debug('openai.socket-error', { reason: error.name }));
    this.#beat();
    this.#dialogue.greet();
    live.attach(this);
  }

  tell(event: LiveEvent): void {
    if (this.#isOpen) this.#dialogue.tell(event);
  }

  drained(): Promise<void> | undefined {
    return this.#outbox.drained();
  }

  ended(): void {
    if (this.#isOpen) this.#socket.close(GOING_AWAY, 'the session is over');
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!this.#isOpen) return;
    this.#isAlive = true;
    try {
      // The socket's binary type is the default one.
      const madeSense = this.#dialogue.receive(isBinary ? '' : (data as Buffer).toString());
      this.#faults = madeSense ? 0 : this.#faults + 1;
      if (this.#faults >= LIMITS.maxFaults) this.#socket.close(POLICY_VIOLATION, 'too many faulty messages');
    } catch (thrown) {
      // A bug of ours must end this connection only.
      this.#options.logger.error('openai.bug', { reason: messageOf(thrown) });
      this.#socket.close(INTERNAL_ERROR, 'the relay failed');
    }
  }

  /** Notices a peer that is gone without a word. */
  #beat(): void {
    this.#stopBeat = this.#options.clock.after(LIMITS.pingIdleMs, () => {
      if (!this.#isAlive) return this.#socket.terminate();
      this.#isAlive = false;
      this.#socket.ping();
      this.#beat();
    });
  }

  #closed(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#stopBeat();
    this.#outbox.close();
    const { live, onClosed } = this.#options;
    live.detach(this);
    onClosed(live, this.#dialogue.session);
  }
}

/** Unique as far as anybody can see, and cheap: there is one for every piece of sound. */
function eventIds(): () => string {
  const prefix = `event_${randomBytes(9).toString('hex')}`;
  let count = 0;
  return () => `${prefix}${(count++).toString(36)}`;
}
