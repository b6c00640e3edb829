import type { Problem } from '#kernel/result';
import type { LogEntry } from '../conversation/log.ts';
import type {
  ConversationSetup,
  ConversationSummary,
  EchoReport,
  JournalHealth,
  ModelState,
} from '../conversation/ports.ts';
import { IDLE_VIEW, type CallView } from '../conversation/status.ts';
import { TurnLog, type Turn } from '../conversation/turn-log.ts';
import { toStatusAnnouncement, toTurnAnnouncement } from './announcements.ts';
import type { AppSettings, AudioDevices, Levels, Playing, RelayInfo } from './app-model.ts';
import { DEFAULT_SETTINGS } from './app-settings.ts';

/** A line for screen readers; `id` tells two equal lines apart. */
export interface Announcement {
  id: number;
  text: string;
}

/**
 * Everything the screen shows. The composition root writes (setters, `openLog`, `addEntry`), components only read.
 * Values are replaced, never changed in place.
 */
export class AppView {
  readonly levels: Levels = {
    ...{ inputDb: -120, floorDb: -120, isOpen: false },
    ...{ outputDb: -120, suppressedDb: 0, voice: 0 },
  };

  #call = $state.raw<CallView>(IDLE_VIEW);
  #conversation = $state.raw<string | undefined>(undefined);
  #setup = $state.raw<ConversationSetup>({});
  #turns = $state.raw<readonly Turn[]>([]);
  #conversations = $state.raw<readonly ConversationSummary[]>([]);
  #devices = $state.raw<AudioDevices>({ microphones: [], speakers: [], canChooseSpeaker: false });
  #settings = $state.raw<AppSettings>(DEFAULT_SETTINGS);
  #storage = $state.raw<JournalHealth>({ state: 'durable' });
  #echo = $state.raw<EchoReport>({ mode: 'unknown' });
  #endOfTurnModel = $state.raw<ModelState>({ state: 'absent' });
  #relay = $state.raw<RelayInfo>({ state: 'asking' });
  #playing = $state.raw<Playing | undefined>(undefined);
  #pageProblem = $state.raw<Problem | undefined>(undefined);
  #turnAnnouncement = $state.raw<Announcement>({ id: 0, text: '' });
  #statusAnnouncement = $state.raw<Announcement>({ id: 0, text: '' });
  #log = new TurnLog();

  get call(): CallView {
    return this.#call;
  }
  set call(call: CallView) {
    const text = toStatusAnnouncement(this.#call, call);
    if (text !== undefined) this.#statusAnnouncement = { id: this.#statusAnnouncement.id + 1, text };
    this.#call = call;
  }

  /** The conversation on the screen; undefined: a new one that has not begun. */
  get conversation(): string | undefined {
    return this.#conversation;
  }

  /** How the conversation on the screen is held, or will be once it begins. */
  get setup(): ConversationSetup {
    return this.#setup;
  }
  set setup(setup: ConversationSetup) {
    this.#setup = setup;
  }

  get turns(): readonly Turn[] {
    return this.#turns;
  }

  /** Puts a conversation on the screen, or with no arguments an empty new one. */
  openLog(conversation?: string, entries: Iterable<LogEntry> = []): void {
    this.#conversation = conversation;
    this.#log = new TurnLog();
    for (const entry of entries) this.#log.add(entry);
    this.#turns = this.#log.turns();
  }

  /** The next fact of the open conversation, in the order of `seq`; facts of another one are not for this screen. */
  addEntry(entry: LogEntry): void {
    if (entry.conversation !== this.#conversation) return;
    this.#log.add(entry);
    if (!('utterance' in entry)) return;
    // Turns the entry is not about keep their identity, so that a word more in the last one redraws only that one.
    const kept = new Map(this.#turns.map((turn) => [turn.utterance, turn]));
    kept.delete(entry.utterance);
    const turns = this.#log.turns().map((turn) => kept.get(turn.utterance) ?? turn);
    this.#turns = turns;
    const turn = turns.find((candidate) => candidate.utterance === entry.utterance);
    const text = turn && this.#settings.isAnnouncing ? toTurnAnnouncement(entry, turn) : undefined;
    if (text !== undefined) this.#turnAnnouncement = { id: this.#turnAnnouncement.id + 1, text };
  }

  get conversations(): readonly ConversationSummary[] {
    return this.#conversations;
  }
  set conversations(conversations: readonly ConversationSummary[]) {
    this.#conversations = conversations;
  }

  get devices(): AudioDevices {
    return this.#devices;
  }
  set devices(devices: AudioDevices) {
    this.#devices = devices;
  }

  get settings(): AppSettings {
    return this.#settings;
  }
  set settings(settings: AppSettings) {
    this.#settings = settings;
  }

  get storage(): JournalHealth {
    return this.#storage;
  }
  set storage(storage: JournalHealth) {
    this.#storage = storage;
  }

  get echo(): EchoReport {
    return this.#echo;
  }
  set echo(echo: EchoReport) {
    this.#echo = echo;
  }

  get endOfTurnModel(): ModelState {
    return this.#endOfTurnModel;
  }
  set endOfTurnModel(model: ModelState) {
    this.#endOfTurnModel = model;
  }

  get relay(): RelayInfo {
    return this.#relay;
  }
  set relay(relay: RelayInfo) {
    this.#relay = relay;
  }

  get playing(): Playing | undefined {
    return this.#playing;
  }
  set playing(playing: Playing | undefined) {
    this.#playing = playing;
  }

  /** What is wrong: the call's own problem first, then one of the page (sound blocked, voice model not loaded). */
  get problem(): Problem | undefined {
    const problem = this.#call.problem ?? this.#pageProblem;
    const last = this.#turns.at(-1);
    // The failed turn itself says so, with the button that asks again; once is enough.
    return last?.state === 'failed' && last.problem === problem?.kind ? undefined : problem;
  }
  set pageProblem(problem: Problem | undefined) {
    this.#pageProblem = problem;
  }

  get turnAnnouncement(): Announcement {
    return this.#turnAnnouncement;
  }
  get statusAnnouncement(): Announcement {
    return this.#statusAnnouncement;
  }
}
