import type { Clock } from '#kernel/clock';
import { failed, ok, type Result } from '#kernel/result';
import type { Patience } from '../http-client/patience.ts';
import { pairCalls } from '../pair-calls.ts';
import { toUpstreamProblem } from '../problem.ts';
import type { ContextItem, UpstreamProblem, UpstreamTurn } from '../upstream.ts';
import { dialectOf, type Dialect } from './dialect.ts';
import { parseEvent, type RealtimeEvent, type RealtimeSession } from './event.ts';
import { problemOfEnd } from './failure.ts';
import { isSpoken, toItems } from './history-items.ts';
import type { RealtimeSocket } from './realtime-socket.ts';
import type { SessionFacts } from './session-config.ts';
import { Told } from './told.ts';
import { silence, toAppends } from './wire-audio.ts';

/** Silence a server that insists on finding the end of a turn itself is given beyond what it asks for. */
const EXTRA_SILENCE_MS = 500;
const DEFAULT_SILENCE_MS = 800;

/** The next event within the budgets; an `error` event and the end of the socket are problems. */
export async function receive(
  socket: RealtimeSocket,
  patience: Patience,
): Promise<Result<RealtimeEvent, UpstreamProblem>> {
  const read = await patience.during(socket.next());
  if (!read.ok) return read;
  if (typeof read.value !== 'string') return failed(problemOfEnd(read.value, patience.hasAnswered));
  return parseEvent(read.value);
}

/** One session on a server: its socket, what is known of its dialect, and what it has been told. */
export class Line {
  readonly socket: RealtimeSocket;
  readonly dialect: Dialect;
  readonly told: Told;
  /** When the session gets too old for another turn, by the clock. */
  readonly rotateAtMs: number;
  #isConfirmed: boolean;
  /** The answer that is to be asked for. */
  #due: 'to-sound' | 'to-words' | undefined;
  #isAsked = false;
  #isStopped = false;
  /** Where the server finds the end of a turn itself, whatever it was asked: the silence it needs for that. */
  #silenceMs: number | undefined;
  #transcribes = false;

  constructor(socket: RealtimeSocket, dialect: Dialect, told: Told, rotateAtMs: number) {
    this.socket = socket;
    this.rotateAtMs = rotateAtMs;
    this.dialect = dialect;
    this.told = told;
    this.#isConfirmed = !dialect.confirms;
  }

  get findsTurnsItself(): boolean {
    return this.#silenceMs !== undefined;
  }

  /** Whether it has agreed to write down what the user says. */
  get transcribes(): boolean {
    return this.#transcribes;
  }

  /** Sends what has been said; an answer is asked for as soon as the session is known to be as we want it. */
  async ask(news: readonly ContextItem[]): Promise<void> {
    const { beforeAudio, inputRateHz, answerPart } = this.dialect;
    const spoken = news.slice(-1).find(isSpoken);
    this.#isAsked = false;
    await this.#send(toItems(spoken ? news.slice(0, -1) : news, inputRateHz, answerPart));
    if (spoken) {
      await this.#send(beforeAudio);
      await this.#send(toAppends(spoken.audio, inputRateHz));
    }
    this.#due = spoken ? 'to-sound' : 'to-words';
    await this.#askForAnswer();
  }

  /**
   * Cancels what was asked. False where an answer had not been asked for yet: half an utterance is left at the server,
   * and nothing more can be asked on this line.
   */
  cancel(): boolean {
    this.#isStopped = !this.#isAsked;
    if (this.#isStopped || !this.dialect.hasResponses) return false;
    this.socket.send({ type: 'response.cancel' });
    return true;
  }

  /** `session.updated` has come: this is what the server made of our wishes. */
  async confirm(session: RealtimeSession): Promise<void> {
    const detection = session.turn_detection ?? session.audio?.input?.turn_detection;
    this.#silenceMs = detection ? (detection.silence_duration_ms ?? DEFAULT_SILENCE_MS) : undefined;
    this.#transcribes = Boolean(session.input_audio_transcription?.model ?? session.audio?.input?.transcription?.model);
    this.#isConfirmed = true;
    await this.#askForAnswer();
  }

  async #askForAnswer(): Promise<void> {
    const due = this.#due;
    if (!this.#isConfirmed || !due) return;
    this.#due = undefined;
    this.#isAsked = true;
    if (due === 'to-words') return this.#send([{ type: 'response.create' }]);
    if (this.#silenceMs === undefined) return this.#send(this.dialect.afterAudio);
    await this.#send(toAppends(silence(this.#silenceMs + EXTRA_SILENCE_MS), this.dialect.inputRateHz));
  }

  async #send(events: Iterable<object> | AsyncIterable<object>): Promise<void> {
    for await (const event of events) {
      if (this.#isStopped) return;
      this.socket.send(event);
    }
  }
}

/** Of the life of a session; a turn that begins in the rest might be cut off by its end. */
const USABLE_SHARE = 0.8;

export interface LineOptions {
  url: string;
  facts: SessionFacts;
  clock: Clock;
  /** After which servers that do not say it themselves end a session. */
  sessionCapMs: number;
}

/** Waits for a new socket to introduce itself, and sets it up in its dialect; `news` is still to be said there. */
export async function openLine(
  socket: RealtimeSocket,
  { url, facts, clock, sessionCapMs }: LineOptions,
  turn: UpstreamTurn,
  patience: Patience,
): Promise<Result<{ line: Line; news: readonly ContextItem[] }, UpstreamProblem>> {
  const first = await receive(socket, patience);
  if (!first.ok) return first;
  if (first.value.kind !== 'created') return failed(toUpstreamProblem('upstream-faulty', 'no session'));
  const { session } = first.value;
  const dialect = dialectOf(session, url, facts.model);
  const items = pairCalls(turn.items);
  const news = dialect.afterOpening(items);
  if (news.length === 0 && !dialect.hasResponses) {
    return failed(toUpstreamProblem('upstream-rejected', 'this server answers speech alone'));
  }
  for (const event of dialect.open(turn, facts)) socket.send(event);
  const endsInMs = (session?.expires_at ?? 0) * 1000 - Date.now();
  const lifeMs = Math.min(sessionCapMs, endsInMs > 0 ? endsInMs : Infinity);
  const told = new Told(turn, items.slice(0, items.length - news.length));
  return ok({ line: new Line(socket, dialect, told, clock.nowMs() + USABLE_SHARE * lifeMs), news });
}
