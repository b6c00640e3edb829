import { audibleFrames } from '../sound/level.ts';
import { FRAME_MS } from '../sound/line.ts';

export interface Span {
  startMs: number;
  endMs: number;
}

/** Silences shorter than this lie inside of what somebody says. */
const WITHIN_SPEECH_MS = 300;

/** Where the agent is heard, by the level of its sound as it was played. Exact to a frame. */
export function agentSpans(sounds: Iterable<Int16Array>): Span[] {
  const spans: Span[] = [];
  let atMs = 0;
  for (const sound of sounds) {
    for (const isAudible of audibleFrames(sound)) {
      if (isAudible) prolong(spans, atMs);
      atMs += FRAME_MS;
    }
  }
  return spans;
}

function prolong(spans: Span[], atMs: number): void {
  const last = spans.at(-1);
  if (last && atMs - last.endMs < WITHIN_SPEECH_MS) last.endMs = atMs + FRAME_MS;
  else spans.push({ startMs: atMs, endMs: atMs + FRAME_MS });
}

export const overlapMs = (a: Span, b: Span): number =>
  Math.max(0, Math.min(a.endMs, b.endMs) - Math.max(a.startMs, b.startMs));
