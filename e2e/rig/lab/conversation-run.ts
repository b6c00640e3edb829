import { VirtualClock } from '#kernel/clock';
import type { Command } from '../../../web/conversation/commands.ts';
import type { ConversationEvent, Heard, TimerName } from '../../../web/conversation/events.ts';
import type { EchoReport } from '../../../web/conversation/ports.ts';
import { DEFAULT_POLICY, type Policy } from '../../../web/conversation/policy.ts';
import { initialState, type ConversationState } from '../../../web/conversation/state.ts';
import { step } from '../../../web/conversation/step.ts';
import { toMs } from '../corpus/recorded-call.ts';
import { LabPlayback } from './lab-playback.ts';
import { LabUpstream, toAnswerSamples } from './lab-upstream.ts';
import type { Line } from './line.ts';
import type { Performance } from './performance.ts';

export interface ConversationOptions {
  line: Line;
  policy?: Partial<Policy>;
  /** An answer to an earlier utterance that can be heard from `startMs` on, whatever is said. */
  assistant?: { startMs: number; durationMs: number };
  /** What is known of the echo at first; absent: that there is none. */
  echo?: EchoReport['mode'];
  /** What the end-of-turn model says of the pause that began at this sample; absent: there is no model. */
  judgement?: (endSample: number) => number | undefined;
}

/** From the question to the end-of-turn model to its answer. */
const JUDGING_MS = 60;

/** Every command the machine gave, and when. */
export interface TimedCommand {
  atMs: number;
  command: Command;
}

/** The product's conversation machine, driven by what the ear hears, on a clock that counts samples of the microphone. */
export class ConversationRun {
  readonly commands: TimedCommand[] = [];
  readonly playback: LabPlayback;
  readonly #clock = new VirtualClock();
  readonly #upstream: LabUpstream;
  readonly #line: Line;
  readonly #judgement: ConversationOptions['judgement'];
  readonly #timers = new Map<TimerName, () => void>();
  readonly #answerMs = new Map<string, number>();
  #state: ConversationState;

  constructor({ line, policy, assistant, judgement, echo = 'clear' }: ConversationOptions) {
    this.#line = line;
    this.#judgement = judgement;
    this.#state = initialState({ ...DEFAULT_POLICY, ...policy });
    this.#upstream = new LabUpstream(this.#clock, line, (event) => this.#send(event));
    this.playback = new LabPlayback(this.#clock, line.playbackMs, {
      drained: (stream) => this.#send({ type: 'play.drained', stream }),
      stopped: (stream, playedMs) =>
        this.#send({ type: 'play.stopped', stream, playedSample: toAnswerSamples(playedMs) }),
    });
    this.#begin();
    this.echoChanged(echo);
    if (assistant) this.#speakUnasked(assistant.startMs, assistant.durationMs);
  }

  get turnName(): ConversationState['turn']['name'] {
    return this.#state.turn.name;
  }

  get nowMs(): number {
    return this.#clock.nowMs();
  }

  /** One frame of the microphone; it counts when it has been captured and judged. */
  hear(frame: Heard): void {
    const dueMs = toMs(frame.endSample) + this.#line.captureMs;
    this.#clock.advance(dueMs - this.#clock.nowMs());
    this.#send({ type: 'heard', ...frame });
  }

  echoChanged(mode: EchoReport['mode']): void {
    this.#send({ type: 'echo.changed', mode });
  }

  finish(): Performance {
    this.playback.finish();
    return toPerformance(this);
  }

  get requests(): number {
    return this.#upstream.requests;
  }

  #begin(): void {
    this.#send({ type: 'user.start', callId: 'call' });
    this.#send({ type: 'ear.ready' });
    this.#send({ type: 'link.changed', link: { phase: 'online', resumed: false } });
    this.#send({ type: 'mic.opened' });
  }

  #speakUnasked(startMs: number, durationMs: number): void {
    const { networkMs, playbackMs } = this.#line;
    const utterance = 'earlier';
    this.#answerMs.set(utterance, durationMs);
    this.#clock.after(startMs - playbackMs - 2 * networkMs, () => {
      this.#send({ type: 'utterance.found', utterance, attempt: 0, durationMs: 1_000 });
    });
  }

  #send(event: ConversationEvent): void {
    const { state, commands } = step(this.#state, event);
    this.#state = state;
    for (const command of commands) {
      this.commands.push({ atMs: this.#clock.nowMs(), command });
      this.#carryOut(command);
    }
  }

  #carryOut(command: Command): void {
    switch (command.type) {
      case 'utterance.commit':
        return this.#upstream.ask(command.utterance);
      case 'utterance.restore':
        return this.#upstream.ask(command.utterance, 0, this.#answerMs.get(command.utterance));
      case 'utterance.reopen':
      case 'utterance.release':
      case 'utterance.discard':
      case 'reply.cancel':
        return this.#upstream.cancel(command.utterance);
      case 'play.start':
        return this.playback.start(command.stream, this.#answerMs.get(command.utterance) ?? this.#line.answerMs);
      case 'play.end':
        return this.playback.end(command.stream);
      case 'play.duck':
        return this.playback.setGain(command.gainDb);
      case 'play.restore':
        return this.playback.setGain(0);
      case 'play.pause':
        return this.playback.pause();
      case 'play.resume':
        return this.playback.resume();
      case 'play.stop':
        return this.playback.stop(command.stream);
      case 'turn.judge':
        return this.#judge(command.utterance, command.endSample);
      case 'timer.set':
        return this.#setTimer(command.name, command.ms);
      case 'timer.clear':
        this.#timers.get(command.name)?.();
        return;
      default:
        return;
    }
  }

  #judge(utterance: string, endSample: number): void {
    const probability = this.#judgement?.(endSample);
    if (probability === undefined) return;
    this.#clock.after(JUDGING_MS, () => this.#send({ type: 'turn.judged', utterance, endSample, probability }));
  }

  #setTimer(name: TimerName, ms: number): void {
    this.#timers.get(name)?.();
    this.#timers.set(
      name,
      this.#clock.after(ms, () => this.#send({ type: 'timer.fired', name })),
    );
  }
}

/** The machine through a whole recording. */
export function performConversation(heard: readonly Heard[], options: ConversationOptions): Performance {
  const run = new ConversationRun(options);
  for (const frame of heard) run.hear(frame);
  return run.finish();
}

function toPerformance({ commands, playback, requests }: ConversationRun): Performance {
  const ends = new Map<string, number>();
  const opened = new Map<string, { fromMs: number; atMs: number }>();
  const asked = new Map<string, number>();
  const askedOfStream = new Map<number, number>();
  for (const { atMs, command } of commands) {
    if (command.type === 'utterance.confirm') ends.set(command.utterance, atMs);
    if (command.type === 'utterance.open') opened.set(command.utterance, { fromMs: toMs(command.fromSample), atMs });
    if (command.type === 'utterance.commit') asked.set(command.utterance, atMs);
    if (command.type === 'play.start') askedOfStream.set(command.stream, asked.get(command.utterance) ?? NaN);
    if (command.type === 'utterance.reopen') ends.delete(command.utterance);
    if (command.type === 'utterance.discard') {
      opened.delete(command.utterance);
      ends.delete(command.utterance);
    }
  }
  return {
    audible: playback.soundings.map(({ stream, fromMs, toMs }) => ({
      fromMs,
      toMs,
      askedMs: askedOfStream.get(stream) ?? NaN,
    })),
    ends: [...ends.values()],
    requests,
    opened: [...opened.values()],
  };
}
