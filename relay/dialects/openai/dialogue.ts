import { failed, ok, type Result } from '#kernel/result';
import type { LiveEvent } from '../../session/live/live-event.ts';
import { liveProblem, type LiveProblem } from '../../session/live/live-problem.ts';
import type { LiveSession } from '../../session/live/live-session.ts';
import { createWireDecoder } from '../audio/wire-audio.ts';
import { isSameFormat } from './audio-format.ts';
import { decodeBase64 } from '../audio/base64.ts';
import { APPEND, eventIdOf, parseClientEvent, type ClientEvent, type ClientEventOf } from './client-event.ts';
import { EventWriter, type AgreedTerms } from './event-writer.ts';
import { invalid, problemFault, type ClientFault, type ToldOtherwise } from '../realtime/fault.ts';
import { MAX_APPEND_CHARS } from '../realtime/limits.ts';
import { flavourOf, type Flavour } from './names.ts';
import { parseObject } from '../realtime/parse-object.ts';
import { changeSession } from './session-change.ts';
import { toNewItem } from './wire-item.ts';
import { toResponseRequest } from './wire-request.ts';
import type { Relay } from '../realtime/relay.ts';
import { toLiveSettings, type WireSession } from './wire-session.ts';

export interface DialogueOptions {
  live: LiveSession;
  session: WireSession;
  relay: Relay;
  /** Undefined: not yet known, so GA's names unless the first session update is in the shape of beta. */
  flavour: Flavour | undefined;
  nextEventId(): string;
  send(text: string): void;
}

/** One client's talk with its live session: reads what it says, writes what it is told. Knows no socket. */
export class Dialogue {
  readonly #options: DialogueOptions;
  readonly #terms: AgreedTerms;
  readonly #writer: EventWriter;
  #isFlavourOpen: boolean;
  #decode: (bytes: Uint8Array) => Uint8Array;
  #hasSpoken: boolean;
  #lastResponse: string | undefined;

  constructor(options: DialogueOptions) {
    const { live, session, relay, flavour = 'ga', nextEventId, send } = options;
    this.#options = options;
    this.#terms = { sessionId: live.id, flavour, session };
    this.#isFlavourOpen = options.flavour === undefined;
    this.#writer = new EventWriter({ relay, terms: this.#terms, nextEventId, send });
    this.#decode = createWireDecoder(session.inputFormat);
    this.#hasSpoken = live.items.some(
      (item) =>
        item.kind === 'message' && item.role === 'assistant' && item.content.some(({ kind }) => kind === 'audio'),
    );
  }

  /** As configured by now. */
  get session(): WireSession {
    return this.#terms.session;
  }

  get flavour(): Flavour {
    return this.#terms.flavour;
  }

  /** The first events; after a resume with everything that is kept. */
  greet(): void {
    this.#writer.session('session.created');
    this.#writer.conversation();
    let previousItemId: string | null = null;
    for (const item of this.#options.live.items) {
      this.tell({ kind: 'item-added', item, previousItemId });
      this.tell({ kind: 'item-done', item, previousItemId });
      previousItemId = item.id;
    }
  }

  tell(event: LiveEvent): void {
    this.#isFlavourOpen = false;
    if (event.kind === 'audio') this.#hasSpoken = true;
    if (event.kind === 'response-created') this.#lastResponse = event.response.id;
    this.#writer.event(event);
  }

  /** Whether the message made sense as such; what is wrong is told either way. */
  receive(text: string): boolean {
    const value = parseObject(text);
    if (!value) return this.#refuse(invalid('invalid_json', 'The message is not a JSON object.'), undefined, false);
    if (value['type'] === APPEND) {
      const pcm = this.#readAudio(value['audio']);
      if (!pcm.ok) return this.#refuse(pcm.problem, eventIdOf(value), false);
      const problem = pcm.value.length === 0 ? undefined : this.#options.live.append(pcm.value);
      return problem ? this.#refuse(problemFault(problem), eventIdOf(value), true) : true;
    }
    const event = parseClientEvent(value);
    if (!event.ok) return this.#refuse(event.problem, eventIdOf(value), false);
    const fault = this.#handle(event.value);
    return fault ? this.#refuse(fault, event.value.event_id ?? undefined, true) : true;
  }

  #refuse(fault: ClientFault, causedBy: string | undefined, madeSense: boolean): boolean {
    this.#isFlavourOpen = false;
    this.#writer.error(fault, causedBy);
    return madeSense;
  }

  #readAudio(audio: unknown): Result<Uint8Array, ClientFault> {
    if (audio === undefined) {
      return failed(invalid('missing_required_parameter', "Missing required parameter: 'audio'.", 'audio'));
    }
    if (typeof audio !== 'string') return failed(invalid('invalid_type', "Invalid type for 'audio'.", 'audio'));
    if (audio.length > MAX_APPEND_CHARS) {
      return failed(invalid('string_above_max_length', "Invalid 'audio': more than 15 MiB.", 'audio'));
    }
    const bytes = decodeBase64(audio);
    if (!bytes) return failed(invalid('invalid_value', "Invalid 'audio': it is not base64.", 'audio'));
    const pcm = this.#toPcm(bytes);
    if (!pcm) return failed(invalid('invalid_value', "Invalid 'audio': it ends in the middle of a sample.", 'audio'));
    return ok(pcm);
  }

  /** Whole samples only: what follows would be noise, were a byte left over. */
  #toPcm(bytes: Uint8Array): Uint8Array | undefined {
    const { encoding } = this.#terms.session.inputFormat;
    return encoding === 'pcm16' && bytes.length % 2 !== 0 ? undefined : this.#decode(bytes);
  }

  #handle(event: ClientEvent): ClientFault | undefined {
    const { live } = this.#options;
    switch (event.type) {
      case 'session.update':
        return this.#update(event.session, 'session.updated');
      case 'transcription_session.update':
        return this.#update({ ...event.session, type: 'transcription' }, 'transcription_session.updated');
      case 'input_audio_buffer.commit':
        return faultOf(live.commit());
      case 'input_audio_buffer.clear':
        live.clear();
        return undefined;
      case 'output_audio_buffer.clear':
        live.hush();
        this.#writer.playbackCleared(this.#lastResponse);
        return undefined;
      case 'response.create':
        return this.#respond(event);
      case 'response.cancel':
        return faultOf(live.cancel(event.response_id ?? undefined));
      default:
        return this.#handleItem(event);
    }
  }

  #handleItem(event: Extract<ClientEvent, { type: `conversation.item.${string}` }>): ClientFault | undefined {
    const { live } = this.#options;
    switch (event.type) {
      case 'conversation.item.create':
        return this.#createItem(event);
      case 'conversation.item.retrieve': {
        const item = live.items.find(({ id }) => id === event.item_id);
        if (!item) return problemFault(liveProblem('item-unknown'), unknownTo('retrieve'));
        this.#writer.retrieved(item);
        return undefined;
      }
      case 'conversation.item.truncate':
        if (event.content_index !== 0) return invalid('invalid_value', 'Items have one content part.', 'content_index');
        return faultOf(live.truncateItem(event.item_id, event.audio_end_ms), unknownTo('truncate'));
      case 'conversation.item.delete':
        return faultOf(live.deleteItem(event.item_id), unknownTo('delete'));
    }
  }

  #update(update: Record<string, unknown>, answer: 'session.updated' | 'transcription_session.updated') {
    const { live, relay } = this.#options;
    const changed = changeSession(this.#terms.session, update, relay, this.#hasSpoken);
    if (!changed.ok) return changed.problem;
    if (this.#isFlavourOpen && answer !== 'session.updated') this.#terms.flavour = 'beta';
    if (this.#isFlavourOpen && answer === 'session.updated') this.#terms.flavour = flavourOf(update) ?? 'ga';
    this.#isFlavourOpen = false;
    if (!isSameFormat(this.#terms.session.inputFormat, changed.value.inputFormat)) {
      this.#decode = createWireDecoder(changed.value.inputFormat);
    }
    this.#terms.session = changed.value;
    live.configure(toLiveSettings(changed.value, relay));
    this.#writer.session(answer);
    return undefined;
  }

  #createItem({ item, previous_item_id: after }: ClientEventOf<'conversation.item.create'>): ClientFault | undefined {
    const made = toNewItem(item, (bytes) => this.#toPcm(bytes));
    if (!made.ok) return made.problem;
    const added = this.#options.live.addItem(made.value, after ?? undefined);
    const place = { code: 'item_create_invalid_previous_item_id', param: 'previous_item_id' };
    return faultOf(added.ok ? undefined : added.problem, { 'item-unknown': place });
  }

  #respond({ response }: ClientEventOf<'response.create'>): ClientFault | undefined {
    const { session } = this.#terms;
    if (session.type === 'transcription') {
      return invalid('response_not_supported', 'A transcription session gives no responses.');
    }
    const request = toResponseRequest(response ?? {}, session, this.#options.relay, (bytes) => this.#toPcm(bytes));
    if (!request.ok) return request.problem;
    const reference = { code: 'item_not_found', param: 'response.input' };
    return faultOf(this.#options.live.respond(request.value), { 'item-unknown': reference });
  }
}

const faultOf = (problem: LiveProblem | undefined, told?: ToldOtherwise): ClientFault | undefined =>
  problem && problemFault(problem, told);

const unknownTo = (action: 'retrieve' | 'truncate' | 'delete'): ToldOtherwise => ({
  'item-unknown': { code: `item_${action}_invalid_item_id`, param: 'item_id' },
});
