import type { Problem } from '#kernel/result';
import { TYPICAL_PAUSES, type Pauses } from '#models/end-of-turn/pauses';
import type { Voice } from '#models/vad/voice';
import type { Policy } from './policy.ts';
import type { EchoReport, LinkState } from './ports.ts';

/** `lost`: it was live and went away (unplugged, taken by another program); it comes back by `mic.opened`. */
export type MicState = 'off' | 'asking' | 'live' | 'muted' | 'lost';

/** The user's utterance of the current turn. */
export interface Utterance {
  id: string;
  /** First sample of it, pre-roll included. */
  fromSample: number;
  /** Sound recorded of it: without the silences it was taken up again after. */
  recordedMs: number;
  voice: Voice;
  /** Sent before its end was certain, so many times. */
  speculations: number;
  /** Push-to-talk: ends when the key is let go, not by silence. */
  isHeld: boolean;
}

/** What has come of the answer to the current utterance. */
export interface Reply {
  /** 0: not accepted by a relay yet. */
  attempt: number;
  hasAudio: boolean;
  /** Length of the audio that has arrived, in samples of the answer. */
  samples: number;
  isFinal: boolean;
  problem?: Problem;
  queued?: { position: number; etaMs: number };
}

export const NO_REPLY: Reply = { attempt: 0, hasAudio: false, samples: 0, isFinal: false };

/** What happens once the answer has fallen silent after an interruption. */
export type AfterYield = 'hearing' | 'listening' | 'idle';

/** Whose turn it is. */
export type TurnState =
  /** No call. */
  | { name: 'idle' }
  /** `voice`: a sound too short yet to be an utterance. `isNudged`: nobody spoke for long, and was asked about it. */
  | { name: 'listening'; voice?: Voice; isNudged?: boolean }
  | { name: 'hearing'; utterance: Utterance }
  /**
   * The speaker paused. `isSent`: the utterance so far was committed speculatively, and `reply` is what came of it.
   * `judged`: probability that this is the end, if the end-of-turn model has said so.
   */
  | { name: 'settling'; utterance: Utterance; isSent: boolean; reply: Reply; judged?: number }
  /** Waiting for the first sound of the answer. `utterance` is absent for one restored from an earlier page load. */
  | { name: 'thinking'; id: string; utterance?: Utterance; reply: Reply; voice?: Voice }
  /** `protectedTo`: position of the microphone up to which voice does not count, while nothing is known of the echo. */
  | { name: 'speaking'; id: string; reply: Reply; protectedTo?: number }
  /** Speaking, held low: somebody may be talking over it. `isHushed`: it stands still, and may yet go on right there. */
  | { name: 'ducked'; id: string; reply: Reply; protectedTo?: number; voice: Voice; isHushed: boolean }
  /** The answer is fading out; its exact end is on the way. */
  | { name: 'yielding'; id: string; reply: Reply; after: AfterYield; voice?: Voice; isHeld: boolean };

export type TurnName = TurnState['name'];

export interface ConversationState {
  /** Made by the caller at `user.start`; utterances are named after it. */
  callId: string;
  /** Utterances named so far in this call. */
  utteranceCount: number;
  /** Raised whenever a turn starts, is cancelled or interrupted; names the stream being played. */
  epoch: number;
  /** Events that came too late to matter. */
  staleCount: number;
  policy: Policy;
  mic: MicState;
  /** The voice detector is loaded; until then frames wait for it. */
  isEarReady: boolean;
  link: LinkState['phase'];
  /** The voice detector's last word, with hysteresis. */
  isVoiced: boolean;
  /** What is known of the way from the loudspeaker back to the microphone. */
  echo: EchoReport['mode'];
  /** How this speaker pauses. */
  pauses: Pauses;
  /** Where the last utterance ended: going on soon after it shows that it was only a pause. */
  voiceEndSample?: number;
  /** The last answer had to queue: nothing is sent on chance until one does not. */
  isUpstreamBusy: boolean;
  /** The cue that the call stands was given. */
  isGreeted: boolean;
  /** The last thing that went wrong and has not been overcome. */
  problem?: Problem;
  turn: TurnState;
}

/** The state while `turn` is one of the named. */
export type In<N extends TurnName> = ConversationState & { turn: Extract<TurnState, { name: N }> };

export function initialState(policy: Policy): ConversationState {
  return {
    callId: '',
    utteranceCount: 0,
    epoch: 0,
    staleCount: 0,
    policy,
    mic: 'off',
    isEarReady: false,
    link: 'closed',
    isVoiced: false,
    echo: 'unknown',
    pauses: TYPICAL_PAUSES,
    isUpstreamBusy: false,
    isGreeted: false,
    turn: { name: 'idle' },
  };
}
