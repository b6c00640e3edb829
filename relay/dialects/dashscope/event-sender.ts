import { randomBytes } from 'node:crypto';
import type { WireEvent } from '../realtime/wire-event.ts';
import type { ClientFault } from '../realtime/fault.ts';

/** What events are written to. */
export interface Outlet {
  sendText(text: string): void;
  /** See `LiveListener.drained`. */
  drained(): Promise<void> | undefined;
}

/** Sends events, each with an id of its own. */
export class EventSender {
  readonly #outlet: Outlet;
  readonly #prefix = `event_${randomBytes(9).toString('hex')}`;
  #count = 0;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  /** Unique as far as anybody can see, and cheap: there is one for every piece of sound. */
  readonly nextId = (): string => `${this.#prefix}${(this.#count++).toString(36)}`;

  /** An event that is written already, its id included. */
  readonly sendText = (text: string): void => this.#outlet.sendText(text);

  drained(): Promise<void> | undefined {
    return this.#outlet.drained();
  }

  send({ type, fields }: WireEvent): void {
    this.#outlet.sendText(JSON.stringify({ type, event_id: this.nextId(), ...fields }));
  }

  error({ type, code, message, param }: ClientFault): void {
    this.send({ type: 'error', fields: { error: { type, code, message, param: param ?? null } } });
  }
}
