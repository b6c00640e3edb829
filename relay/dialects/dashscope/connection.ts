import type { WebSocket } from 'ws';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { CLOSE_CODE, LiveSocket } from '../live-socket.ts';
import type { Dialogue, DialogueEnds } from './dialogue.ts';
import { EventSender } from './event-sender.ts';
import { readMessage } from './read-message.ts';

const NORMAL_CLOSURE = 1000;
/** After `session.finished` it is the client that hangs up; one that does not is not waited for. */
const LINGER_MS = 10_000;

export interface ConnectionOptions {
  clock: Clock;
  logger: Logger;
  createDialogue(sender: EventSender, ends: DialogueEnds): Dialogue;
  onClosed(): void;
}

/** One socket of a DashScope client, joined to its dialogue. */
export class Connection {
  readonly #socket: LiveSocket;
  readonly #dialogue: Dialogue;
  #stopLingering = () => {};

  constructor(socket: WebSocket, { clock, logger, createDialogue, onClosed }: ConnectionOptions) {
    this.#socket = new LiveSocket(socket, {
      ...{ clock, logger },
      onText: (text) => readMessage(text, this.#dialogue, sender),
      onClose: () => {
        this.#stopLingering();
        this.#dialogue.close();
        onClosed();
      },
    });
    const sender = new EventSender(this.#socket);
    this.#dialogue = createDialogue(sender, {
      onFinished: () => {
        this.#stopLingering = clock.after(LINGER_MS, () => this.#socket.close(NORMAL_CLOSURE, 'finished'));
      },
      onEnded: () => this.#socket.close(CLOSE_CODE.goingAway, 'the session is over'),
    });
    this.#dialogue.greet();
  }

  /** The relay goes away. */
  end(): void {
    this.#socket.close(CLOSE_CODE.goingAway, 'the relay goes away');
  }
}
