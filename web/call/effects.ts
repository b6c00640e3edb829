import { cue } from '../audio/cues.ts';
import type { Command } from '../conversation/commands.ts';
import type { TimerName } from '../conversation/events.ts';
import type { CueName, LinkEvent } from '../conversation/ports.ts';
import type { CallSettings, FromCall } from './call.messages.ts';
import type { LogBook } from './log-book.ts';
import type { Player } from './player.ts';
import { Stopwatch } from './stopwatch.ts';
import { Utterances, type UtteranceParts } from './utterances.ts';
import { toWire } from './wire-settings.ts';

export interface EffectsParts extends UtteranceParts {
  player: Player;
  post(message: FromCall): void;
  /** What is still in the air when the microphone closes is to be forgotten. */
  microphoneClosed(): void;
  /** Since this worker began. */
  glitches(): { lostFrames: number; underruns: number };
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
  readonly #utterances: Utterances;
  #call: CurrentCall | undefined;
  #stream: { stream: number; utterance: string } | undefined;
  outputLatencyMs = 0;

  constructor(parts: EffectsParts) {
    this.#parts = parts;
    this.#stopwatch = new Stopwatch((utterance, attempt, timings) =>
      this.#call?.book.write({ type: 'turn.timed', utterance, attempt, timings }),
    );
    this.#utterances = new Utterances(parts, this.#stopwatch, () => this.#call);
  }

  /** What the person was last understood to speak. */
  get spokenLanguage(): string | undefined {
    return this.#call?.book.spokenLanguage;
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

  /** The first sound of a stream left for the loudspeaker, after `leadMs` of the answer's own silence. */
  audible(stream: number, atMs: number | undefined, leadMs: number): void {
    if (this.#stream?.stream !== stream) return;
    const heardMs = (atMs ?? this.#parts.clock.nowMs()) + this.outputLatencyMs;
    this.#stopwatch.audible(this.#stream.utterance, heardMs, leadMs);
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
      case 'play.pause':
        return player.pause(command.stream, command.fadeMs);
      case 'play.resume':
        return player.resume(command.stream, command.rampMs);
      case 'play.stop':
        return player.stop(command.stream, command.fadeMs);
      case 'cue':
        return this.#cue(command.name);
      case 'interjection.check':
        void this.#utterances.check(command);
        return;
      case 'timer.set':
        return this.#setTimer(command.name, command.ms);
      case 'timer.clear':
        return this.#timers.get(command.name)?.();
      case 'log':
        return this.#call?.book.write(command.fact);
      default:
        return this.#utterances.carryOut(command);
    }
  }

  #cue(name: CueName): void {
    const { rateHz, pcm } = cue(name);
    this.#parts.player.cue(rateHz, pcm);
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
