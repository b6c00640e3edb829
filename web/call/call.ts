import type { Clock } from '#kernel/clock';
import { newId } from '#kernel/ids';
import { messageOf, type Problem } from '#kernel/result';
import { LIMITS } from '#protocol';
import type { CaptureFrame } from '../audio/worklets/capture.messages.ts';
import type { PlaybackEvent } from '../audio/worklets/playback.messages.ts';
import type { ConversationEvent } from '../conversation/events.ts';
import { DEFAULT_POLICY } from '../conversation/policy.ts';
import type { ConversationStore, EchoReport, Journal, RelayLink, VoiceActivity } from '../conversation/ports.ts';
import type { ConversationState } from '../conversation/state.ts';
import { toView } from '../conversation/status.ts';
import type { EndOfTurnClient } from '../speech/end-of-turn-client.ts';
import type { CallSettings, FromCall, ToCall } from './call.messages.ts';
import { ContextClock } from './context-clock.ts';
import { Ear, type HeardFrame } from './ear.ts';
import { EchoGuard } from './echo-guard.ts';
import { Effects } from './effects.ts';
import { closeUnheard, durationMsOf, findLeftBehind } from './left-behind.ts';
import { LogBook } from './log-book.ts';
import { OutputPath } from './output-path.ts';
import { Player, type PlaybackPort } from './player.ts';
import { Recorder } from './recorder.ts';
import { Runner } from './runner.ts';
import { toPolicy } from './to-policy.ts';
import { TurnJudge } from './turn-judge.ts';

const HANG_UP_POLL_MS = 20;

export interface CallParts {
  clock: Clock;
  journal: Journal;
  store: Pick<ConversationStore, 'log'>;
  link: RelayLink;
  loadVoiceActivity(): Promise<VoiceActivity>;
  connectEndOfTurn(port: MessagePort): EndOfTurnClient;
  /** The words in PCM16LE at LIMITS.inputRateHz; undefined where nobody can tell. */
  recognise(pcm: Uint8Array<ArrayBuffer>): Promise<string | undefined>;
  post(message: FromCall): void;
}

/** One call: the machine, and everything it acts through, joined. */
export class Call {
  readonly #parts: CallParts;
  #contextClock = new ContextClock();
  readonly #echo = new EchoGuard();
  readonly #outputPath = new OutputPath();
  readonly #judge: TurnJudge;
  readonly #recorder: Recorder;
  readonly #player: Player;
  readonly #ear: Ear;
  readonly #runner: Runner;
  readonly #effects: Effects;
  #activity: Promise<void> | undefined;
  /** Starting takes a moment; one that was overtaken by a stop or another start comes to nothing. */
  #latestStart = 0;
  #inputLatencyMs = 0;
  #lastView = '';
  /** Gives a frame's buffer back to the capture worklet. */
  #recycle: (pcm: Int16Array<ArrayBuffer>) => void = () => {};
  /** The last frame's end, as a position in the recording and on the audio context's clock. */
  #anchor: { sample: number; contextTime: number } | undefined;

  constructor(parts: CallParts) {
    this.#parts = parts;
    const { clock, journal, link } = parts;
    this.#judge = new TurnJudge({
      connect: parts.connectEndOfTurn,
      language: () => this.#effects.spokenLanguage,
      onState: (model) => parts.post({ type: 'model', name: 'end-of-turn', model }),
    });
    this.#recorder = new Recorder(journal, link);
    this.#ear = new Ear(this.#echo, (frame) => this.#hear(frame));
    this.#player = new Player(clock, {
      audible: (stream, contextTime, leadMs) =>
        this.#effects.audible(stream, this.#contextClock.toMs(contextTime), leadMs),
      tapped: (frame) => this.#echo.played(frame),
      played: (utterance, attempt, playedSample) => {
        link.played(utterance, attempt, playedSample);
        journal.notePlayed(utterance, playedSample);
      },
      drained: (stream) => this.#runner.dispatch({ type: 'play.drained', stream }),
      stopped: (stream, playedSample) => this.#runner.dispatch({ type: 'play.stopped', stream, playedSample }),
    });
    this.#effects = new Effects({
      clock,
      journal,
      link,
      recorder: this.#recorder,
      player: this.#player,
      post: parts.post,
      dispatch: (event) => this.#runner.dispatch(event),
      microphoneClosed: () => this.#forgetSound(),
      glitches: () => ({ lostFrames: this.#ear.lostFrames, underruns: this.#player.underruns }),
      toMs: (sample) => this.#sampleToMs(sample),
      endOfTurn: this.#judge,
      recognise: parts.recognise,
    });
    this.#runner = new Runner(
      DEFAULT_POLICY,
      (command) => this.#effects.carryOut(command),
      (state) => this.#show(state),
    );
    link.onState((state) => this.#runner.dispatch({ type: 'link.changed', link: state }));
    link.onEvent((event) => this.#effects.receive(event));
    journal.onHealth((health) => parts.post({ type: 'storage', health }));
    this.#echo.onReport((report) => this.#echoChanged(report));
  }

  /** Everything the page may say; each message is complete in itself. */
  async handle(message: ToCall): Promise<void> {
    const dispatch = (event: ConversationEvent) => this.#runner.dispatch(event);
    switch (message.type) {
      case 'call.start':
        return this.#start(message);
      case 'call.stop':
        this.#latestStart++;
        return dispatch({ type: 'user.stop' });
      case 'mute':
        return dispatch({ type: 'user.mute', isMuted: message.isMuted });
      case 'interrupt':
        return dispatch({ type: 'user.interrupt' });
      case 'talk':
        return dispatch({ type: 'user.talk', isHeld: message.isHeld, atSample: this.#recorder.endSample });
      case 'retry':
        return this.#retry(message.utterance);
      case 'configure':
        return this.#configure(message.settings);
      case 'model.retry':
        return this.#judge.load();
      case 'audio.attached':
        return this.#attach(message.capture, message.playback);
      case 'audio.latency':
        this.#effects.outputLatencyMs = message.outputLatencyMs;
        this.#inputLatencyMs = message.inputLatencyMs;
        return;
      case 'mic.opened':
        return this.#micOpened();
      case 'mic.refused':
      case 'mic.lost':
        return dispatch(message);
      case 'warm-up':
        return this.#warmUp();
      case 'audio.route-changed':
        if (this.#outputPath.routeChanged(message)) this.#echo.routeChanged();
        return;
      case 'models.attached':
        return this.#judge.attach(message.port);
    }
  }

  async #start({ conversation, fence, settings, retry }: Extract<ToCall, { type: 'call.start' }>): Promise<void> {
    const start = ++this.#latestStart;
    await this.#untilHungUp();
    if (start !== this.#latestStart) return;
    this.#configure(settings);
    this.#judge.load();
    void this.#warmUp();
    if (this.#runner.state.turn.name !== 'idle') {
      this.#effects.takeOver(fence, settings);
      this.#runner.dispatch({ type: 'user.start', callId: newId() });
    } else {
      const book = await this.#openBook(conversation);
      await closeUnheard(conversation, this.#parts.journal, book);
      // Before the call, so that nothing said in it can be taken for something left behind.
      const left = await findLeftBehind(conversation, this.#parts.journal, book, Date.now());
      if (start !== this.#latestStart) return;
      this.#effects.begin(conversation, fence, settings, book);
      this.#runner.dispatch({ type: 'user.start', callId: newId() });
      // Once more, now that there is a call: had it failed before, nobody would have been told.
      void this.#warmUp();
      if (left) this.#runner.dispatch({ type: 'utterance.found', ...left });
    }
    if (retry !== undefined) await this.#retry(retry);
  }

  /** A call that is still fading out its last answer has to be over before another can begin. */
  async #untilHungUp(): Promise<void> {
    const isHangingUp = () => {
      const { turn } = this.#runner.state;
      return turn.name === 'yielding' && turn.after === 'idle';
    };
    while (isHangingUp()) await new Promise<void>((resolve) => this.#parts.clock.after(HANG_UP_POLL_MS, resolve));
  }

  async #openBook(conversation: string): Promise<LogBook> {
    const { journal, store, post } = this.#parts;
    const past = await store.log(conversation).catch(() => undefined);
    return new LogBook(conversation, past, journal, (entry) => post({ type: 'logged', entry }));
  }

  async #retry(utterance: string): Promise<void> {
    const { conversation } = this.#effects;
    if (conversation === undefined) return;
    const pending = (await this.#parts.journal.pending(conversation)).find((one) => one.utterance === utterance);
    if (!pending) return;
    const { attempt } = pending;
    this.#runner.dispatch({ type: 'user.retry', utterance, attempt, durationMs: durationMsOf(pending) });
  }

  #configure(settings: CallSettings): void {
    this.#judge.use(settings.usesEndOfTurnModel);
    this.#runner.dispatch({ type: 'policy.changed', policy: toPolicy(settings) });
    this.#effects.configure(settings);
  }

  #echoChanged(report: EchoReport): void {
    this.#runner.dispatch({ type: 'echo.changed', mode: report.mode });
    this.#parts.post({ type: 'echo', report });
    const path = this.#outputPath.choose(report);
    if (path) this.#parts.post({ type: 'audio.path', path });
  }

  #attach(capture: MessagePort, playback: MessagePort): void {
    // Another audio context, whose clock begins at zero.
    this.#contextClock = new ContextClock();
    this.#anchor = undefined;
    this.#echo.restart();
    capture.onmessage = (event: MessageEvent<CaptureFrame>) => {
      const frame = event.data;
      this.#contextClock.observe(frame.endContextTime, this.#parts.clock.nowMs());
      if (this.#runner.state.mic === 'live') this.#ear.take(frame);
      else capture.postMessage({ type: 'recycle', pcm: frame.pcm }, [frame.pcm.buffer]);
    };
    this.#recycle = (pcm) => capture.postMessage({ type: 'recycle', pcm }, [pcm.buffer]);
    const port: PlaybackPort = { postMessage: (command, transfer) => playback.postMessage(command, transfer) };
    this.#player.attach(port);
    playback.onmessage = (event: MessageEvent<PlaybackEvent>) => this.#player.handle(event.data);
  }

  /** What was heard before the microphone closed is of another time: it must not become part of what comes. */
  #forgetSound(): void {
    this.#ear.reset();
    this.#recorder.forget();
  }

  #micOpened(): void {
    this.#forgetSound();
    this.#runner.dispatch({ type: 'mic.opened' });
  }

  #hear(frame: HeardFrame): void {
    const endSample = this.#recorder.push(frame.pcm);
    this.#anchor = { sample: endSample, contextTime: frame.endContextTime };
    this.#recycle(frame.pcm);
    const { probability, levelDb, floorDb, echo, interjection, quietSamples } = frame;
    const lastLoudSample = endSample - quietSamples;
    const sound = { levelDb, floorDb, echo, interjection };
    this.#runner.dispatch({ type: 'heard', probability, endSample, lastLoudSample, ...sound });
    const { gateDb, aboveFloorDb } = this.#runner.state.policy;
    const isOpen = levelDb >= Math.max(gateDb, floorDb + aboveFloorDb);
    const outputDb = this.#player.levelDb;
    this.#parts.post({ type: 'levels', inputDb: levelDb, floorDb, isOpen, outputDb, voice: probability });
  }

  /** When a sample of the microphone was spoken, on this thread's clock. */
  #sampleToMs(sample: number): number {
    const nowMs = this.#parts.clock.nowMs();
    if (!this.#anchor) return nowMs;
    const contextTime = this.#anchor.contextTime - (this.#anchor.sample - sample) / LIMITS.inputRateHz;
    return (this.#contextClock.toMs(contextTime) ?? nowMs) - this.#inputLatencyMs;
  }

  /** Loads the voice model once; without it there is no call, and the person is told. */
  #warmUp(): Promise<void> {
    this.#activity ??= this.#parts.loadVoiceActivity().then(
      (activity) => {
        this.#ear.listenWith(activity);
        this.#runner.dispatch({ type: 'ear.ready' });
        this.#parts.post({ type: 'warmed' });
      },
      (error: unknown) => {
        this.#activity = undefined;
        const problem: Problem = { kind: 'engine-failed', retry: 'now', detail: messageOf(error) };
        this.#parts.post({ type: 'warmed', problem });
        this.#runner.dispatch({ type: 'mic.refused', problem });
      },
    );
    return this.#activity;
  }

  #show(state: ConversationState): void {
    const view = toView(state);
    const text = JSON.stringify(view);
    if (text === this.#lastView) return;
    this.#lastView = text;
    this.#parts.post({ type: 'view', view });
  }
}
