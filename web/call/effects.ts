import type { Clock } from '#kernel/clock';
import { LIMITS, type Settings } from '#protocol';
import type { Command } from '../conversation/commands.ts';
import type { ConversationEvent, TimerName } from '../conversation/events.ts';
import type { Journal, LinkEvent, RelayLink } from '../conversation/ports.ts';
import { DETECTOR_TAIL_MS } from '../conversation/timings.ts';
import type { CallSettings, FromCall } from './call.messages.ts';
import type { LogBook } from './log-book.ts';
import type { Player } from './player.ts';
import type { Recorder } from './recorder.ts';
import { Stopwatch } from './stopwatch.ts';

export interface EffectsParts {
  clock: Clock;
  journal: Journal;
  link: RelayLink;
  recorder: Recorder;
  player: Player;
  post(message: FromCall): void;
  dispatch(event: ConversationEvent): void;
  /** What is still in the air when the microphone closes is to be forgotten. */
  microphoneClosed(): void;
  /** Since this worker began. */
  glitches(): { lostFrames: number; underruns: number };
  /** When a sample of the microphone was captured, on the clock above. */
  toMs(sample: number): number;
}

interface CurrentCall {
  conversation: string;
  fence: number;
  settings: CallSettings;
  book: LogBook;
  /** As counted when the call began. */
  glitches: { lostFrames: number; underruns: number };
}

/** Carries out the machine's commands, and turns what the link says into its events. */
export class Effects {
  readonly #parts: EffectsParts;
  readonly #timers = new Map<TimerName, () => void>();
  readonly #stopwatch: Stopwatch;
  #call: CurrentCall | undefined;
  #stream: { stream: number; utterance: string } | undefined;
  outputLatencyMs = 0;

  constructor(parts: EffectsParts) {
    this.#parts = parts;
    this.#stopwatch = new Stopwatch((utterance, attempt, timings) =>
      this.#call?.book.write({ type: 'turn.timed', utterance, attempt, timings }),
    );
  }

  get conversation(): string | undefined {
    return this.#call?.conversation;
  }

  begin(conversation: string, fence: number, settings: CallSettings, book: LogBook): void {
    this.#call = { conversation, fence, settings, book, glitches: this.#parts.glitches() };
  }

  /** The person wants this conversation here, whoever had it meanwhile. */
  takeOver(fence: number, settings: CallSettings): void {
    if (this.#call) Object.assign(this.#call, { fence, settings });
  }

  configure(settings: CallSettings): void {
    if (!this.#call) return;
    this.#call.settings = settings;
    this.#parts.link.configure(toWire(settings));
  }

  /** The first sound of a stream left for the loudspeaker. */
  audible(stream: number, atMs: number | undefined): void {
    if (this.#stream?.stream !== stream) return;
    this.#stopwatch.audible(this.#stream.utterance, (atMs ?? this.#parts.clock.nowMs()) + this.outputLatencyMs);
  }

  /** Something came over the link: kept first, then told to the machine. */
  receive(event: LinkEvent): void {
    const { journal, player, clock, dispatch } = this.#parts;
    const { utterance } = event;
    switch (event.type) {
      case 'accepted':
        journal.noteAttempt(utterance, event.attempt);
        return dispatch({ type: 'reply.accepted', utterance, attempt: event.attempt });
      case 'queued':
        return dispatch({ ...event, type: 'reply.queued' });
      case 'part':
        if (event.part.kind === 'started') player.begin(utterance, event.attempt, event.part.rateHz);
        if (event.part.kind === 'audio-started') return this.#stopwatch.modelTook(utterance, event.part.afterMs);
        return dispatch({ ...event, type: 'reply.part' });
      case 'audio': {
        const { attempt, sample, pcm } = event;
        journal.appendReply(utterance, attempt, player.rateOf(utterance, attempt), sample, pcm);
        player.append(utterance, attempt, pcm);
        this.#stopwatch.audioArrived(utterance, attempt, clock.nowMs());
        return dispatch({ type: 'reply.audio', utterance, attempt, endSample: sample + pcm.length / 2 });
      }
      case 'final': {
        const { timings: _timings, ...end } = event;
        return dispatch({ ...end, type: 'reply.final' });
      }
      case 'failed':
        return dispatch({ ...event, type: 'reply.failed' });
    }
  }

  carryOut(command: Command): void {
    const { player, post } = this.#parts;
    switch (command.type) {
      case 'mic.open':
        return post({ type: 'mic.open' });
      case 'mic.close':
        return this.#closeMicrophone();
      case 'mic.mute':
        return command.isMuted ? this.#closeMicrophone() : post({ type: 'mic.open' });
      case 'link.open':
        return this.#openLink();
      case 'link.close':
        return this.#closeLink();
      case 'play.start':
        this.#stream = { stream: command.stream, utterance: command.utterance };
        return player.start(command.stream, command.utterance, command.attempt);
      case 'play.end':
        return player.end(command.stream);
      case 'play.duck':
        return player.duck(command.gainDb, command.rampMs);
      case 'play.restore':
        return player.restore(command.rampMs);
      case 'play.stop':
        return player.stop(command.stream, command.fadeMs);
      case 'timer.set':
        return this.#setTimer(command.name, command.ms);
      case 'timer.clear':
        return this.#timers.get(command.name)?.();
      case 'log':
        return this.#call?.book.write(command.fact);
      default:
        return this.#carryOutUtterance(command);
    }
  }

  #carryOutUtterance(command: Exclude<Extract<Command, { utterance: string }>, { type: 'play.start' }>): void {
    const { recorder, link, journal, clock, toMs } = this.#parts;
    const { utterance } = command;
    switch (command.type) {
      case 'utterance.open':
        return recorder.open(this.#call?.conversation ?? '', utterance, command.fromSample);
      case 'utterance.commit':
        recorder.pause();
        void journal.seal(utterance);
        link.commit(utterance, command.isSpeculative);
        return this.#stopwatch.committed(utterance, toMs(command.lastVoicedSample) - DETECTOR_TAIL_MS, clock.nowMs());
      case 'utterance.confirm':
        recorder.pause();
        return this.#stopwatch.confirmed(utterance, clock.nowMs());
      case 'utterance.reopen':
        link.reopen(utterance);
        journal.reopen(utterance);
        return recorder.resume(utterance, command.fromSample);
      case 'utterance.discard':
        recorder.pause();
        journal.discard(utterance);
        return link.discard(utterance);
      case 'utterance.restore':
        void this.#restore(utterance);
        return;
      case 'utterance.release':
        return link.discard(utterance);
      case 'reply.cancel':
        return this.#cancel(utterance, command.attempt, command.heardSample);
      case 'reply.settle':
        void this.#settle(utterance, command.attempt);
        return;
    }
  }

  /** The log has the interruption already: what it makes of the answer is what everybody remembers. */
  #cancel(utterance: string, attempt: number, heardSample: number): void {
    const heard = this.#call?.book.turn(utterance)?.reply?.text ?? '';
    if (attempt === 0) this.#parts.link.discard(utterance);
    else this.#parts.link.cancel(utterance, attempt, heardSample, heard.slice(0, LIMITS.maxTextChars));
  }

  /** Stored first; only then may the relay forget. */
  async #settle(utterance: string, attempt: number): Promise<void> {
    const { journal, link } = this.#parts;
    await journal.settle(utterance, attempt);
    if (attempt > 0) link.receipt(utterance, attempt);
    else link.discard(utterance);
  }

  async #restore(utterance: string): Promise<void> {
    const { journal, link } = this.#parts;
    const pending = await journal.pending(this.#call?.conversation ?? '');
    const found = pending.find((one) => one.utterance === utterance);
    if (!found) return;
    link.restore(utterance, found.frames, found.attempt);
    link.commit(utterance, false);
  }

  #openLink(): void {
    if (!this.#call) return;
    const { conversation, fence, settings, book } = this.#call;
    this.#parts.link.open({
      conversation,
      fence,
      settings: toWire(settings),
      history: () => book.history(),
      historyAudio: (utterance) => this.#parts.journal.userAudio(utterance),
    });
  }

  #closeMicrophone(): void {
    this.#parts.microphoneClosed();
    this.#parts.post({ type: 'mic.close' });
  }

  #closeLink(): void {
    const { link, journal, post, glitches } = this.#parts;
    link.close();
    if (!this.#call) return;
    const { conversation, book, glitches: before } = this.#call;
    const { lostFrames, underruns } = glitches();
    book.write({
      type: 'call.measured',
      lostFrames: lostFrames - before.lostFrames,
      underruns: underruns - before.underruns,
    });
    void journal.flush().then(() => post({ type: 'ended', conversation }));
  }

  #setTimer(name: TimerName, ms: number): void {
    this.#timers.get(name)?.();
    this.#timers.set(
      name,
      this.#parts.clock.after(ms, () => this.#parts.dispatch({ type: 'timer.fired', name })),
    );
  }
}

/** The relay is told how to answer, not how turns are taken. */
function toWire(settings: CallSettings): Settings {
  const { isAutomatic: _taking, voiceThreshold: _hearing, gateDb: _gate, duplex: _duplex, hasCues: _cues, ...rest } = settings;
  const { stopPhrases: _phrases, nudgeAfterMs: _nudge, usesEndOfTurnModel: _model, ...wire } = rest;
  return wire;
}
