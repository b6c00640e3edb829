import { int16ToBytes } from '#dsp/pcm';
import { toUpstreamProblem } from '../../upstream/problem.ts';
import type { Recogniser } from '../../upstream/speech.ts';
import type { UpstreamProblem } from '../../upstream/upstream.ts';
import { joinText, withoutOverlap } from './overlap.ts';
import type { Piece } from './piece.ts';
import type { Segment } from './subtitles.ts';

/** How far a recording has been written down. The last event is one of the last three. */
export type TranscriptionEvent =
  /** What is to be put behind the words so far, spaces included, and up to where it reaches. */
  | { kind: 'text'; text: string; segments: Segment[]; doneMs: number }
  | { kind: 'done'; text: string; segments: Segment[]; durationMs: number; language?: string }
  | { kind: 'failed'; problem: UpstreamProblem }
  | { kind: 'unusable'; reason: 'audio-too-long' | 'audio-invalid' };

export interface TranscriptionOptions {
  language?: string;
  /** Whether times of segments are wanted. */
  isTimed: boolean;
  /** Longer recordings are given up at this point. */
  maxMs: number;
}

/** Enough of what was said before for names and spelling to stay the same. */
const PROMPT_CHARS = 200;

/** Writes a recording down piece by piece, each told what was said before it. */
export async function* transcribe(
  recogniser: Recogniser,
  pieces: AsyncIterable<Piece>,
  { language, isTimed, maxMs }: TranscriptionOptions,
  signal: AbortSignal,
): AsyncGenerator<TranscriptionEvent, void> {
  const segments: Segment[] = [];
  let text = '';
  let durationMs = 0;
  let heard = language;
  for await (const piece of pieces) {
    durationMs = piece.endMs;
    if (durationMs > maxMs) {
      yield { kind: 'unusable', reason: 'audio-too-long' };
      return;
    }
    const request = {
      audio: int16ToBytes(piece.samples),
      ...(heard !== undefined && { language: heard }),
      ...(text !== '' && { prompt: text.slice(-PROMPT_CHARS) }),
      ...(isTimed && { timed: true }),
    };
    const said = piece.isSilent ? NOTHING : await recognise(recogniser, request, signal);
    if (signal.aborted) return;
    if ('problem' in said) {
      yield { kind: 'failed', problem: said.problem };
      return;
    }
    // The language of the first words holds for the rest: a recogniser left alone may take a mumble for another.
    heard ??= said.language;
    const fresh = place(said, piece, text);
    segments.push(...fresh.segments);
    const before = text.length;
    text = joinText(text, fresh.text);
    yield { kind: 'text', text: text.slice(before), segments: fresh.segments, doneMs: piece.endMs };
  }
  if (signal.aborted) return;
  if (durationMs === 0) yield { kind: 'unusable', reason: 'audio-invalid' };
  else yield { kind: 'done', text, segments, durationMs, ...(heard !== undefined && { language: heard }) };
}

interface Said {
  text: string;
  segments: Segment[];
  language?: string;
}

const NOTHING: Said = { text: '', segments: [] };

async function recognise(
  recogniser: Recogniser,
  request: Parameters<Recogniser['transcribe']>[0],
  signal: AbortSignal,
): Promise<Said | { problem: UpstreamProblem }> {
  const segments: Segment[] = [];
  for await (const event of recogniser.transcribe(request, signal)) {
    if (event.kind === 'failed') return { problem: event.problem };
    if (event.kind === 'segment') segments.push({ text: event.text, startMs: event.startMs, endMs: event.endMs });
    if (event.kind === 'done') {
      return { text: event.text.trim(), segments, ...(event.language !== undefined && { language: event.language }) };
    }
  }
  return { problem: toUpstreamProblem('upstream-died', 'no transcript') };
}

/** A piece's words at their place in the recording, without those the piece before had already. */
function place({ text, segments }: Said, piece: Piece, before: string): { text: string; segments: Segment[] } {
  const isShared = piece.overlapsMs > 0;
  const fresh = isShared ? withoutOverlap(before, text) : text;
  if (segments.length === 0) {
    const { startMs, endMs } = piece;
    return { text: fresh, segments: fresh === '' ? [] : [{ text: fresh, startMs: startMs + piece.overlapsMs, endMs }] };
  }
  const placed = segments.map((segment, i) => ({
    text: i === 0 && isShared ? withoutOverlap(before, segment.text) : segment.text,
    startMs: piece.startMs + Math.max(piece.overlapsMs, segment.startMs),
    endMs: Math.min(piece.endMs, piece.startMs + Math.max(piece.overlapsMs, segment.endMs)),
  }));
  return { text: fresh, segments: placed.filter((segment) => segment.text !== '') };
}
