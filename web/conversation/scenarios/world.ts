import { VirtualClock } from '#kernel/clock';
import { LIMITS } from '#protocol';
import { FRAME_MS } from '#models/vad/voice';
import type { Command } from '../commands.ts';
import type { ConversationEvent, Heard, TimerName } from '../events.ts';
import type { LogEntry, LogFact } from '../log.ts';
import { DEFAULT_POLICY, type Policy } from '../policy.ts';
import { initialState, type ConversationState } from '../state.ts';
import { toView, type Status } from '../status.ts';
import { step } from '../step.ts';
import { toTurns, type Turn } from '../turn-log.ts';
import { Loudspeaker } from './loudspeaker.ts';

/** How the simulated relay and upstream behave. */
export interface Answering {
  /** From commit to `accepted`. */
  networkMs: number;
  /** From `accepted` to the first audio. */
  firstAudioMs: number;
  /** Length of the answer; 0: text only. */
  audioMs: number;
  text: string;
  /** Fails instead of answering. */
  fails?: boolean;
}

const OUT_RATE = LIMITS.outputRateHz / 1000;
const FLOOR_DB = -66;

type Sound = Pick<Heard, 'probability' | 'levelDb' | 'echo' | 'interjection'>;
const SPEECH: Sound = { probability: 0.95, levelDb: -26, echo: 0, interjection: 0 };
const QUIET: Sound = { probability: 0.02, levelDb: FLOOR_DB, echo: 0, interjection: 0 };

/**
 * A person, a relay and a loudspeaker around the machine, on a virtual clock: scenarios read like scripts. The relay
 * answers each commit once, the loudspeaker plays in real time and knows the exact sample at which it was stopped.
 */
export class World {
  readonly clock = new VirtualClock();
  readonly trace: { atMs: number; command: Command }[] = [];
  readonly statuses: Status[] = [];
  readonly #log: LogEntry[] = [];
  state: ConversationState;
  /** What the end-of-turn model says of every pause; undefined: there is none. */
  judged: number | undefined;
  answering: Answering = { networkMs: 20, firstAudioMs: 500, audioMs: 2000, text: 'It is a quarter past nine.' };
  #sound: Sound = QUIET;
  #endSample = 0;
  #lastLoudSample = 0;
  #isMicLive = false;
  #attempts = new Map<string, number>();
  #cancelAttempt = new Map<string, () => void>();
  #timers = new Map<TimerName, () => void>();
  readonly #loudspeaker: Loudspeaker;

  constructor(policy: Partial<Policy> = {}) {
    this.state = initialState({ ...DEFAULT_POLICY, ...policy });
    // As after the cue of the call: nothing of what is played comes back.
    this.state = { ...this.state, echo: 'clear' };
    this.#loudspeaker = new Loudspeaker(this.clock, (event) => this.send(event));
    this.#frame();
  }

  /** Brings a call up to listening. */
  start(): this {
    this.send({ type: 'user.start', callId: 'call' });
    this.send({ type: 'ear.ready' });
    this.send({ type: 'link.changed', link: { phase: 'online', resumed: false } });
    return this.wait(100);
  }

  says(ms: number, sound: Partial<Sound> = {}): this {
    this.#sound = { ...SPEECH, ...sound };
    this.wait(ms);
    this.#sound = QUIET;
    return this;
  }

  coughs(ms: number): this {
    return this.says(ms, { probability: 0.8, interjection: 0.9 });
  }

  /** What the loudspeaker plays comes back into the microphone. */
  echoes(ms: number): this {
    return this.says(ms, { echo: 0.95 });
  }

  pauses(ms: number): this {
    return this.wait(ms);
  }

  wait(ms: number): this {
    this.clock.advance(ms);
    return this;
  }

  drops(): this {
    this.send({ type: 'link.changed', link: { phase: 'waiting', attempt: 1, delayMs: 500 } });
    return this;
  }

  reconnects(): this {
    this.send({ type: 'link.changed', link: { phase: 'online', resumed: false } });
    return this;
  }

  get atSample(): number {
    return this.#endSample;
  }

  get status(): Status {
    return toView(this.state).status;
  }

  get turns(): Turn[] {
    return toTurns(this.#log);
  }

  get facts(): LogFact['type'][] {
    return this.#log.map((entry) => entry.type);
  }

  commands<T extends Command['type']>(type: T): (Extract<Command, { type: T }> & { atMs: number })[] {
    return this.trace
      .filter((entry) => entry.command.type === type)
      .map(({ atMs, command }) => ({ ...(command as Extract<Command, { type: T }>), atMs }));
  }

  send(event: ConversationEvent): void {
    const { state, commands } = step(this.state, event);
    this.state = state;
    if (this.statuses.at(-1) !== this.status) this.statuses.push(this.status);
    for (const command of commands) {
      this.trace.push({ atMs: this.clock.nowMs(), command });
      this.#carryOut(command);
    }
  }

  /** The relay begins again, as one that lost its memory does. */
  relayRestartsAnswer(utterance: string): void {
    this.#cancelAttempt.get(utterance)?.();
    this.#answer(utterance);
  }

  #frame(): void {
    this.clock.after(FRAME_MS, () => {
      this.#frame();
      if (!this.#isMicLive) return;
      this.#endSample += LIMITS.frameSamples;
      if (this.#sound.levelDb > FLOOR_DB + 6) this.#lastLoudSample = this.#endSample;
      const position = { endSample: this.#endSample, lastLoudSample: this.#lastLoudSample };
      this.send({ type: 'heard', ...this.#sound, ...position, floorDb: FLOOR_DB });
    });
  }

  #carryOut(command: Command): void {
    switch (command.type) {
      case 'mic.open':
        this.#openMic();
        return;
      case 'mic.close':
        this.#isMicLive = false;
        return;
      case 'mic.mute':
        if (command.isMuted) this.#isMicLive = false;
        else this.#openMic();
        return;
      case 'utterance.commit':
      case 'utterance.restore':
        this.#answer(command.utterance);
        return;
      case 'utterance.reopen':
      case 'utterance.release':
      case 'reply.cancel':
        this.#cancelAttempt.get(command.utterance)?.();
        return;
      case 'play.start':
        return this.#loudspeaker.start(command.stream, this.answering.audioMs);
      case 'play.pause':
        return this.#loudspeaker.pause();
      case 'play.resume':
        return this.#loudspeaker.resume();
      case 'play.end':
        return this.#loudspeaker.end(command.stream);
      case 'play.stop':
        return this.#loudspeaker.stop(command.stream);
      case 'turn.judge':
        return this.#judge(command.utterance, command.endSample);
      case 'timer.set':
        this.#timers.get(command.name)?.();
        this.#timers.set(
          command.name,
          this.clock.after(command.ms, () => this.send({ type: 'timer.fired', name: command.name })),
        );
        return;
      case 'timer.clear':
        this.#timers.get(command.name)?.();
        return;
      case 'log':
        this.#log.push({ ...command.fact, conversation: 'c', seq: this.#log.length, atMs: this.clock.nowMs() });
        return;
      default:
        return;
    }
  }

  #openMic(): void {
    this.clock.after(30, () => {
      this.#isMicLive = true;
      this.send({ type: 'mic.opened' });
    });
  }

  #answer(utterance: string): void {
    const attempt = (this.#attempts.get(utterance) ?? 0) + 1;
    this.#attempts.set(utterance, attempt);
    const { networkMs, firstAudioMs, audioMs, text, fails } = this.answering;
    const samples = audioMs * OUT_RATE;
    const base = { utterance, attempt };
    const cancels = [
      this.clock.after(networkMs, () => this.send({ type: 'reply.accepted', ...base })),
      this.clock.after(networkMs + firstAudioMs, () => {
        if (fails) {
          this.send({ type: 'reply.failed', ...base, problem: { kind: 'upstream-died', retry: 'now' } });
          return;
        }
        const part = { kind: 'started', rateHz: LIMITS.outputRateHz, upstream: 'fake', model: 'fake' } as const;
        this.send({ type: 'reply.part', ...base, part });
        this.send({ type: 'reply.part', ...base, part: { kind: 'text', text } });
        if (samples > 0) this.send({ type: 'reply.audio', ...base, endSample: samples });
        this.send({ type: 'reply.final', ...base, samples });
      }),
    ];
    this.#cancelAttempt.set(utterance, () => cancels.forEach((cancel) => cancel()));
  }

  #judge(utterance: string, endSample: number): void {
    const { judged } = this;
    if (judged === undefined) return;
    this.clock.after(40, () => this.send({ type: 'turn.judged', utterance, endSample, probability: judged }));
  }
}
