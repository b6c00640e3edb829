import type { Usage } from '#protocol';
import type { UpstreamProblem } from '../../upstream/upstream.ts';
import type { LiveItem } from './live-item.ts';
import type { ResponseSettings } from './live-settings.ts';

/**
 * What a live session tells, in the order in which every dialect may pass it on. Times are milliseconds of the sound
 * that came in since the session began.
 *
 * One spoken turn: speech-started, speech-stopped, committed, item-added, item-done; response-created,
 * output-item-added, item-added, part-added, words and audio in turns, audio-done, words-done, part-done, item-done,
 * output-item-done, response-done. A tool call: output-item-added, item-added, arguments, arguments-done, item-done,
 * output-item-done. The transcript of what the user said may come any time after item-added.
 */
export type LiveEvent =
  | { kind: 'speech-started'; itemId: string; startMs: number }
  | { kind: 'speech-stopped'; itemId: string; endMs: number }
  /** Nobody has said anything for the idle time; committed, items and a response follow. */
  | { kind: 'idle'; itemId: string; startMs: number; endMs: number }
  | { kind: 'committed'; itemId: string; previousItemId: string | null }
  | { kind: 'cleared' }
  | { kind: 'item-added'; item: LiveItem; previousItemId: string | null }
  | { kind: 'item-done'; item: LiveItem; previousItemId: string | null }
  | { kind: 'item-deleted'; itemId: string }
  | { kind: 'item-truncated'; itemId: string; contentIndex: number; audioEndMs: number }
  | { kind: 'transcript'; itemId: string; text: string; language?: string; durationMs: number }
  | { kind: 'transcript-failed'; itemId: string; code: string }
  | ResponseEvent;

export type ResponseEvent =
  | { kind: 'response-created'; response: LiveResponse }
  | { kind: 'output-item-added'; at: OutputPlace; item: LiveItem }
  | { kind: 'output-item-done'; at: OutputPlace; item: LiveItem }
  | { kind: 'part-added'; at: OutputPlace; part: 'audio' | 'text' }
  | { kind: 'part-done'; at: OutputPlace; part: 'audio' | 'text'; text: string }
  /** PCM16LE mono, whole samples. */
  | { kind: 'audio'; at: OutputPlace; pcm: Uint8Array; rateHz: number }
  | { kind: 'audio-done'; at: OutputPlace }
  /** Of a text part, or the transcript of an audio part. */
  | { kind: 'words'; at: OutputPlace; part: 'audio' | 'text'; text: string }
  | { kind: 'words-done'; at: OutputPlace; part: 'audio' | 'text'; text: string }
  | { kind: 'arguments'; at: OutputPlace; callId: string; text: string }
  | { kind: 'arguments-done'; at: OutputPlace; callId: string; name: string; arguments: string }
  /** Exactly one for each response-created, whatever happens. */
  | { kind: 'response-done'; response: LiveResponse };

/** Where in a response something belongs; the content index is always 0. */
export interface OutputPlace {
  responseId: string;
  itemId: string;
  outputIndex: number;
}

export interface LiveResponse {
  id: string;
  status: 'in-progress' | 'completed' | 'cancelled' | 'incomplete' | 'failed';
  /** Of `cancelled`: by speech, or by the client. Of `incomplete`: the length allowed. */
  reason?: 'turn-detected' | 'client-cancelled' | 'max-output-tokens';
  /** Of `failed`. */
  problem?: UpstreamProblem;
  output: readonly LiveItem[];
  isOutOfBand: boolean;
  settings: ResponseSettings;
  metadata?: Readonly<Record<string, string>>;
  usage?: ResponseUsage;
}

/** Tokens as the upstream counts them; the audio's shares are told from durations, 12.5 a second. */
export type ResponseUsage = Required<Usage> & { inputAudioTokens: number; outputAudioTokens: number };
