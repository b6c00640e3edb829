import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { parseWav } from '../audio/wav.ts';
import { toolProblem, WireCall, WireTool } from './omni-tools.ts';
import type { OmniDialect } from './omni-script.ts';

export const OMNI_VOICES = ['ethan', 'chelsie', 'aiden'];
const FORMATS = ['wav', 'pcm', 'pcm16'];
const MODALITIES = ['text', 'audio'];

/** One `input_audio` part as it arrived, so that tests can tell that it is what was said. */
export interface ReceivedAudio {
  samples: Int16Array;
  rateHz: number;
  durationMs: number;
  /** Of the PCM bytes, lower-case hex. */
  sha256: string;
  /** Root mean square in dBFS. */
  levelDb: number;
}

const TextPart = v.object({ type: v.literal('text'), text: v.string() });
const AudioPart = v.object({
  type: v.literal('input_audio'),
  input_audio: v.object({ data: v.string(), format: v.string() }),
});
const Message = v.variant('role', [
  v.object({
    role: v.picklist(['system', 'user']),
    content: v.union([v.string(), v.array(v.variant('type', [TextPart, AudioPart]))]),
  }),
  v.object({
    role: v.literal('assistant'),
    content: v.nullish(v.string()),
    tool_calls: v.optional(v.pipe(v.array(WireCall), v.minLength(1))),
  }),
  v.object({ role: v.literal('tool'), tool_call_id: v.string(), content: v.string() }),
]);
const ChatBody = v.looseObject({
  model: v.string(),
  messages: v.pipe(v.array(Message), v.minLength(1)),
  tools: v.optional(v.pipe(v.array(WireTool), v.minLength(1))),
  tool_choice: v.optional(
    v.union([
      v.picklist(['auto', 'none', 'required']),
      v.strictObject({ type: v.literal('function'), function: v.strictObject({ name: v.string() }) }),
    ]),
  ),
  stream: v.optional(v.boolean(), false),
  stream_options: v.optional(v.object({ include_usage: v.optional(v.boolean(), false) })),
  modalities: v.optional(v.array(v.string()), MODALITIES),
  audio: v.optional(v.object({ format: v.optional(v.string(), 'wav'), voice: v.optional(v.string()) }), {}),
  speaker: v.optional(v.string()),
  voice: v.optional(v.string()),
  temperature: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(2))),
  max_tokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  stop: v.optional(v.union([v.string(), v.array(v.string())])),
});
export type ChatBody = v.InferOutput<typeof ChatBody>;

export interface ReceivedRequest {
  body: ChatBody;
  /** Every `input_audio` of the messages, in order: the last one is the turn to answer. */
  audios: ReceivedAudio[];
  receivedAtMs: number;
  outcome: 'running' | 'finished' | 'broken' | 'aborted';
  /** When the client's hanging up was seen, by `performance.now()`. */
  abortedAtMs?: number;
}

/** A refusal in vLLM's words. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly message: string,
    readonly param: string | null = null,
  ) {}

  toJson(): string {
    const { message, type, param, status } = this;
    return JSON.stringify({ error: { message, type, param, code: status } });
  }
}

const DATA_URI = 'data:;base64,';
const FORMATS_OF: Record<OmniDialect, readonly string[]> = {
  'vllm-omni': FORMATS,
  dashscope: ['wav'],
  openai: ['pcm16', 'wav', 'mp3', 'opus', 'flac'],
  'llama-cpp': FORMATS,
};

/** Checks what vLLM-Omni checks, in its order, and what the others are particular about. */
export function readRequest(json: string, model: string, dialect: OmniDialect): ReceivedRequest | Refusal {
  const bad = (message: string, param: string | null = null) => new Refusal(400, 'BadRequestError', message, param);
  const parsed = v.safeParse(ChatBody, parseJson(json));
  if (!parsed.success) {
    return bad(parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`).join('; '));
  }
  const body = parsed.output;
  if (body.model !== model)
    return new Refusal(404, 'NotFoundError', `The model \`${body.model}\` does not exist.`, 'model');
  const unknown = body.modalities.filter((modality) => !MODALITIES.includes(modality));
  if (unknown.length > 0) return bad(`Unsupported output modalities ${unknown.join(', ')}`, 'modalities');
  const formats = FORMATS_OF[dialect];
  if (!formats.includes(body.audio.format ?? 'wav')) {
    return bad(`Invalid audio format '${body.audio.format}'. Supported formats: ${formats.join(', ')}`, 'audio');
  }
  if (dialect === 'dashscope' && !body.stream) return bad('This model does not support non-stream mode.', 'stream');
  if (dialect === 'openai' && body.modalities.includes('audio') && body.audio.voice === undefined)
    return bad('Missing required parameter', 'audio.voice');
  const speaker = (body.voice ?? body.speaker)?.toLowerCase();
  if (speaker !== undefined && !OMNI_VOICES.includes(speaker)) {
    return bad(`Invalid speaker '${speaker}'. Supported: ${OMNI_VOICES.join(', ')}`, 'speaker');
  }
  const wrongTools = toolProblem(body);
  if (wrongTools !== undefined) return bad(wrongTools);
  const audios: ReceivedAudio[] = [];
  for (const message of body.messages) {
    for (const part of Array.isArray(message.content) ? message.content : []) {
      if (part.type !== 'input_audio') continue;
      const { data } = part.input_audio;
      const isUri = data.startsWith(DATA_URI);
      const audio =
        isUri === (dialect === 'dashscope') ? readAudio(data.slice(isUri ? DATA_URI.length : 0)) : undefined;
      if (!audio) return bad('Failed to load audio', 'messages');
      audios.push(audio);
    }
  }
  return { body, audios, receivedAtMs: performance.now(), outcome: 'running' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readAudio(base64: string): ReceivedAudio | undefined {
  try {
    const { samples, rateHz } = parseWav(Buffer.from(base64, 'base64'));
    return measureAudio(samples, rateHz);
  } catch {
    return undefined;
  }
}

export function measureAudio(samples: Int16Array, rateHz: number): ReceivedAudio {
  const power = samples.reduce((sum, sample) => sum + (sample / 32768) ** 2, 0) / Math.max(1, samples.length);
  return {
    samples,
    rateHz,
    durationMs: (samples.length * 1000) / rateHz,
    sha256: createHash('sha256')
      .update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength))
      .digest('hex'),
    levelDb: 10 * Math.log10(Math.max(power, 1e-12)),
  };
}
