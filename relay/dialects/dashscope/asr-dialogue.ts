import { newId } from '#kernel/ids';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { LiveTranscription, type TranscriptionProblem } from '../../session/transcription/live-transcription.ts';
import type { Recogniser } from '../../upstream/speech.ts';
import type { Ears } from '../../vad/turn-detection.ts';
import { invalid, problemFault, type ClientFault } from '../realtime/fault.ts';
import { toAsrEvents } from './asr-event.ts';
import { changeAsrSession, toTranscriptionSettings, writeAsrSession, type AsrSession } from './asr-session.ts';
import type { ClientEvent } from './client-event.ts';
import type { Dialogue, DialogueEnds } from './dialogue.ts';
import { MAX_DRAIN_MS } from './drain.ts';
import type { EventSender } from './event-sender.ts';

export interface AsrDialogueOptions extends DialogueEnds {
  session: AsrSession;
  recogniser: Recogniser;
  ears: Ears;
  clock: Clock;
  logger: Logger;
  sender: EventSender;
}

/** A recognition with Qwen3-ASR's words: what is said is written down, and nothing is answered. */
export class AsrDialogue implements Dialogue {
  readonly #id = `sess_${newId()}`;
  readonly #options: AsrDialogueOptions;
  readonly #transcription: LiveTranscription;
  #session: AsrSession;
  #isFinishing = false;
  #isFinished = false;
  #stopLimit = () => {};

  constructor(options: AsrDialogueOptions) {
    const { session, recogniser, ears, clock, logger, sender, onEnded } = options;
    this.#options = options;
    this.#session = session;
    this.#transcription = new LiveTranscription({
      ...{ recogniser, ears, clock, logger, settings: toTranscriptionSettings(session) },
      tell: (event) => toAsrEvents(event).forEach((told) => sender.send(told)),
      onBroken: onEnded,
    });
  }

  get isFinishing(): boolean {
    return this.#isFinishing;
  }

  greet(): void {
    this.#tellSession('session.created');
  }

  append(pcm: Uint8Array): ClientFault | undefined {
    return faultOf(this.#transcription.append(pcm));
  }

  receive(event: ClientEvent): ClientFault | undefined {
    switch (event.type) {
      case 'session.update':
        return this.#update(event.session);
      case 'session.finish':
        this.#finish();
        return undefined;
      case 'input_audio_buffer.commit':
        return faultOf(this.#transcription.commit());
      case 'input_audio_buffer.clear':
        this.#transcription.clear();
        return undefined;
      case 'conversation.item.create':
        return invalid('not_supported', 'A recognition has no conversation.');
      // Samples of DashScope's ask for an answer after each commit, whatever the model.
      case 'response.create':
        return undefined;
      case 'response.cancel':
        return problemFault({ kind: 'no-response', retry: 'never' });
    }
  }

  close(): void {
    this.#stopLimit();
    this.#transcription.close();
  }

  #update(update: Record<string, unknown>): ClientFault | undefined {
    const changed = changeAsrSession(this.#session, update);
    if (!changed.ok) return changed.problem;
    this.#session = changed.value;
    this.#transcription.configure(toTranscriptionSettings(changed.value));
    this.#tellSession('session.updated');
    return undefined;
  }

  #finish(): void {
    this.#isFinishing = true;
    this.#stopLimit = this.#options.clock.after(MAX_DRAIN_MS, () => this.#finished());
    void this.#transcription.finish().then(() => this.#finished());
  }

  #finished(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.close();
    this.#options.sender.send({ type: 'session.finished', fields: {} });
    this.#options.onFinished();
  }

  #tellSession(type: 'session.created' | 'session.updated'): void {
    const session = writeAsrSession(this.#id, this.#session, this.#options.recogniser.model);
    this.#options.sender.send({ type, fields: { session } });
  }
}

const faultOf = (problem: TranscriptionProblem | undefined): ClientFault | undefined =>
  problem && problemFault(problem);
