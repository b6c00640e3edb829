import type { WebSocket } from 'ws';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import type { LiveEvent } from '../../session/live/live-event.ts';
import type { LiveListener, LiveSession } from '../../session/live/live-session.ts';
import { CLOSE_CODE, LiveSocket } from '../live-socket.ts';
import { Dialogue } from './dialogue.ts';
import type { Flavour } from './names.ts';
import { createEventIds } from '../realtime/event-ids.ts';
import type { Relay } from '../realtime/relay.ts';
import type { WireSession } from './wire-session.ts';

export interface ConnectionOptions {
  live: LiveSession;
  session: WireSession;
  relay: Relay;
  /** Undefined: to be seen from what the client says first. */
  flavour: Flavour | undefined;
  clock: Clock;
  logger: Logger;
  /** The socket is closed. */
  onClosed(): void;
}

/** One socket of an OpenAI client, joined to its live session. */
export class Connection implements LiveListener {
  readonly #socket: LiveSocket;
  readonly #dialogue: Dialogue;

  constructor(socket: WebSocket, options: ConnectionOptions) {
    const { live, session, relay, flavour, clock, logger, onClosed } = options;
    this.#socket = new LiveSocket(socket, {
      ...{ clock, logger },
      onText: (text) => this.#dialogue.receive(text),
      onClose: () => {
        live.detach(this);
        onClosed();
      },
    });
    const send = (text: string) => this.#socket.sendText(text);
    this.#dialogue = new Dialogue({ live, session, relay, flavour, nextEventId: createEventIds(), send });
    // First, so that what is shown of a session that is come back to stands still.
    live.attach(this);
    this.#socket.sendTogether(() => this.#dialogue.greet());
  }

  /** As its client has configured it by now. */
  get session(): WireSession {
    return this.#dialogue.session;
  }

  get flavour(): Flavour {
    return this.#dialogue.flavour;
  }

  tell(event: LiveEvent): void {
    this.#dialogue.tell(event);
  }

  drained(): Promise<void> | undefined {
    return this.#socket.drained();
  }

  ended(): void {
    this.#socket.close(CLOSE_CODE.goingAway, 'the session is over');
  }
}
