import type { UpstreamHealth, UpstreamProblem } from './upstream.ts';

/** What a recogniser is asked: one stretch of speech. */
export interface TranscriptionRequest {
  /** PCM16LE mono at LIMITS.inputRateHz. */
  audio: Uint8Array;
  /** BCP 47, where the speaker's language is known. */
  language?: string;
  /** Words that are likely to occur: names, terms. */
  prompt?: string;
  /** Asks for segments with their times, where the server can tell; words then no longer come one by one. */
  timed?: boolean;
}

/** Errors are the last event, never thrown. `done` is the whole text, whatever came before it. */
export type TranscriptEvent =
  /** Replaces what earlier partials said. */
  | { kind: 'partial'; text: string }
  | { kind: 'segment'; text: string; startMs: number; endMs: number }
  | { kind: 'done'; text: string; language?: string }
  | { kind: 'failed'; problem: UpstreamProblem };

/** A server that turns speech into text. Aborting closes its request at once. */
export interface Recogniser {
  readonly name: string;
  readonly model: string;
  transcribe(request: TranscriptionRequest, signal: AbortSignal): AsyncIterable<TranscriptEvent>;
  check(signal: AbortSignal): Promise<UpstreamHealth>;
}

export interface SpeechRequest {
  text: string;
  voice?: string;
  language?: string;
  /** 1 is the voice's own pace. */
  speed?: number;
}

export type SpeechEvent =
  /** PCM16LE mono, whole samples; the rate is the same throughout one answer. */
  { kind: 'audio'; pcm: Uint8Array; rateHz: number } | { kind: 'failed'; problem: UpstreamProblem };

/** A server that turns text into speech, streamed as it is made. Aborting closes its request at once. */
export interface Synthesiser {
  readonly name: string;
  readonly model: string;
  readonly voices: readonly string[];
  speak(request: SpeechRequest, signal: AbortSignal): AsyncIterable<SpeechEvent>;
  check(signal: AbortSignal): Promise<UpstreamHealth>;
}
