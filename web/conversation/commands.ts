import type { TimerName } from './events.ts';
import type { LogFact } from './log.ts';
import type { CueName } from './ports.ts';

/** What the machine wants done. Data; the call worker carries it out in this order. */
export type Command =
  | { type: 'mic.open' }
  | { type: 'mic.close' }
  /** Muting stops the track itself, so that the device's light goes out. */
  | { type: 'mic.mute'; isMuted: boolean }
  | { type: 'link.open' }
  | { type: 'link.close' }
  /** Record from this sample (it may lie up to `preRollMs` plus a second back), journal it, and send it as it comes. */
  | { type: 'utterance.open'; utterance: string; fromSample: number }
  /** Complete, perhaps: have it answered. `voiceEndSample`: where the ear begins to wait. */
  | { type: 'utterance.commit'; utterance: string; voiceEndSample: number; isSpeculative: boolean }
  /** Ask the end-of-turn model about the pause that began at `endSample`; `turn.judged` follows, or nothing does. */
  | { type: 'turn.judge'; utterance: string; endSample: number }
  /** It was: the answer may be played from now on. */
  | { type: 'utterance.confirm'; utterance: string }
  /** It was not: go on recording, from this sample. */
  | { type: 'utterance.reopen'; utterance: string; fromSample: number }
  /** Nothing was said after all: forget it everywhere. */
  | { type: 'utterance.discard'; utterance: string }
  /** Send a journaled utterance again. */
  | { type: 'utterance.restore'; utterance: string }
  /** Not answered and not asked for any more: the relay may forget it, the journal keeps it. */
  | { type: 'utterance.release'; utterance: string }
  | { type: 'reply.cancel'; utterance: string; attempt: number; heardSample: number }
  /** Done with: store for good, then tell the relay it may forget. */
  | { type: 'reply.settle'; utterance: string; attempt: number }
  | { type: 'play.start'; stream: number; utterance: string; attempt: number }
  | { type: 'play.end'; stream: number }
  | { type: 'play.duck'; gainDb: number; rampMs: number }
  | { type: 'play.restore'; rampMs: number }
  /** Stands still at an exact sample. */
  | { type: 'play.pause'; stream: number; fadeMs: number }
  | { type: 'play.resume'; stream: number; rampMs: number }
  | { type: 'play.stop'; stream: number; fadeMs: number }
  | { type: 'cue'; name: CueName }
  /** Have a short sound over the answer recognised; `interjection.understood` follows, or nothing does. */
  | { type: 'interjection.check'; stream: number; fromSample: number; toSample: number }
  | { type: 'timer.set'; name: TimerName; ms: number }
  | { type: 'timer.clear'; name: TimerName }
  | { type: 'log'; fact: LogFact };
