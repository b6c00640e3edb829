import { createEventIds } from '../realtime/event-ids.ts';
import type { ClientFault } from '../realtime/fault.ts';
import type { WireEvent } from '../realtime/wire-event.ts';

/** What events are written to. */
export interface Outlet {
  sendText(text: string): void;
  /** See `LiveListener.drained`. */
  drained(): Promise<void> | undefined;
}

/** Sends events, each with an id of its own. */
export class EventSender {
  readonly #outlet: Outlet;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  readonly nextId = createEventIds();

  /** An event that is written already, its id included. */
  readonly sendText = (text: string): void => this.#outlet.sendText(text);

  drained(): Promise<void> | undefined {
    return this.#outlet.drained();
  }

  send(event: WireEvent): void {
    this.#outlet.sendText(writeEvent(event, this.nextId()));
  }

  error(fault: ClientFault): void {
    this.send(toErrorEvent(fault));
  }
}

export const writeEvent = ({ type, fields }: WireEvent, id: string): string =>
  JSON.stringify({ type, event_id: id, ...fields });

export const toErrorEvent = ({ type, code, message, param }: ClientFault): WireEvent => ({
  type: 'error',
  fields: { error: { type, code, message, param: param ?? null } },
});
