import type { Settings } from '#protocol';
import type { ConversationSetup } from '../conversation/ports.ts';

/**
 * Everything a person can change. How conversations are held (`ConversationSetup`) is here for those that have not begun;
 * each of the others keeps its own.
 */
export interface AppSettings extends Settings {
  /** False: only holding the talk control (or the space bar) opens a turn. */
  isAutomatic: boolean;
  /** Voice probability that starts an utterance, 0.3 (sensitive) to 0.8. */
  voiceThreshold: number;
  /** Of the microphone: the browser's own, RNNoise in our own audio path, or none. */
  noiseSuppression: 'browser' | 'strong' | 'off';
  /** Sounds below this level (dBFS) are nobody speaking to us; absent: only the room's own noise decides. */
  gateDb?: number;
  /** `half`: the microphone does not count while an answer plays. */
  duplex: 'full' | 'half';
  /** A soft sound says that it listens, and that the turn is over. */
  hasCues: boolean;
  /** Words that stop an answer at once, however short; needs a recogniser at the relay. */
  stopPhrases: readonly string[];
  /** Silence after an answer before the assistant asks whether anybody is there; absent: never. */
  nudgeAfterMs?: number;
  /** Judge the end of a turn by a model on this device (about 9 MB, downloaded once). */
  usesEndOfTurnModel: boolean;
  theme: 'system' | 'light' | 'dark';
  /** Device ids as the browser gives them; absent: the system's choice. */
  microphoneId?: string;
  speakerId?: string;
  /** Finished turns are read out by screen readers. */
  isAnnouncing: boolean;
}

export interface AudioDevice {
  id: string;
  /** Empty until the microphone was allowed once. */
  label: string;
}

export interface AudioDevices {
  microphones: readonly AudioDevice[];
  speakers: readonly AudioDevice[];
  /** Only some browsers let a page send sound to another device. */
  canChooseSpeaker: boolean;
}

/** What the relay says of itself (`GET /config`). */
export type RelayInfo =
  | { state: 'asking' }
  | { state: 'unreachable' }
  | {
      state: 'known';
      /** Where what is said goes, as `host` or `host:port`. */
      host: string;
      upstream: string;
      model: string;
      voices: readonly string[];
      /** False: nothing but the echo answers. */
      isModelConnected: boolean;
      defaultPrompt: string;
    };

/** Written by the composition root about 30 times a second, read by the canvas; deliberately not reactive. */
export interface Levels {
  inputDb: number;
  /** Noise of the room. */
  floorDb: number;
  /** The input is loud enough to count. */
  isOpen: boolean;
  outputDb: number;
  /** Taken out of the microphone's signal by RNNoise, in dB; 0 where it does not run. */
  suppressedDb: number;
  /** Probability that the input is a voice. */
  voice: number;
}

/** Recorded audio being played back from the conversation. */
export interface Playing {
  utterance: string;
  side: 'user' | 'reply';
}

/**
 * What the interface can ask for. Calls never throw and never answer: whatever follows is seen on the view. Every one
 * is legal at any time; one that makes no sense at the moment does nothing.
 */
export interface Controller {
  /** Called in the very task of the tap or key press, so that audio may be unlocked there. */
  startCall(): void;
  endCall(): void;
  setMuted(isMuted: boolean): void;
  /** Stops the answer. */
  interrupt(): void;
  /** Push-to-talk; every `talkDown` is followed by a `talkUp`, also when the window loses the focus. */
  talkDown(): void;
  talkUp(): void;
  /** Asks the last failed turn again; starts a call if none runs. */
  retry(): void;

  /** These two end a running call first. */
  newConversation(): void;
  openConversation(id: string): void;
  /** `title` is trimmed and not empty. */
  renameConversation(id: string, title: string): void;
  deleteConversation(id: string): void;

  /** All settings, changed ones included; to be kept and shown again through the view. */
  changeSettings(settings: AppSettings): void;
  /** How the conversation on the screen is held, from its next turn on. */
  changeSetup(setup: ConversationSetup): void;
  /** Loads the end-of-turn model once more, after it failed. */
  retryModel(): void;
  /** The settings are open: labels and lists should be fresh. */
  refreshDevices(): void;

  playUserAudio(utterance: string): void;
  playReplyAudio(utterance: string): void;
  stopPlaying(): void;
}
