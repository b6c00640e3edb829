import { SILERO } from '#models/vad/silero';
import type { Heard } from '../../../web/conversation/events.ts';
import { toMs } from '../corpus/recorded-call.ts';
import type { Line } from './line.ts';
import type { Performance } from './performance.ts';
import { follow, type Rule } from './rules.ts';

/**
 * A client with a plain rule: at the end of a turn it asks for an answer and plays it as it comes; a voice that begins
 * meanwhile stops the answer, or takes it back if nothing of it was heard. The turn stays ended: the rule has no way
 * back, and what is said then is the next turn.
 */
export function performByRule(rule: Rule, heard: readonly Heard[], line: Line): Performance {
  const performance: Performance = { audible: [], ends: [], requests: 0, opened: [] };
  const decidedMs = (frame: number): number => toMs((frame + 1) * SILERO.frameSamples) + line.captureMs;
  let playing: Performance['audible'][number] | undefined;
  const fallSilent = (atMs: number): void => {
    if (playing && playing.fromMs < atMs) performance.audible.push({ ...playing, toMs: Math.min(playing.toMs, atMs) });
    playing = undefined;
  };
  for (const event of follow(rule, heard)) {
    const atMs = decidedMs(event.frame);
    fallSilent(event.type === 'began' ? atMs + line.playbackMs : Infinity);
    if (event.type === 'began') {
      performance.opened.push({ fromMs: toMs(event.fromFrame * SILERO.frameSamples), atMs });
      continue;
    }
    performance.ends.push(atMs);
    performance.requests++;
    const fromMs = atMs + 2 * line.networkMs + line.upstreamMs + line.playbackMs;
    playing = { fromMs, toMs: fromMs + line.answerMs, askedMs: atMs };
  }
  fallSilent(Infinity);
  return performance;
}
