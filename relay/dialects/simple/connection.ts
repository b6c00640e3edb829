import type { WebSocket } from 'ws';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { LIMITS, parseMessage } from '#protocol';
import type { LiveEvent, LiveResponse } from '../../session/live/live-event.ts';
import type { LiveListener, LiveSession } from '../../session/live/live-session.ts';
import { createFrameReader } from '../audio/frame-reader.ts';
import { failureOf, faulty, type Failure } from '../failure.ts';
import { CLOSE_CODE, LiveSocket } from '../live-socket.ts';
import { decodeBase64 } from '../audio/base64.ts';
import { TurnEnds } from '../turn-ends.ts';
import { AnswerCollector } from './answer-collector.ts';
import { ClientMessage, type AudioChunk } from './client-message.ts';
import type { ServerMessage } from './server-message.ts';

/** A recording of a turn in one piece: the longest turn there is takes 12.8 million at 16 kHz. */
const MAX_JSON_CHARS = 16 * 1024 * 1024;

export interface SimpleConnectionOptions {
  session: LiveSession;
  clock: Clock;
  logger: Logger;
  /** Called once, when the connection is gone. */
  release(): void;
}

/** One client of WS /ws: sound in pieces of JSON, each answer whole. */
export class SimpleConnection implements LiveListener {
  readonly #session: LiveSession;
  readonly #socket: LiveSocket;
  readonly #turns = new TurnEnds();
  readonly #answer = new AnswerCollector();
  /** Items of answers that were never sent, until the session is told so. */
  readonly #unheard: string[] = [];
  readonly #readFrame = createFrameReader({ encoding: 'pcm16', rateHz: LIMITS.inputRateHz });

  constructor(socket: WebSocket, { session, clock, logger, release }: SimpleConnectionOptions) {
    this.#session = session;
    this.#socket = new LiveSocket(socket, {
      ...{ clock, logger },
      onText: (text) => this.#receive(text),
      onClose: () => {
        session.detach(this);
        release();
      },
    });
    session.attach(this);
  }

  drained(): Promise<void> | undefined {
    return this.#socket.drained();
  }

  ended(): void {
    this.#socket.close(CLOSE_CODE.goingAway, 'the session is over');
  }

  tell(event: LiveEvent): void {
    switch (event.kind) {
      case 'speech-started':
        return this.#turns.started();
      case 'speech-stopped':
        return this.#turns.heard();
      case 'transcript':
        return this.#send({ type: 'transcript', text: event.text });
      case 'words':
        return this.#answer.addText(event.text);
      case 'audio':
        return this.#answer.addAudio(event);
      case 'response-done':
        return this.#done(event.response);
      default:
        return;
    }
  }

  #receive(text: string): boolean {
    const parsed = parseMessage(ClientMessage, text, MAX_JSON_CHARS);
    if (parsed.kind !== 'message') return this.#refuse(faulty(parsed));
    const bytes = decodeBase64(parsed.message.audio);
    if (!bytes) return this.#refuse({ code: 'audio-malformed', detail: 'audio is not base64', retry: 'never' });
    this.#hear(bytes, parsed.message);
    return true;
  }

  #hear(bytes: Uint8Array, { sampleRate, last }: AudioChunk): void {
    if (sampleRate !== this.#session.settings.inputRateHz) this.#changeRate(sampleRate);
    const pcm = this.#readFrame(bytes);
    const problem = pcm && this.#session.append(pcm);
    if (problem) return this.#complain(failureOf(problem));
    if (last && this.#turns.said()) this.#answerNow();
  }

  /** What was said so far is forgotten with it, and has no end. */
  #changeRate(inputRateHz: number): void {
    this.#turns.said();
    this.#session.configure({ ...this.#session.settings, inputRateHz });
  }

  #answerNow(): void {
    const problem = this.#session.commit();
    if (problem) return this.#complain(failureOf(problem));
    // An answer that is still being given is to what was said before.
    this.#session.cancel();
    this.#tellUnheard();
    const refusal = this.#session.respond();
    if (refusal) this.#complain(failureOf(refusal));
  }

  #done({ status, problem, output }: LiveResponse): void {
    if (status === 'completed' || status === 'incomplete') return this.#socket.sendText(this.#answer.toMessage());
    this.#answer.clear();
    this.#unheard.push(...output.map(({ id }) => id));
    // Later, because the session is about to write down what a player would have played.
    queueMicrotask(() => this.#tellUnheard());
    if (problem) this.#complain(failureOf(problem));
  }

  #tellUnheard(): void {
    for (const id of this.#unheard.splice(0)) this.#session.truncateItem(id, 0);
  }

  #refuse(failure: Failure): false {
    this.#complain(failure);
    return false;
  }

  #complain(failure: Failure): void {
    this.#send({ type: 'error', ...failure });
  }

  #send(message: ServerMessage): void {
    this.#socket.sendText(JSON.stringify(message));
  }
}
