import type { Problem } from '#kernel/result';
import type { ReplyPart } from '#protocol';
import type { Policy } from './policy.ts';
import type { EchoReport, LinkState } from './ports.ts';

/** Everything that can happen to a conversation. */
export type ConversationEvent =
  // What the person wants.
  | { type: 'user.start'; callId: string }
  | { type: 'user.stop' }
  | { type: 'user.mute'; isMuted: boolean }
  /** The stop button. */
  | { type: 'user.interrupt' }
  /** Push-to-talk; `atSample` is the microphone's position. */
  | { type: 'user.talk'; isHeld: boolean; atSample: number }
  /** Ask a failed or forgotten utterance again. */
  | { type: 'user.retry'; utterance: string; attempt: number; durationMs: number }
  | { type: 'policy.changed'; policy: Policy }
  // The microphone.
  | { type: 'mic.opened' }
  | { type: 'mic.refused'; problem: Problem }
  | { type: 'mic.lost'; problem: Problem }
  /** The voice detector is loaded. */
  | { type: 'ear.ready' }
  | ({ type: 'heard' } & Heard)
  /** What the end-of-turn model makes of the pause that began at `endSample`. */
  | { type: 'turn.judged'; utterance: string; endSample: number; probability: number }
  /** A short sound over the answer was understood as these words. */
  | { type: 'interjection.understood'; stream: number; text: string }
  /** What is known of the way from the loudspeaker to the microphone. */
  | { type: 'echo.changed'; mode: EchoReport['mode'] }
  // The link.
  | { type: 'link.changed'; link: LinkState }
  /** An utterance left over from an earlier page load. */
  | { type: 'utterance.found'; utterance: string; attempt: number; durationMs: number }
  // The answer. Dropped when it belongs to another utterance or an older attempt.
  | { type: 'reply.accepted'; utterance: string; attempt: number }
  | { type: 'reply.queued'; utterance: string; position: number; etaMs: number }
  | { type: 'reply.part'; utterance: string; attempt: number; part: ReplyPart }
  /** `endSample`: length of the answer's audio so far. */
  | { type: 'reply.audio'; utterance: string; attempt: number; endSample: number }
  | { type: 'reply.final'; utterance: string; attempt: number; samples: number; language?: string }
  | { type: 'reply.failed'; utterance: string; attempt: number; problem: Problem }
  // Playback. Dropped when it belongs to an older epoch.
  | { type: 'play.drained'; stream: number }
  | { type: 'play.stopped'; stream: number; playedSample: number }
  | { type: 'timer.fired'; name: TimerName };

/** What the ear makes of one frame. Levels in dBFS. */
export interface Heard {
  /** That it holds voice. */
  probability: number;
  /** Position of its end. */
  endSample: number;
  /** End of the last loud moment (a few milliseconds) up to here: where a voice really ended, finer than frames. */
  lastLoudSample: number;
  levelDb: number;
  /** Noise of the room, as learned from the quiet between sounds. */
  floorDb: number;
  /** Likelihood that all there is to hear is our own loudspeaker. */
  echo: number;
  /** Likelihood that the sound so far is a cough or a hum ("mm-hm") and not the beginning of words. */
  interjection: number;
}

export type EventType = ConversationEvent['type'];
export type EventOf<E extends EventType> = Extract<ConversationEvent, { type: E }>;

/** `answer`: nothing of an answer came. `nudge`: nobody has said anything since the last one. */
export type TimerName = 'answer' | 'nudge';
