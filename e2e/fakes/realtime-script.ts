import type { ScriptedCall } from './omni-calls.ts';
import type { ReceivedTurn } from './realtime-session.ts';

export type RealtimeDialect = 'dashscope' | 'openai' | 'openai-beta' | 'turn-streaming';

/** How the fake answers. Times run from the moment the answer is asked for. */
export interface RealtimeScript {
  /** What it says; also what it speaks. */
  reply: string | ((turn: ReceivedTurn) => string);
  /** The tools it calls, instead of its reply, where they are offered; the reply then answers what they have told. */
  calls: readonly ScriptedCall[];
  /** What it understood, and when it tells: before, during or after its answer. Undefined never tells. */
  transcript: string;
  transcriptMs: number | undefined;
  /** Sends the transcript in pieces first. */
  hasTranscriptDeltas: boolean;
  firstTokenMs: number;
  firstAudioMs: number;
  chunkMs: number;
  /** Time taken per second of audio: 0 all at once, 0.5 twice as fast as it plays. */
  pace: number;
  /** Finds the end of a turn by itself after this much silence, whatever it is told. */
  insistsOnSilenceMs?: number;
  /**
   * Detects turns by level, as servers in server_vad mode do by a voice model: any sound over -45 dBFS for 60 ms is
   * somebody speaking, this much silence ends the turn, and whoever speaks over an answer cancels it.
   */
  detectsTurnsAfterMs?: number;
  /** The words come only when they are complete. */
  hasLateWords: boolean;
  /** The status its answers end with. */
  status: 'completed' | 'incomplete' | 'failed' | 'cancelled';
  fault?: RealtimeFault;
}

export type RealtimeFault =
  /** Of the connection: an HTTP status, a reset, silence after the upgrade, nonsense as the first frame. */
  | { kind: 'status'; status: number; retryAfter?: string }
  | { kind: 'reset' }
  | { kind: 'mute' }
  | { kind: 'wrong-hello' }
  /** Of an answer. `afterDeltas` counts its pieces of text and audio. */
  | { kind: 'stall'; afterDeltas: number; ms: number }
  | { kind: 'die'; afterDeltas: number }
  | { kind: 'close'; afterDeltas: number; code: number }
  | { kind: 'error'; afterDeltas: number; error: object }
  | { kind: 'garbage'; afterDeltas: number; what: RealtimeGarbage };

export type RealtimeGarbage = keyof typeof REALTIME_GARBAGE;

const delta = (type: string, fields: object) => JSON.stringify({ event_id: 'event_x', type, ...fields });

/** What a broken server may put between its frames. */
export const REALTIME_GARBAGE = {
  'invalid-json': () => '{"type":"response.audio.del',
  'not-an-object': () => '42',
  'no-type': () => '{"delta":"AAAA"}',
  'a-binary-frame': () => Buffer.from([1, 2, 3, 4]),
  'delta-not-text': () => delta('response.audio_transcript.delta', { delta: 42 }),
  'no-delta': () => delta('response.audio_transcript.delta', {}),
  'truncated-base64': () => delta('response.audio.delta', { delta: 'AAAAAAAAA' }),
  'not-base64': () => delta('response.audio.delta', { delta: '!!!!"§$%' }),
  'huge-delta': () => delta('response.audio.delta', { delta: 'A'.repeat(12 * 1024 * 1024) }),
  'response-not-an-object': () => delta('response.done', { response: 'completed' }),
  'usage-not-numbers': () =>
    delta('response.done', { response: { status: 'completed', usage: { input_tokens: 'x' } } }),
} satisfies Record<string, () => string | Buffer>;

export const DEFAULT_REALTIME_SCRIPT: RealtimeScript = {
  reply: ({ audio }) => `I heard you speak for ${(audio.durationMs / 1000).toFixed(1)} seconds. That was clear enough.`,
  calls: [],
  transcript: 'This is what I said.',
  transcriptMs: 30,
  hasTranscriptDeltas: false,
  firstTokenMs: 20,
  firstAudioMs: 60,
  chunkMs: 500,
  pace: 0.1,
  hasLateWords: false,
  status: 'completed',
};
