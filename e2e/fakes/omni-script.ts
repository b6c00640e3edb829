import type { Recording } from '../audio/wav.ts';
import type { ScriptedCall } from './omni-calls.ts';
import type { ReceivedRequest } from './omni-request.ts';

/** Whose habits it has; see `omni-request` and `omni-timeline`. */
export type OmniDialect = 'vllm-omni' | 'dashscope' | 'openai' | 'llama-cpp';

/** How the fake answers. Times run from the arrival of the request. */
export interface OmniScript {
  /** What it says; also what it speaks. */
  reply: string | ((request: ReceivedRequest) => string);
  /** What is heard, at 24 kHz, where it is not the spoken reply. */
  sound?: Recording;
  /** Written before anything else, and spoken like the rest. */
  markup: string;
  /**
   * The tools it calls, instead of its reply, where they are offered and the last message is none of a tool; the reply
   * then answers what they have told.
   */
  calls: readonly ScriptedCall[];
  /** A server without a parser for its model: calls are left in the words as the model writes them. */
  leavesMarkup: boolean;
  /** Without a voice, as a plain text server. */
  isSilent: boolean;
  firstTokenMs: number;
  /** From word to word; they come long before they are spoken. */
  wordMs: number;
  firstAudioMs: number;
  /** Audio in one chunk: Qwen3-Omni's bursts are two seconds, early ones of other deployments far shorter. */
  chunkMs: number;
  /** Time taken per second of audio: 0 all at once, 0.5 twice as fast as it plays, 2 slower than it plays. */
  pace: number;
  /** Writes the stream in pieces of this many bytes. */
  pieceBytes?: number;
  fault?: OmniFault;
}

/** `afterChunks` counts every event of the stream; 0 is after the headers and before anything else. */
export type OmniFault =
  | { kind: 'status'; status: number; retryAfter?: string }
  /** The connection is closed without an answer. */
  | { kind: 'reset-before-headers' }
  | { kind: 'hang-before-headers' }
  /** Bytes that are not HTTP. */
  | { kind: 'not-http' }
  /** 200, but a web page, as from a proxy in the way. */
  | { kind: 'html-page' }
  /** Silence, then as if nothing had been; `Infinity` never goes on. */
  | { kind: 'stall'; afterChunks: number; ms: number }
  /** The socket is destroyed. */
  | { kind: 'die'; afterChunks: number }
  /** The response ends properly, but without its last events. */
  | { kind: 'end-early'; afterChunks: number }
  | { kind: 'garbage'; afterChunks: number; what: GarbageKind };

export type GarbageKind = keyof typeof GARBAGE;

const chunkOf = (content: unknown) =>
  `data: ${JSON.stringify({ object: 'chat.completion.chunk', modality: 'audio', choices: [{ index: 0, delta: { content } }] })}\n\n`;

/** What a broken server may put into its stream. */
export const GARBAGE = {
  'invalid-json': () => 'data: {"id":"chatcmpl-1","choices":[{"index":0,"del\n\n',
  'invalid-utf8': () =>
    Buffer.concat([
      Buffer.from('data: {"choices":[{"delta":{"content":"'),
      Buffer.from([0xc3, 0x28, 0xff]),
      Buffer.from('"}}]}\n\n'),
    ]),
  'not-an-object': () => 'data: 42\n\n',
  'choices-not-a-list': () => 'data: {"choices":"none"}\n\n',
  'content-not-text': () => chunkOf(42),
  'delta-not-an-object': () => 'data: {"choices":[{"index":0,"delta":"hello"}]}\n\n',
  'truncated-base64': () => chunkOf('AAAAAAAAA'),
  'not-base64': () => chunkOf('!!!!"§$%'),
  'riff-in-stereo': () =>
    chunkOf(
      Buffer.from(
        '524946462c00000057415645666d74201000000001000200803e000000fa000004001000646174610800000000000000',
        'hex',
      ).toString('base64'),
    ),
  'riff-without-data': () => chunkOf(Buffer.from('RIFF\x00\x00\x00\x00WAVEjunk', 'latin1').toString('base64')),
  'huge-delta': () => chunkOf('A'.repeat(12 * 1024 * 1024)),
  'endless-line': () => 'x'.repeat(12 * 1024 * 1024),
  'error-object': () =>
    'data: {"error":{"message":"CUDA error: an illegal memory access was encountered","type":"InternalServerError","param":null,"code":500}}\n\ndata: [DONE]\n\n',
  'error-busy': () =>
    'data: {"error":{"message":"queue is full","type":"ServiceUnavailableError","param":null,"code":503}}\n\ndata: [DONE]\n\n',
} satisfies Record<string, () => string | Buffer>;

export const DEFAULT_SCRIPT: OmniScript = {
  reply: ({ audios }) => {
    const seconds = (audios.at(-1)?.durationMs ?? 0) / 1000;
    return `I heard you speak for ${seconds.toFixed(1)} seconds. That was clear enough.`;
  },
  markup: '',
  calls: [],
  leavesMarkup: false,
  isSilent: false,
  firstTokenMs: 20,
  wordMs: 8,
  firstAudioMs: 60,
  chunkMs: 2000,
  pace: 0.1,
};
