import { systemClock, type Clock } from '#kernel/clock';
import type { AgentClient, AgentListener } from '../dialects/agent-client.ts';
import type { AgentEvent, TimedEvent } from '../dialects/agent-event.ts';
import { FRAME_MS, FRAME_SAMPLES, toMs, toSamples, type LineSound } from '../sound/line.ts';
import { AgentLine } from './agent-line.ts';
import { Pacer } from './pacer.ts';

export interface Tick {
  /** The agent's sound of exactly one tick, silence where there is none. */
  audio: LineSound;
  /** How much of it is the agent's and not silence put in. */
  soundMs: number;
  /** The share of the agent's words that was spoken in this tick. */
  transcript: string;
  /** The agent was broken off: sound that had come, or was still coming, is not played. */
  interrupted: boolean;
  events: TimedEvent[];
  /** Kept for later ticks. */
  bufferedMs: number;
}

export interface DiscreteTimeOptions {
  /** Connects to the server, which is told of to the listener. */
  connect(listener: AgentListener): Promise<AgentClient>;
  /** A multiple of FRAME_MS. */
  tickMs?: number;
  /** How much faster than the wall clock ticks may go by while the server has nothing to do. */
  speed?: number;
  clock?: Clock;
}

export interface TickOptions {
  /** Somebody waits for what the server makes of it: the tick takes as long as it lasts. */
  isUrgent?: boolean;
  /** The caller is taking a turn: not hurried until the server has noticed. */
  isTalking?: boolean;
}

const DEFAULT_TICK_MS = 200;

/**
 * A realtime server as a function: sound of one tick in, sound of one tick out. Both directions go on all the time;
 * inside of a tick they are exchanged frame by frame, so that what is measured is exact to a frame and not to a tick.
 */
export class DiscreteTimeAgent {
  readonly tickMs: number;
  readonly tickSamples: number;
  readonly #pacer: Pacer;
  readonly #line = new AgentLine();
  readonly #speed: number;
  #client!: AgentClient;
  #nowMs = 0;
  #events: TimedEvent[] = [];
  #interrupted = false;
  /** It has taken up a turn, and nothing of its answer has come yet. */
  #owes = false;
  /** It hears somebody. */
  #hears = false;

  private constructor({ tickMs = DEFAULT_TICK_MS, speed = 1, clock = systemClock }: DiscreteTimeOptions) {
    if (!(tickMs > 0) || tickMs % FRAME_MS !== 0) throw new RangeError(`a tick of ${tickMs} ms is no whole frames`);
    if (!(speed >= 1)) throw new RangeError(`speed ${speed} is slower than sound`);
    this.tickMs = tickMs;
    this.tickSamples = toSamples(tickMs);
    this.#speed = speed;
    this.#pacer = new Pacer(clock);
  }

  /** Ready for its first tick; the caller closes it. */
  static async connect(options: DiscreteTimeOptions): Promise<DiscreteTimeAgent> {
    const agent = new DiscreteTimeAgent(options);
    agent.#client = await options.connect((event) => agent.#take(event));
    return agent;
  }

  /** Sound of the line since the call began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get client(): AgentClient {
    return this.#client;
  }

  /** The server is at work, so that its time is measured and not to be hurried. */
  get isAtWork(): boolean {
    return this.#owes || this.#line.isReceiving;
  }

  /** `audio`: the caller's sound of this tick. One call at a time. */
  async runTick(audio: Int16Array, { isUrgent = false, isTalking = false }: TickOptions = {}): Promise<Tick> {
    if (audio.length !== this.tickSamples) throw new RangeError(`a tick has ${this.tickSamples} samples`);
    const heard = new Int16Array(this.tickSamples);
    let soundSamples = 0;
    let transcript = '';
    for (let at = 0; at < this.tickSamples; at += FRAME_SAMPLES) {
      this.#client.send(audio.subarray(at, at + FRAME_SAMPLES));
      const played = this.#line.play(FRAME_SAMPLES);
      heard.set(played.samples, at);
      soundSamples += played.soundSamples;
      transcript += played.transcript;
      await this.#pacer.step(FRAME_MS, this.#speedNow(isUrgent || (isTalking && !this.#hears)));
      this.#nowMs += FRAME_MS;
      for (const { answer, heardMs } of played.finished) this.#tellFinished(answer, heardMs);
    }
    const { bufferedMs } = this.#line;
    const tick = { audio: heard, soundMs: toMs(soundSamples), transcript, bufferedMs };
    const told = { interrupted: this.#interrupted, events: this.#events };
    this.#interrupted = false;
    this.#events = [];
    return { ...tick, ...told };
  }

  close(): void {
    this.#client.close();
  }

  #speedNow(isUrgent: boolean): number {
    const mayHurryPlayback = this.#client.tellHeard !== undefined || this.#line.bufferedMs === 0;
    return isUrgent || this.isAtWork || !mayHurryPlayback ? 1 : this.#speed;
  }

  /** A server that reckons with the wall clock would think that an answer played quickly is still being heard. */
  #tellFinished(answer: string, heardMs: number): void {
    if (this.#speed > 1) this.#client.tellHeard?.(answer, heardMs);
  }

  #take(event: AgentEvent): void {
    const atMs = this.#nowMs;
    const { samples, ...rest } = event.kind === 'audio' ? event : { ...event, samples: undefined };
    this.#events.push(rest.kind === 'audio' ? { ...rest, atMs, ms: toMs(samples?.length ?? 0) } : { ...rest, atMs });
    switch (event.kind) {
      case 'speech-started':
        this.#hears = true;
        return this.#cut();
      case 'speech-stopped':
        this.#hears = false;
        return;
      case 'interrupted':
        return this.#cut();
      case 'committed':
        this.#owes = true;
        return;
      case 'answer-started':
        return this.#line.begin(event.answer);
      case 'audio':
        this.#owes = false;
        return this.#line.push(event.answer, event.samples);
      case 'words':
        return this.#line.pushWords(event.answer, event.text);
      case 'audio-done':
        return this.#line.complete(event.answer);
      case 'answer-ended':
        this.#owes = false;
        return this.#line.end(event.answer);
      case 'closed':
        this.#owes = false;
        return;
      default:
        return;
    }
  }

  #cut(): void {
    const cut = this.#line.cut();
    if (!cut) return;
    this.#interrupted = true;
    this.#client.tellHeard?.(cut.answer, cut.heardMs);
  }
}
