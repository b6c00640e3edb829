import { newId } from '#kernel/ids';
import type { LiveEvent, ResponseEvent } from '../../session/live/live-event.ts';
import type { LiveItem } from '../../session/live/live-item.ts';
import type { WireEvent } from '../realtime/wire-event.ts';
import { toConversationEvent } from './conversation-event.ts';
import type { ClientFault } from '../realtime/fault.ts';
import { writeItem } from './item-view.ts';
import { NAMES, type Flavour } from './names.ts';
import { toResponseEvent } from './response-event.ts';
import { writeSession } from './session-view.ts';
import { SoundWriter } from '../realtime/sound-writer.ts';
import type { Relay } from '../realtime/relay.ts';
import type { WireSession } from './wire-session.ts';

/** What a connection has agreed on with its client. */
export interface AgreedTerms {
  readonly sessionId: string;
  flavour: Flavour;
  session: WireSession;
}

export interface EventWriterOptions {
  relay: Relay;
  terms: Readonly<AgreedTerms>;
  nextEventId(): string;
  send(text: string): void;
}

/** Writes everything a client is told, in the flavour agreed on; every event with an id of its own. */
export class EventWriter {
  readonly #options: EventWriterOptions;
  readonly #sound: SoundWriter;
  /** Not the session's, by which whoever knows it comes back. */
  readonly #conversationId = `conv_${newId()}`;

  constructor(options: EventWriterOptions) {
    this.#options = options;
    this.#sound = new SoundWriter(options);
  }

  /** What the session tells. */
  event(event: LiveEvent): void {
    const { flavour, session } = this.#options.terms;
    if (event.kind === 'audio') {
      return this.#sound.write(NAMES[flavour].audioDelta, event.at, session.outputFormat, event.pcm, event.rateHz);
    }
    if (event.kind === 'audio-done') this.#sound.finish(NAMES[flavour].audioDelta, event.at);
    this.#send(isOfResponse(event) ? this.#responseEvent(event) : toConversationEvent(event, flavour));
    // The relay sets no limits; but the event is what some clients take for the end of a turn.
    if (event.kind === 'response-done') this.#send({ type: 'rate_limits.updated', fields: { rate_limits: [] } });
  }

  /** The session as it is in force. */
  session(type: 'session.created' | 'session.updated' | 'transcription_session.updated'): void {
    const { sessionId, session, flavour } = this.#options.terms;
    this.#send({ type, fields: { session: writeSession(sessionId, session, this.#options.relay, flavour) } });
  }

  conversation(): void {
    const conversation = { id: this.#conversationId, object: 'realtime.conversation' };
    this.#send({ type: 'conversation.created', fields: { conversation } });
  }

  retrieved(item: LiveItem): void {
    const fields = { item: writeItem(item, this.#options.terms.flavour) };
    this.#send({ type: 'conversation.item.retrieved', fields });
  }

  playbackCleared(responseId: string | undefined): void {
    const fields = responseId === undefined ? {} : { response_id: responseId };
    this.#send({ type: 'output_audio_buffer.cleared', fields });
  }

  /** `causedBy`: the id the client gave to what it said. */
  error({ type, code, message, param }: ClientFault, causedBy?: string): void {
    const error = { type, code, message, param: param ?? null, event_id: causedBy ?? null };
    this.#send({ type: 'error', fields: { error } });
  }

  #responseEvent(event: Exclude<ResponseEvent, { kind: 'audio' }>): WireEvent {
    const { flavour, session } = this.#options.terms;
    const { relay } = this.#options;
    return toResponseEvent(event, { conversationId: this.#conversationId, session, relay, flavour });
  }

  #send(event: WireEvent | undefined): void {
    if (!event) return;
    this.#options.send(JSON.stringify({ type: event.type, event_id: this.#options.nextEventId(), ...event.fields }));
  }
}

const isOfResponse = <E extends LiveEvent>(event: E): event is E & ResponseEvent =>
  'response' in event || 'at' in event;
