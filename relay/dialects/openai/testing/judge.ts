import type { Flavour } from '../names.ts';
import type { Json } from './rehearsal.ts';
import { SERVER_EVENTS } from './server-event.ts';

interface OpenItem {
  isPartOpen: boolean;
  hadPart: boolean;
}

/** Reads what a server says like a client that forgives nothing. Throws at the first thing that may not be. */
export class Judge {
  readonly #flavour: Flavour;
  readonly #eventIds = new Set<string>();
  readonly #itemIds = new Set<string>();
  readonly #responses = new Map<string, Map<string, OpenItem> | 'done'>();

  constructor(flavour: Flavour) {
    this.#flavour = flavour;
  }

  /** Responses that have not ended. */
  get open(): string[] {
    return [...this.#responses].filter(([, items]) => items !== 'done').map(([id]) => id);
  }

  read(event: Json): void {
    const type = String(event['type']);
    const schema = SERVER_EVENTS[this.#flavour].get(type);
    if (!schema) throw new Error(`${type} is no event of ${this.#flavour}`);
    const parsed = schema.safeParse(event);
    if (!parsed.success) throw new Error(`${type}: ${parsed.error.message}\n${JSON.stringify(event)}`);
    const id = String(event['event_id']);
    if (this.#eventIds.has(id)) throw new Error(`${id} twice`);
    this.#eventIds.add(id);
    this.#readItem(type, event);
    if (type.startsWith('response.')) this.#readResponse(type.slice('response.'.length), event);
  }

  #readItem(type: string, event: Json): void {
    if (type !== 'conversation.item.added' && type !== 'conversation.item.created') return;
    const previous = event['previous_item_id'];
    if (previous !== null && !this.#itemIds.has(String(previous))) throw new Error(`after ${previous}, never heard of`);
    const { id } = event['item'] as { id: string };
    if (this.#itemIds.has(id)) throw new Error(`${id} added twice`);
    this.#itemIds.add(id);
  }

  #readResponse(name: string, event: Json): void {
    const { id } = (event['response'] ?? { id: event['response_id'] }) as { id: string };
    if (name === 'created') {
      if (this.#responses.has(id)) throw new Error(`${id} created twice`);
      this.#responses.set(id, new Map());
      return;
    }
    const items = this.#responses.get(id);
    if (items === undefined || items === 'done') throw new Error(`${name} outside of ${id}`);
    if (name === 'done') {
      if (items.size > 0) throw new Error(`${id} done before its items`);
      this.#responses.set(id, 'done');
    } else if (name.startsWith('output_item.')) this.#readOutputItem(name, event, items);
    else this.#readContent(name, items.get(String(event['item_id'])));
  }

  #readOutputItem(name: string, event: Json, items: Map<string, OpenItem>): void {
    const { id, status } = event['item'] as { id: string; status: string };
    if ((name === 'output_item.added') !== (status === 'in_progress')) throw new Error(`${name} of ${status}`);
    if (name === 'output_item.added') items.set(id, { isPartOpen: false, hadPart: false });
    else if (items.get(id)?.isPartOpen !== false || !items.delete(id)) throw new Error(`${name}: ${id} is not ready`);
  }

  #readContent(name: string, item: OpenItem | undefined): void {
    if (!item) throw new Error(`${name} outside of its item`);
    if (name.startsWith('function_call_arguments')) return;
    if (name === 'content_part.added') {
      if (item.hadPart) throw new Error('a second part');
      item.isPartOpen = item.hadPart = true;
    } else if (!item.isPartOpen) throw new Error(`${name} outside of its part`);
    else if (name === 'content_part.done') item.isPartOpen = false;
  }
}
