import type { Clock } from '#kernel/clock';
import { newId } from '#kernel/ids';
import type { LiveEvent } from '../../session/live/live-event.ts';
import type { LiveProblem } from '../../session/live/live-problem.ts';
import type { LiveListener, LiveSession } from '../../session/live/live-session.ts';
import type { ResponseRequest } from '../../session/live/live-settings.ts';
import { problemFault, type ClientFault } from '../realtime/fault.ts';
import { SoundWriter } from '../realtime/sound-writer.ts';
import type { Relay } from '../realtime/relay.ts';
import type { ClientEvent, ResponseWish } from './client-event.ts';
import type { Dialogue, DialogueEnds } from './dialogue.ts';
import { Drain } from './drain.ts';
import type { EventSender } from './event-sender.ts';
import { toOmniEvents } from './omni-event.ts';
import { changeOmniSession } from './omni-session-change.ts';
import { outputOf, toLiveSettings, writeNewOmniSession, writeOmniSession, type OmniSession } from './omni-session.ts';
import { OUTPUT_RATE_HZ } from './session-fields.ts';

export interface OmniDialogueOptions extends DialogueEnds {
  live: LiveSession;
  session: OmniSession;
  relay: Relay;
  clock: Clock;
  sender: EventSender;
}

const AUDIO_DELTA = 'response.audio.delta';
const OUTPUT = { encoding: 'pcm16', rateHz: OUTPUT_RATE_HZ } as const;

/** A conversation with Qwen-Omni's words: what the client says becomes calls on its live session, what that tells events. */
export class OmniDialogue implements Dialogue, LiveListener {
  readonly #options: OmniDialogueOptions;
  readonly #sound: SoundWriter;
  readonly #drain: Drain;
  /** Not made from the session's, by which whoever knows it comes back. */
  readonly #conversationId = `conv_${newId()}`;
  #session: OmniSession;

  constructor(options: OmniDialogueOptions) {
    const { live, session, clock, sender, onFinished } = options;
    this.#options = options;
    this.#session = session;
    this.#sound = new SoundWriter({ nextEventId: sender.nextId, send: sender.sendText });
    this.#drain = new Drain(clock, {
      cut: () => void live.cancel(),
      finished: () => {
        live.detach(this);
        sender.send({ type: 'session.finished', fields: {} });
        onFinished();
      },
    });
  }

  get isFinishing(): boolean {
    return this.#drain.hasBegun;
  }

  greet(): void {
    const { live, relay, sender } = this.#options;
    sender.send({ type: 'session.created', fields: { session: writeNewOmniSession(live.id, this.#session, relay) } });
    live.attach(this);
  }

  tell(event: LiveEvent): void {
    const { relay, sender } = this.#options;
    if (event.kind === 'audio') return this.#sound.write(AUDIO_DELTA, event.at, OUTPUT, event.pcm, event.rateHz);
    if (event.kind === 'audio-done') this.#sound.finish(AUDIO_DELTA, event.at);
    const conversationId = this.#conversationId;
    for (const told of toOmniEvents(event, { conversationId, session: this.#session, relay })) sender.send(told);
    this.#drain.note(event, this.#session.transcription !== undefined && relay.recogniserModel !== undefined);
  }

  drained(): Promise<void> | undefined {
    return this.#options.sender.drained();
  }

  ended(): void {
    this.#options.onEnded();
  }

  append(pcm: Uint8Array): ClientFault | undefined {
    return faultOf(this.#options.live.append(pcm));
  }

  receive(event: ClientEvent): ClientFault | undefined {
    const { live } = this.#options;
    switch (event.type) {
      case 'session.update':
        return this.#update(event.session);
      case 'session.finish':
        this.#drain.begin();
        return undefined;
      case 'input_audio_buffer.commit':
        return faultOf(live.commit());
      case 'input_audio_buffer.clear':
        live.clear();
        return undefined;
      case 'conversation.item.create': {
        const { id, call_id: callId, output } = event.item;
        const added = live.addItem({ ...(id != null && { id }), kind: 'tool-result', callId, output });
        return faultOf(added.ok ? undefined : added.problem);
      }
      case 'response.create':
        return faultOf(live.respond(toRequest(event.response ?? {})));
      case 'response.cancel':
        return faultOf(live.cancel());
    }
  }

  close(): void {
    this.#drain.stop();
    this.#options.live.detach(this);
  }

  #update(update: Record<string, unknown>): ClientFault | undefined {
    const { live, relay, sender } = this.#options;
    const changed = changeOmniSession(this.#session, update);
    if (!changed.ok) return changed.problem;
    this.#session = changed.value;
    live.configure(toLiveSettings(changed.value, relay));
    sender.send({ type: 'session.updated', fields: { session: writeOmniSession(live.id, changed.value, relay) } });
    return undefined;
  }
}

const faultOf = (problem: LiveProblem | undefined): ClientFault | undefined => problem && problemFault(problem);

function toRequest({ instructions, modalities }: ResponseWish): ResponseRequest {
  return {
    ...(instructions != null && { instructions }),
    ...(modalities != null && { output: outputOf(modalities) }),
  };
}
