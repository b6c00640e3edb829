import type { HistoryTurn, RelayTimings, ReplyPart, Settings } from '#protocol';
import type { Problem, Result } from '#kernel/result';
import type { LogEntry, LogFact } from './log.ts';

/** Tells voice from other sound, one frame after the other. Owned by the call worker. */
export interface VoiceActivity {
  /** Probability of voice in this frame of LIMITS.frameSamples samples in [-1, 1]. Frames are taken in order. */
  probability(frame: Float32Array): Promise<number>;
  /** Forgets what was heard, as after a mute. */
  reset(): void;
  dispose(): void;
}

/**
 * Tells a finished turn from a pause for thought, by ear alone. Owned by the call worker; the model itself runs in the
 * model worker. Never throws.
 */
export interface EndOfTurn {
  /** Loads the model, downloading it the first time. Harmless when it is loaded, or on the way. */
  load(): void;
  /**
   * Probability that the turn is over, for its last seconds: mono in [-1, 1] at LIMITS.inputRateHz, ending in the pause.
   * Undefined when there is no model (yet), or it took too long to be of use. The array is handed over.
   */
  judge(audio: Float32Array<ArrayBuffer>): Promise<number | undefined>;
  onState(listener: (state: ModelState) => void): () => void;
  dispose(): void;
}

/** A model on its way onto this device. */
export type ModelState =
  | { state: 'absent' }
  | { state: 'downloading'; loadedBytes: number; totalBytes: number }
  /** Compiling; nothing to be seen of it. */
  | { state: 'starting' }
  | { state: 'ready'; backend: 'webgpu' | 'wasm' }
  | { state: 'failed'; problem: Problem };

/** What is known of the way from our loudspeaker back into our microphone. */
export interface EchoReport {
  /**
   * `unknown`: nothing was played yet. `clear`: none of it comes back (headphones, or the browser cancels it).
   * `filtered`: it comes back, and our own filter takes it out. `half-duplex`: it comes back too loud for that, so the
   * microphone does not count while something plays.
   */
  mode: 'unknown' | 'clear' | 'filtered' | 'half-duplex';
  /** Level of what comes back relative to what was played, in dB; with `delayMs`, absent while unknown. */
  leakDb?: number;
  /** From the playback worklet to the capture worklet. */
  delayMs?: number;
  /** How much of it our own filter removes at present. */
  removedDb?: number;
}

/** Sounds of our own. `listening`: the call stands. `understood`: the turn is over, the answer is on its way. */
export type CueName = 'listening' | 'understood';

/** An utterance that no stored answer exists for yet. */
export interface PendingUtterance {
  utterance: string;
  conversation: string;
  /** PCM16LE mono at LIMITS.inputRateHz, in frames of LIMITS.frameSamples. */
  frames: Uint8Array<ArrayBuffer>[];
  /** Sealed: its end is known. Otherwise the page went away in mid-utterance. */
  isSealed: boolean;
  /** Last attempt accepted by a relay; 0 if none. */
  attempt: number;
  /** Answer samples already played to the user. */
  playedSample: number;
  startedAtMs: number;
}

/**
 * The durable copy of everything said: in the browser, before it is sent. Appends are buffered and flushed at least
 * every 250 ms; nothing is reported as kept before the transaction is complete. If the browser refuses to store, the
 * journal goes on in memory and says so through `onHealth`.
 */
export interface Journal {
  beginUtterance(conversation: string, utterance: string): void;
  appendFrame(utterance: string, pcm: Uint8Array<ArrayBuffer>): void;
  /** The end of the utterance (so far) is known; strict durability. */
  seal(utterance: string): Promise<Result<void, Problem<JournalProblemKind>>>;
  /** More frames follow a seal. */
  reopen(utterance: string): void;
  discard(utterance: string): void;
  /** The relay took the utterance on, or heard so far: what a resume after a reload must know. */
  noteAttempt(utterance: string, attempt: number): void;
  notePlayed(utterance: string, playedSample: number): void;
  /** One frame of answer audio, PCM16LE at `rateHz`, starting at `sample` of the attempt. */
  appendReply(utterance: string, attempt: number, rateHz: number, sample: number, pcm: Uint8Array): void;
  /** The answer is stored: resolves once durable, and the utterance is no longer pending. */
  settle(utterance: string, attempt: number): Promise<Result<void, Problem<JournalProblemKind>>>;
  pending(conversation: string): Promise<PendingUtterance[]>;
  /** How far the answer to an utterance had been played when it was last noted. */
  playedSample(utterance: string): Promise<number>;
  /** The user's audio of a past utterance (PCM16LE, LIMITS.inputRateHz), for the relay's context. */
  userAudio(utterance: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  appendLog(entry: LogEntry): void;
  /** Everything appended so far is durable (or has failed and been reported). */
  flush(): Promise<void>;
  onHealth(listener: (health: JournalHealth) => void): () => void;
  close(): void;
}

export type JournalProblemKind = 'storage-full' | 'storage-unavailable' | 'storage-failed';
/** `memory`: nothing is being kept on this device at the moment; the screen must say so. */
export type JournalHealth = { state: 'durable' } | { state: 'memory'; problem: Problem<JournalProblemKind> };

/** Why a microphone could not be opened. */
export type MicrophoneProblemKind =
  | 'mic-denied'
  | 'mic-dismissed'
  | 'mic-missing'
  | 'mic-busy'
  | 'mic-policy'
  | 'mic-insecure'
  | 'mic-overconstrained'
  | 'mic-failed';

export type SpeakerProblemKind = 'speaker-unsupported' | 'speaker-missing' | 'speaker-denied' | 'speaker-failed';

export type LinkProblemKind =
  'relay-unreachable' | 'relay-refused' | 'relay-superseded' | 'relay-too-old' | 'relay-busy' | 'network-blocks-voice';

export type LinkState =
  | { phase: 'closed' }
  | { phase: 'connecting'; attempt: number }
  | { phase: 'online'; resumed: boolean }
  /** Will try again by itself after `delayMs`; `problem` says why it must (a blocked network is worth showing). */
  | { phase: 'waiting'; attempt: number; delayMs: number; problem?: Problem<LinkProblemKind> }
  /** Will not try again. */
  | { phase: 'failed'; problem: Problem<LinkProblemKind> };

/** What comes from the relay about one utterance. Events of older attempts and duplicates are already dropped. */
export type LinkEvent =
  | { type: 'accepted'; utterance: string; attempt: number }
  | { type: 'queued'; utterance: string; position: number; etaMs: number }
  | { type: 'part'; utterance: string; attempt: number; part: ReplyPart }
  | { type: 'audio'; utterance: string; attempt: number; sample: number; pcm: Uint8Array }
  /** Every event of the attempt has arrived (checked against the relay's count). */
  | { type: 'final'; utterance: string; attempt: number; samples: number; timings: RelayTimings; language?: string }
  | { type: 'failed'; utterance: string; attempt: number; problem: Problem };

export interface LinkCall {
  conversation: string;
  /** Grows each time a tab takes the conversation over. */
  fence: number;
  settings: Settings;
  /** Asked at every (re)connect: what the relay is to remember of earlier turns. */
  history(): HistoryTurn[];
  /** The user's audio of an earlier turn, if it is still there. */
  historyAudio(utterance: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/**
 * One conversation's line to whichever relay answers. Utterances live here, in memory, until `receipt` or `discard`:
 * a connection is disposable, and after a reconnect whatever the new relay lacks is sent again.
 */
export interface RelayLink {
  open(call: LinkCall): void;
  close(): void;
  /** Starts an utterance; frames may follow at once, connected or not. */
  begin(utterance: string): void;
  /** One frame of PCM16LE at LIMITS.inputRateHz; kept, and sent as soon as possible. */
  append(utterance: string, pcm: Uint8Array<ArrayBuffer>): void;
  commit(utterance: string, speculative: boolean): void;
  reopen(utterance: string): void;
  discard(utterance: string): void;
  /** An utterance from an earlier page load: all its frames, and the attempt it had reached. */
  restore(utterance: string, frames: Uint8Array<ArrayBuffer>[], attempt: number): void;
  /** `heard` is what is remembered of the answer, in words. */
  cancel(utterance: string, attempt: number, heardSample: number, heard: string): void;
  played(utterance: string, attempt: number, sample: number): void;
  receipt(utterance: string, attempt: number): void;
  configure(settings: Settings): void;
  onState(listener: (state: LinkState) => void): () => void;
  onEvent(listener: (event: LinkEvent) => void): () => void;
}

/** How one conversation is held: what a persona is made of. Kept with it, so that it goes on as it was. */
export type ConversationSetup = Pick<Settings, 'systemPrompt' | 'voice' | 'answerLanguage' | 'translation'>;

/** A stored conversation as the list shows it. */
export interface ConversationSummary {
  id: string;
  title: string;
  createdAtMs: number;
  updatedAtMs: number;
  turnCount: number;
}

/** Past conversations, for the page. */
export interface ConversationStore {
  /** Newest first. */
  list(): Promise<ConversationSummary[]>;
  create(id: string, atMs: number, setup?: ConversationSetup): Promise<void>;
  /** Empty for one that is not known, and without storage. */
  setup(id: string): Promise<ConversationSetup>;
  changeSetup(id: string, setup: ConversationSetup): Promise<void>;
  rename(id: string, title: string): Promise<void>;
  remove(id: string): Promise<void>;
  log(conversation: string): Promise<LogEntry[]>;
  /** Takes the conversation over for this tab and returns a fence higher than any before. */
  nextFence(conversation: string): Promise<number>;
  userAudio(utterance: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  replyAudio(utterance: string): Promise<{ pcm: Uint8Array<ArrayBuffer>; rateHz: number } | undefined>;
}

export type { LogEntry, LogFact };
