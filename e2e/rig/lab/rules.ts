import { SILERO } from '#models/vad/silero';
import type { Heard } from '../../../web/conversation/events.ts';
import { toMs } from '../corpus/recorded-call.ts';

/** A rule that ends turns by the voice detector alone. */
export interface Rule {
  name: string;
  /** Voice at this probability begins, below `off` it may end. */
  on: number;
  off: number;
  /** Silence that ends the turn. */
  silenceMs: number;
  /** Voice that makes it a turn. */
  minSpeechMs: number;
  /** Sound kept from before the first voiced frame. */
  preRollMs: number;
}

const FRAME_MS = toMs(SILERO.frameSamples);
const frames = (ms: number): number => Math.floor(ms / FRAME_MS);

/** The plain rule, with the thresholds Silero's authors recommend. */
export const fixedSilence = (silenceMs: number): Rule => ({
  name: `silence ${silenceMs} ms`,
  ...{ on: 0.5, off: 0.35, silenceMs, minSpeechMs: 96, preRollMs: 300 },
});

/** Default parameters of @ricky0123/vad-web 0.0.31. */
export const VAD_WEB: Rule = {
  name: 'vad-web defaults',
  ...{ on: 0.3, off: 0.25, silenceMs: 1_400, minSpeechMs: 400, preRollMs: 800 },
};

/** `began`: there was enough voice for a turn; it is recorded from `fromFrame`. */
export type RuleEvent = { type: 'began'; frame: number; fromFrame: number } | { type: 'ended'; frame: number };

/**
 * What the rule says, frame by frame. Frames between the two thresholds neither end a turn nor keep it open; voice
 * counts from `on`. Both are so in vad-web.
 */
export function* follow(rule: Rule, heard: readonly Heard[]): Generator<RuleEvent> {
  let firstFrame: number | undefined;
  let silentFrames = 0;
  let voicedFrames = 0;
  for (const [frame, { probability }] of heard.entries()) {
    if (probability >= rule.on) {
      silentFrames = 0;
      firstFrame ??= frame;
      if (++voicedFrames === frames(rule.minSpeechMs)) {
        yield { type: 'began', frame, fromFrame: Math.max(0, firstFrame - frames(rule.preRollMs)) };
      }
    }
    if (firstFrame !== undefined && probability < rule.off && ++silentFrames >= frames(rule.silenceMs)) {
      if (voicedFrames >= frames(rule.minSpeechMs)) yield { type: 'ended', frame };
      firstFrame = undefined;
      silentFrames = voicedFrames = 0;
    }
  }
}
