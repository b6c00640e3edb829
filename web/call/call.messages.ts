import type { LogEntry } from '../conversation/log.ts';
import type { EchoReport, JournalHealth, ModelState } from '../conversation/ports.ts';
import type { CallView } from '../conversation/status.ts';
import type { Problem } from '#kernel/result';
import type { Settings } from '#protocol';

/** From the page to the call worker. Intents are what the person wants; the rest is what the page found out. */
export type ToCall =
  /** `retry`: an utterance to ask again as soon as the call stands. While a call runs: try again whatever is broken. */
  | { type: 'call.start'; conversation: string; fence: number; settings: CallSettings; retry?: string }
  | { type: 'call.stop' }
  | { type: 'mute'; isMuted: boolean }
  /** The stop button. */
  | { type: 'interrupt' }
  /** Push-to-talk: held down or let go. */
  | { type: 'talk'; isHeld: boolean }
  /** Ask the failed turn again. */
  | { type: 'retry'; utterance: string }
  | { type: 'configure'; settings: CallSettings }
  /** The end-of-turn model could not be had; once more. */
  | { type: 'model.retry' }
  /** The microphone is open. The ports lead straight to the worklets. */
  | { type: 'mic.opened' }
  | { type: 'mic.refused'; problem: Problem }
  | { type: 'mic.lost'; problem: Problem }
  /** Sent once per audio graph, before `mic.opened`. */
  | { type: 'audio.attached'; capture: MessagePort; playback: MessagePort }
  /** From the playback worklet to the ear, and from the mouth to the capture worklet, as far as the browser knows. */
  | { type: 'audio.latency'; outputLatencyMs: number; inputLatencyMs: number }
  /**
   * What was learned of the echo does not hold any more. `devices`: another loudspeaker, microphone or way of
   * processing. `path`: the answer to `audio.path`, also when the path is still what it was because the browser has no
   * other; or the path was lost. `path` itself is the one in use.
   */
  | { type: 'audio.route-changed'; change: 'devices' | 'path'; path: 'direct' | 'loopback' }
  /** The model worker's port; sent once, before the first call. */
  | { type: 'models.attached'; port: MessagePort }
  /** Loads the voice model ahead of the first call. */
  | { type: 'warm-up' };

/** From the call worker to the page. */
export type FromCall =
  | { type: 'view'; view: CallView }
  | { type: 'logged'; entry: LogEntry }
  /** About 30 a second while a call runs. `floorDb`: the noise of the room. `isOpen`: loud enough for the gate. */
  | { type: 'levels'; inputDb: number; floorDb: number; isOpen: boolean; outputDb: number; voice: number }
  | { type: 'echo'; report: EchoReport }
  | { type: 'model'; name: 'end-of-turn'; model: ModelState }
  | { type: 'mic.open' }
  | { type: 'mic.close' }
  /** Play through a peer connection of our own (`loopback`), or not; answered by `audio.route-changed`. */
  | { type: 'audio.path'; path: 'direct' | 'loopback' }
  /** The call is over, and everything of it is stored that can be. */
  | { type: 'ended'; conversation: string }
  | { type: 'storage'; health: JournalHealth }
  | { type: 'warmed'; problem?: Problem };

/** The settings of a call: the wire's, and how turns are taken. */
export interface CallSettings extends Settings {
  /** False: only push-to-talk opens a turn. */
  isAutomatic: boolean;
  /** Voice probability that starts an utterance, 0.3 (sensitive) to 0.8. */
  voiceThreshold: number;
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
  /** Judge the end of a turn by a model on this device. */
  usesEndOfTurnModel: boolean;
}
