import type { ServerEvent, ServerItem } from './server-event.ts';

type Part = NonNullable<ServerItem['content']>[number];

interface KnownItem {
  id: string;
  type: string;
  status: string;
  role: string | undefined;
  content: Part[];
  arguments: string;
  transcript: string;
  speech: Int16Array[];
}

/**
 * A client's copy of the conversation as apps of the beta kept it: built from the events alone, each of which may only
 * speak of what earlier ones have introduced. Whatever is out of order, incomplete or unheard of throws.
 */
export class BetaConversation {
  readonly items: KnownItem[] = [];
  readonly #responses = new Map<string, string[]>();
  /** Transcripts that came before their items. */
  readonly #earlyTranscripts = new Map<string, string>();
  readonly #speechStarts = new Map<string, number>();

  apply(event: ServerEvent): void {
    if (event.event_id === '') throw new Error(`${event.type} without an id`);
    const handle = HANDLERS[event.type];
    if (!handle) throw new Error(`${event.type} was not found among the names of the beta`);
    handle(this, event);
  }

  item(id: string | undefined): KnownItem {
    const item = this.items.find((candidate) => candidate.id === id);
    if (!item) throw new Error(`item ${id} was not found`);
    return item;
  }

  part({ item_id: itemId, content_index: index = -1 }: ServerEvent): Part {
    const part = this.item(itemId).content[index];
    if (!part) throw new Error(`item ${itemId} has no part ${index}`);
    return part;
  }

  beginResponse({ response }: ServerEvent): void {
    if (!response || !Array.isArray(response.output)) throw new Error('a response without a list of output');
    this.#responses.set(
      response.id,
      response.output.map(({ id }) => id),
    );
  }

  addOutput({ response_id: id = '', item }: ServerEvent): void {
    const output = this.#responses.get(id);
    if (!output || !item) throw new Error(`response ${id} was not found`);
    output.push(item.id);
  }

  addItem(item: ServerItem | undefined): void {
    if (!item) throw new Error('an item was created without being told');
    if (this.items.some(({ id }) => id === item.id)) return;
    if (item.type === 'message' && !Array.isArray(item.content)) throw new Error(`item ${item.id} without content`);
    if (item.type === 'function_call' && typeof item.arguments !== 'string')
      throw new Error('a call without arguments');
    const { id, type, status, role, content = [], arguments: args = '' } = item;
    this.items.push({
      ...{ id, type, status, role, arguments: args, speech: [] },
      content: content.map((part) => ({ ...part })),
      transcript: this.#earlyTranscripts.get(id) ?? '',
    });
  }

  hear({ item_id: id = '', content_index: index = -1, transcript }: ServerEvent): void {
    if (typeof transcript !== 'string') throw new Error(`no transcript of ${id}`);
    const item = this.items.find((candidate) => candidate.id === id);
    if (!item) return void this.#earlyTranscripts.set(id, transcript);
    const part = item.content[index];
    if (!part) throw new Error(`item ${id} has no part ${index}`);
    part.transcript = transcript;
    item.transcript = transcript;
  }

  startSpeech({ item_id: id = '', audio_start_ms: startMs = NaN }: ServerEvent): void {
    if (!Number.isFinite(startMs)) throw new Error('speech started at no time');
    this.#speechStarts.set(id, startMs);
  }

  stopSpeech({ item_id: id = '', audio_end_ms: endMs = NaN }: ServerEvent): void {
    const startMs = this.#speechStarts.get(id);
    if (startMs === undefined) throw new Error(`speech of ${id} stopped before it started`);
    if (!(endMs > startMs)) throw new Error(`speech of ${id} lasts from ${startMs} to ${endMs}`);
  }

  forget(id: string | undefined): void {
    this.items.splice(this.items.indexOf(this.item(id)), 1);
  }
}

type Handler = (conversation: BetaConversation, event: ServerEvent) => void;

const append = (text: string | null | undefined, event: ServerEvent): string => {
  if (typeof text !== 'string') throw new Error(`${event.type}: nothing to add to`);
  if (typeof event.delta !== 'string') throw new Error(`${event.type} without a delta`);
  return text + event.delta;
};

const nothing: Handler = () => {};

const HANDLERS: Record<string, Handler | undefined> = {
  'session.created': nothing,
  'session.updated': nothing,
  'conversation.created': nothing,
  'rate_limits.updated': nothing,
  'input_audio_buffer.committed': nothing,
  'input_audio_buffer.cleared': nothing,
  'input_audio_buffer.speech_started': (talk, event) => talk.startSpeech(event),
  'input_audio_buffer.speech_stopped': (talk, event) => talk.stopSpeech(event),
  'conversation.item.created': (talk, { item }) => talk.addItem(item),
  'conversation.item.deleted': (talk, { item_id: id }) => talk.forget(id),
  'conversation.item.truncated': (talk, { item_id: id }) => {
    // What was cut off is not known word by word: nothing is kept rather than too much.
    talk.item(id).transcript = '';
  },
  'conversation.item.input_audio_transcription.delta': nothing,
  'conversation.item.input_audio_transcription.completed': (talk, event) => talk.hear(event),
  'conversation.item.input_audio_transcription.failed': nothing,
  'response.created': (talk, event) => talk.beginResponse(event),
  'response.output_item.added': (talk, event) => talk.addOutput(event),
  'response.content_part.added': (talk, event) => {
    if (!event.part) throw new Error('a part was added without being told');
    talk.item(event.item_id).content.push({ ...event.part });
  },
  'response.audio_transcript.delta': (talk, event) => {
    const part = talk.part(event);
    part.transcript = append(part.transcript, event);
    talk.item(event.item_id).transcript += event.delta;
  },
  'response.audio.delta': (talk, event) => {
    const bytes = Uint8Array.from(Buffer.from(event.delta ?? '', 'base64'));
    // Throws where the bytes are no whole samples.
    talk.item(event.item_id).speech.push(new Int16Array(bytes.buffer));
  },
  'response.text.delta': (talk, event) => {
    const part = talk.part(event);
    part.text = append(part.text, event);
  },
  'response.function_call_arguments.delta': (talk, event) => {
    const item = talk.item(event.item_id);
    item.arguments = append(item.arguments, event);
  },
  'response.audio_transcript.done': nothing,
  'response.audio.done': nothing,
  'response.text.done': nothing,
  'response.content_part.done': nothing,
  'response.function_call_arguments.done': nothing,
  'response.output_item.done': (talk, { item }) => {
    if (!item) throw new Error('an item was done without being told');
    talk.item(item.id).status = item.status;
  },
  'response.done': nothing,
  error: nothing,
};
