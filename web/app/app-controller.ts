import { newId } from '#kernel/ids';
import type { Problem } from '#kernel/result';
import { Scope } from '#kernel/scope';
import { LIMITS } from '#protocol/limits';
import { watchAudioDevices } from '../audio/devices.ts';
import { createCallClient, type CallClient } from '../call/call.client.ts';
import type { CallSettings, FromCall } from '../call/call.messages.ts';
import type { ConversationSetup, ConversationStore } from '../conversation/ports.ts';
import { IDLE_VIEW } from '../conversation/status.ts';
import type { AppSettings, Controller } from '../ui/app-model.ts';
import { toSetup } from '../ui/app-settings.ts';
import type { AppView } from '../ui/app-view.svelte.ts';
import { CallAudio } from './call-audio.ts';
import { ClipPlayer, type Clip } from './clip-player.ts';
import { toCallSettings, toPatch } from './settings-on-the-wire.ts';

export interface SettingsStore {
  save(patch: Record<string, unknown>): Promise<unknown>;
}

const END_PATIENCE_MS = 2_000;

/** What the interface asks for, done: joins the call worker, the sound, the store and the view. */
export class AppController implements Controller {
  readonly #view: AppView;
  readonly #conversations: ConversationStore;
  readonly #settings: SettingsStore;
  readonly #audio: CallAudio;
  readonly #clips = new ClipPlayer();
  readonly #refreshDevices: () => void;
  #client: CallClient | undefined;
  /** The latest thing asked for that takes a moment; what an earlier one comes to is dropped. */
  #request = 0;
  #onEnded: () => void = () => {};

  constructor(view: AppView, conversations: ConversationStore, settings: SettingsStore) {
    this.#view = view;
    this.#conversations = conversations;
    this.#settings = settings;
    this.#audio = new CallAudio({
      send: (message, transfer) => this.#call().send(message, transfer),
      onBlocked: (isBlocked) => {
        if (isBlocked) view.pageProblem = { kind: 'audio-blocked', retry: 'now' };
        else if (view.problem?.kind === 'audio-blocked') view.pageProblem = undefined;
      },
      onProblem: (problem) => (view.pageProblem = problem),
      onSuppressed: (db) => (view.levels.suppressedDb = db),
    });
    // The page's life is the controller's: nothing here is ever disposed before it.
    this.#refreshDevices = watchAudioDevices(new Scope(), ({ microphones, speakers }) => {
      // Whatever was unplugged may be back, or something else may take its place.
      this.#audio.devicesChanged({ microphones, speakers });
      const toDevice = ({ deviceId: id, label }: { deviceId: string; label: string }) => ({ id, label });
      view.devices = {
        microphones: microphones.map(toDevice),
        speakers: speakers.map(toDevice),
        canChooseSpeaker: this.#audio.canChooseSpeaker,
      };
    });
  }

  startCall(): void {
    this.#begin();
  }

  endCall(): void {
    this.#request++;
    this.#client?.send({ type: 'call.stop' });
  }

  setMuted(isMuted: boolean): void {
    this.#client?.send({ type: 'mute', isMuted });
  }

  interrupt(): void {
    this.#client?.send({ type: 'interrupt' });
  }

  talkDown(): void {
    this.#client?.send({ type: 'talk', isHeld: true });
  }

  talkUp(): void {
    this.#client?.send({ type: 'talk', isHeld: false });
  }

  retry(): void {
    const failed = this.#view.turns.findLast((turn) => turn.state === 'failed');
    if (!failed) return;
    const isCalling = this.#view.call.status !== 'idle' && this.#view.call.status !== 'trouble';
    if (isCalling) this.#call().send({ type: 'retry', utterance: failed.utterance });
    else this.#begin(failed.utterance);
  }

  newConversation(): void {
    this.endCall();
    this.#clips.stop();
    this.#view.openLog();
    this.#view.setup = toSetup(this.#view.settings);
  }

  openConversation(id: string): void {
    this.endCall();
    this.#clips.stop();
    const request = this.#request;
    void Promise.all([this.#conversations.log(id), this.#conversations.setup(id)]).then(
      ([entries, setup]) => {
        if (request !== this.#request) return;
        this.#view.openLog(id, entries);
        this.#view.setup = setup;
      },
      () => (this.#view.pageProblem = { kind: 'storage-failed', retry: 'later' }),
    );
  }

  renameConversation(id: string, title: string): void {
    void this.#conversations.rename(id, title).then(() => this.showConversations());
  }

  deleteConversation(id: string): void {
    const isHere = id === this.#view.conversation;
    if (isHere) this.newConversation();
    void (isHere ? this.#untilEnded() : Promise.resolve())
      .then(() => this.#conversations.remove(id))
      .catch(() => (this.#view.pageProblem = { kind: 'storage-failed', retry: 'later' }))
      .then(() => this.showConversations());
  }

  changeSettings(settings: AppSettings): void {
    this.applySettings(settings);
    void this.#settings.save(toPatch(settings));
    this.#configure();
  }

  applySettings(settings: AppSettings): void {
    this.#view.settings = settings;
    if (this.#view.conversation === undefined) this.#view.setup = toSetup(settings);
    const { microphoneId: deviceId, noiseSuppression } = settings;
    this.#audio.setMicrophone({ deviceId, noiseSuppression });
    this.#audio.setSpeaker(settings.speakerId);
  }

  changeSetup(setup: ConversationSetup): void {
    this.#view.setup = setup;
    this.#configure();
    const { conversation } = this.#view;
    if (conversation === undefined) return;
    void this.#conversations
      .changeSetup(conversation, setup)
      .catch(() => (this.#view.pageProblem = { kind: 'storage-failed', retry: 'later' }));
  }

  retryModel(): void {
    this.#client?.send({ type: 'model.retry' });
  }

  refreshDevices(): void {
    this.#refreshDevices();
  }

  playUserAudio(utterance: string): void {
    const clip = this.#conversations.userAudio(utterance);
    this.#play(
      { utterance, side: 'user' },
      clip.then((pcm) => pcm && { pcm, rateHz: LIMITS.inputRateHz }),
    );
  }

  playReplyAudio(utterance: string): void {
    this.#play({ utterance, side: 'reply' }, this.#conversations.replyAudio(utterance));
  }

  stopPlaying(): void {
    this.#clips.stop();
  }

  async showConversations(): Promise<void> {
    this.#view.conversations = await this.#conversations.list();
  }

  /** The voice model is several megabytes: ahead of the first tap only for those who have used it before. */
  warmUp(): void {
    this.#call().send({ type: 'warm-up' });
  }

  /** In the task of the person's tap. */
  #begin(retry?: string): void {
    this.#clips.stop();
    this.#audio.unlock();
    this.#view.pageProblem = undefined;
    void this.#start(++this.#request, retry);
  }

  /** A call that was just ended still writes its last lines; what is removed before them would come back. */
  #untilEnded(): Promise<void> {
    if (this.#view.call.status === 'idle') return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEnded = resolve;
      // A worker that died meanwhile will not say that it is over.
      setTimeout(resolve, END_PATIENCE_MS);
    });
  }

  async #start(request: number, retry?: string): Promise<void> {
    const conversation = this.#view.conversation ?? newId();
    if (this.#view.conversation === undefined) {
      this.#view.openLog(conversation);
      await this.#conversations.create(conversation, Date.now(), this.#view.setup);
    }
    const fence = await this.#conversations.nextFence(conversation);
    if (request !== this.#request) return;
    const settings = this.#callSettings();
    this.#call().send({ type: 'call.start', conversation, fence, settings, ...(retry !== undefined && { retry }) });
  }

  /** A running call takes it from its next turn on. */
  #configure(): void {
    this.#client?.send({ type: 'configure', settings: this.#callSettings() });
  }

  #callSettings(): CallSettings {
    return toCallSettings(this.#view.settings, this.#view.setup);
  }

  #play(playing: NonNullable<AppView['playing']>, clip: Promise<Clip | undefined>): void {
    this.#clips.play(clip, () => {
      if (this.#view.playing === playing) this.#view.playing = undefined;
    });
    this.#view.playing = playing;
  }

  #call(): CallClient {
    this.#client ??= createCallClient(
      (message) => this.#receive(message),
      (detail) => this.#crashed({ kind: 'engine-failed', retry: 'now', detail }),
    );
    return this.#client;
  }

  #receive(message: FromCall): void {
    const view = this.#view;
    switch (message.type) {
      case 'view':
        view.call = message.view;
        return;
      case 'logged':
        view.addEntry(message.entry);
        if (message.entry.type === 'reply.finished' || message.entry.type === 'call.ended')
          void this.showConversations();
        return;
      case 'levels':
        this.#showLevels(message);
        return;
      case 'echo':
        view.echo = message.report;
        return;
      case 'model':
        view.endOfTurnModel = message.model;
        return;
      case 'mic.open':
        void this.#audio.open().then(() => this.refreshDevices());
        return;
      case 'mic.close':
        this.#audio.close();
        Object.assign(view.levels, { inputDb: -120, voice: 0 });
        return;
      case 'audio.path':
        void this.#audio.setOutputPath(message.path);
        return;
      case 'ended':
        this.#onEnded();
        return;
      case 'storage':
        view.storage = message.health;
        return;
      case 'warmed':
        if (message.problem) view.pageProblem = message.problem;
        return;
    }
  }

  #showLevels({ type: _type, ...levels }: Extract<FromCall, { type: 'levels' }>): void {
    Object.assign(this.#view.levels, levels);
  }

  /** The worker is gone, and with it the call; what was said is in the journal. The next tap starts afresh. */
  #crashed(problem: Problem): void {
    this.#client?.dispose();
    this.#client = undefined;
    this.#audio.dispose();
    this.#view.call = { ...IDLE_VIEW, status: 'trouble', problem };
    this.#view.echo = { mode: 'unknown' };
    this.#view.endOfTurnModel = { state: 'absent' };
  }
}
