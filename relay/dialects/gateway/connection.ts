import type { WebSocket } from 'ws';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { parseMessage } from '#protocol';
import type { LiveEvent, LiveResponse } from '../../session/live/live-event.ts';
import type { LiveListener, LiveSession } from '../../session/live/live-session.ts';
import { createFrameReader } from '../audio/frame-reader.ts';
import { createWireEncoder, inputRateOf, type WireEncoder, type WireFormat } from '../audio/wire-audio.ts';
import { failureOf, faulty, type Failure } from '../failure.ts';
import { CLOSE_CODE, LiveSocket } from '../live-socket.ts';
import { TurnEnds } from '../turn-ends.ts';
import { AnswerPlayout } from './answer-playout.ts';
import { ClientMessage, type Config } from './client-message.ts';
import type { ServerMessage } from './server-message.ts';
import { changedSettings, heldBy } from './settings.ts';

export interface GatewayConnectionOptions {
  session: LiveSession;
  isResumed: boolean;
  /** Of both directions; the session's input rate is its rate. */
  format: WireFormat;
  clock: Clock;
  logger: Logger;
  /** Called once, when the connection is gone. */
  release(): void;
}

/** One client of WS /voice: binary sound both ways, and a few words of JSON beside it. */
export class GatewayConnection implements LiveListener {
  readonly #session: LiveSession;
  readonly #socket: LiveSocket;
  readonly #answer: AnswerPlayout;
  readonly #encoder: WireEncoder;
  readonly #readFrame: (bytes: Uint8Array) => Uint8Array | undefined;
  readonly #turns = new TurnEnds();
  #isFull = false;

  constructor(socket: WebSocket, options: GatewayConnectionOptions) {
    const { session, isResumed, format, clock, logger, release } = options;
    this.#session = session;
    this.#answer = new AnswerPlayout(clock);
    this.#encoder = createWireEncoder(format);
    this.#readFrame = createFrameReader(format);
    this.#socket = new LiveSocket(socket, {
      ...{ clock, logger },
      onText: (text) => this.#receive(text),
      onBytes: (bytes) => this.#hear(bytes),
      onClose: () => {
        session.detach(this);
        release();
      },
    });
    const { encoding } = format;
    this.#send({ type: 'ready', session: session.id, isResumed, format: encoding, rateHz: inputRateOf(format) });
    session.attach(this);
  }

  drained(): Promise<void> | undefined {
    return this.#socket.drained();
  }

  ended(): void {
    this.#socket.close(CLOSE_CODE.goingAway, 'the session is over here');
  }

  tell(event: LiveEvent): void {
    switch (event.kind) {
      case 'audio':
        return this.#speak(event);
      case 'audio-done':
        return this.#finishSpeaking();
      case 'words':
        return this.#send({ type: 'response.text', response: event.at.responseId, delta: event.text });
      case 'speech-started':
        this.#turns.started();
        this.#send({ type: 'speech.started', atMs: event.startMs });
        if (this.#answer.isHeard) this.#cut();
        return;
      case 'speech-stopped':
        this.#turns.heard();
        return this.#send({ type: 'speech.stopped', atMs: event.endMs });
      case 'transcript': {
        const { text, language } = event;
        return this.#send({ type: 'transcript', text, ...(language !== undefined && { language }) });
      }
      case 'response-created':
        this.#answer.started(event.response.id);
        return this.#send({ type: 'response.started', response: event.response.id });
      case 'response-done':
        this.#answer.done();
        return this.#done(event.response);
      default:
        return;
    }
  }

  #hear(bytes: Uint8Array): void {
    const pcm = this.#readFrame(bytes);
    if (!pcm) return;
    const problem = this.#session.append(pcm);
    // Said once; it goes on with every frame.
    if (problem && !this.#isFull) this.#complain(failureOf(problem));
    this.#isFull = problem !== undefined;
  }

  #receive(text: string): boolean {
    const parsed = parseMessage(ClientMessage, text);
    if (parsed.kind === 'message') this.#handle(parsed.message);
    else this.#complain(faulty(parsed));
    return parsed.kind === 'message';
  }

  #handle(message: ClientMessage): void {
    switch (message.type) {
      case 'config':
        return this.#configure(message);
      case 'audio.commit':
        return this.#commit();
      case 'interrupt':
        return this.#interrupt(message);
      case 'ping':
        return this.#send({ type: 'pong', ...(message.t !== undefined && { t: message.t }) });
    }
  }

  #configure({ type: _, ...change }: Config): void {
    // The turn that is being spoken ends here, and the client's next word is about another.
    if (change.turnDetection === 'manual') this.#turns.said();
    this.#session.configure(changedSettings(this.#session.settings, change));
    this.#send({ type: 'configured', ...heldBy(this.#session.settings) });
  }

  #commit(): void {
    if (!this.#turns.said()) return;
    const problem = this.#session.commit();
    if (problem) return this.#complain(failureOf(problem));
    if (this.#answer.isHeard) this.#interrupt();
    const refusal = this.#session.respond();
    if (refusal) this.#complain(failureOf(refusal));
  }

  #interrupt({ response, heardMs }: { response?: string; heardMs?: number } = {}): void {
    // One that crosses the end of what it is about is no mistake.
    if (response !== undefined && response !== this.#answer.response) return;
    if (!this.#answer.isHeard && heardMs === undefined) return;
    const cut = this.#cut(heardMs);
    if (!cut) return;
    this.#session.cancel();
    if (cut.itemId !== undefined) this.#session.truncateItem(cut.itemId, cut.heardMs);
  }

  #cut(heardMs?: number): ReturnType<AnswerPlayout['cut']> {
    const cut = this.#answer.cut(heardMs);
    if (cut) this.#send({ type: 'interrupted', response: cut.response, heardMs: cut.heardMs });
    return cut;
  }

  #speak({ at, pcm, rateHz }: Extract<LiveEvent, { kind: 'audio' }>): void {
    this.#answer.sent(at, (pcm.length * 1000) / 2 / rateHz);
    this.#socket.sendBytes(this.#encoder.encode(pcm, rateHz));
  }

  /** What the filter still holds belongs to the answer's end, which nobody wants of one that was broken off. */
  #finishSpeaking(): void {
    const rest = this.#encoder.finish();
    if (!this.#answer.isCut) this.#socket.sendBytes(rest);
  }

  #done({ id, status, problem }: LiveResponse): void {
    this.#send({
      ...{ type: 'response.done', response: id, status: STATUS[status] },
      ...(problem && { error: failureOf(problem) }),
    });
  }

  #complain(failure: Failure): void {
    this.#send({ type: 'error', ...failure });
  }

  #send(message: ServerMessage): void {
    this.#socket.sendText(JSON.stringify(message));
  }
}

const STATUS = {
  // Never told of a response that is done.
  'in-progress': 'incomplete',
  cancelled: 'interrupted',
  completed: 'completed',
  incomplete: 'incomplete',
  failed: 'failed',
} as const satisfies Record<LiveResponse['status'], string>;
