import type { Json } from './rehearsal.ts';

const PLACE = ['response_id', 'item_id', 'output_index'];
const CONTENT = [...PLACE, 'content_index'];
const HEARD = ['item_id', 'content_index'];
const TRANSCRIPTION = 'conversation.item.input_audio_transcription';

/** The keys of every event besides its type and id; a question mark where one may be missing. */
const KEYS: Record<string, readonly string[]> = {
  error: ['error'],
  'session.created': ['session'],
  'session.updated': ['session'],
  'session.finished': [],
  'input_audio_buffer.speech_started': ['audio_start_ms', 'item_id'],
  'input_audio_buffer.speech_stopped': ['audio_end_ms', 'item_id'],
  'input_audio_buffer.committed': ['item_id'],
  'input_audio_buffer.cleared': [],
  'conversation.item.created': ['item'],
  [`${TRANSCRIPTION}.text`]: [...HEARD, 'language?', 'emotion', 'text', 'stash'],
  [`${TRANSCRIPTION}.completed`]: [...HEARD, 'language?', 'emotion?', 'transcript'],
  [`${TRANSCRIPTION}.failed`]: [...HEARD, 'error'],
  'response.created': ['response'],
  'response.done': ['response'],
  'response.output_item.added': ['response_id', 'output_index', 'item'],
  'response.output_item.done': ['response_id', 'output_index', 'item'],
  'response.content_part.added': [...CONTENT, 'part'],
  'response.content_part.done': [...CONTENT, 'part'],
  'response.audio_transcript.delta': [...CONTENT, 'delta'],
  'response.audio_transcript.done': [...CONTENT, 'transcript'],
  'response.audio.delta': [...CONTENT, 'delta'],
  'response.audio.done': CONTENT,
  'response.text.delta': [...CONTENT, 'delta'],
  'response.text.done': [...CONTENT, 'text'],
  'response.function_call_arguments.delta': [...PLACE, 'call_id', 'delta'],
  'response.function_call_arguments.done': [...PLACE, 'call_id', 'name', 'arguments'],
};

/** Reads what a server says like a client that forgives nothing. Throws at the first thing that may not be. */
export class Judge {
  readonly #ids = new Set<string>();
  readonly #items = new Set<string>();
  /** By response: its items that are not done. */
  readonly #open = new Map<string, Set<string>>();
  readonly #done = new Set<string>();
  readonly #stable = new Map<string, string>();
  readonly #final = new Set<string>();
  #hasBegun = false;
  #hasFinished = false;

  /** Responses that have not ended. */
  get open(): string[] {
    return [...this.#open.keys()];
  }

  read(event: Json): void {
    const { type, event_id: id, ...rest } = event;
    const name = String(type);
    this.#readKeys(name, Object.keys(rest));
    if (typeof id !== 'string' || this.#ids.has(id)) throw new Error(`${name} has no id of its own`);
    this.#ids.add(id);
    if (this.#hasFinished) throw new Error(`${name} after the end`);
    if (this.#hasBegun === (name === 'session.created')) throw new Error(`${name} out of place`);
    this.#hasBegun = true;
    this.#hasFinished = name === 'session.finished';
    if (name === 'conversation.item.created') this.#readItem(event['item']);
    if (name.startsWith(TRANSCRIPTION)) this.#readTranscription(name, event);
    if (name.startsWith('response.')) this.#readResponse(name, event);
    if (this.#hasFinished && this.#open.size > 0) throw new Error('finished before its responses');
  }

  #readKeys(name: string, keys: string[]): void {
    const wanted = KEYS[name];
    if (!wanted) throw new Error(`${name} is no event`);
    const known = wanted.map((key) => key.replace('?', ''));
    const missing = wanted.filter((key) => !key.endsWith('?') && !keys.includes(key));
    const unknown = keys.filter((key) => !known.includes(key));
    if (missing.length + unknown.length > 0) throw new Error(`${name}: without ${missing}, with ${unknown}`);
  }

  #readItem(item: unknown): void {
    const { id, object } = item as Json;
    if (object !== 'realtime.item' || this.#items.has(String(id))) throw new Error('no new item');
    this.#items.add(String(id));
  }

  #readTranscription(name: string, event: Json): void {
    const id = String(event['item_id']);
    if (this.#final.has(id)) throw new Error(`${name} after the final words`);
    if (name.endsWith('.text')) {
      const stable = String(event['text']);
      if (!stable.startsWith(this.#stable.get(id) ?? '')) throw new Error('stable words were taken back');
      this.#stable.set(id, stable);
      return;
    }
    if (!this.#items.has(id)) throw new Error(`${name} of an unknown item`);
    this.#final.add(id);
  }

  #readResponse(name: string, event: Json): void {
    const { id, status } = (event['response'] ?? { id: event['response_id'] }) as { id: string; status?: string };
    if (name === 'response.created') {
      if (this.#open.size > 0 || this.#done.has(id) || status !== 'in_progress') throw new Error(`${id} created`);
      this.#open.set(id, new Set());
      return;
    }
    const items = this.#open.get(id);
    if (!items) throw new Error(`${name} outside of its response`);
    if (name === 'response.done') {
      if (items.size > 0 || status === 'in_progress') throw new Error(`${id} done ${status}`);
      this.#open.delete(id);
      this.#done.add(id);
    } else if (name.startsWith('response.output_item.')) this.#readOutputItem(name, event['item'], items);
    else if (!items.has(String(event['item_id']))) throw new Error(`${name} outside of its item`);
  }

  #readOutputItem(name: string, item: unknown, items: Set<string>): void {
    const { id } = item as { id: string };
    if (name.endsWith('.added')) items.add(id);
    else if (!items.delete(id)) throw new Error(`${name} of an item that was not added`);
  }
}
