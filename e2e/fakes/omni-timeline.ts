import { speak } from '../audio/voice.ts';
import { encodeWav, toBytes, type Recording } from '../audio/wav.ts';
import { callsOf, toCallDeltas, toMarkup } from './omni-calls.ts';
import type { ReceivedRequest } from './omni-request.ts';
import type { OmniDialect, OmniScript } from './omni-script.ts';

const TOKENS_PER_SECOND_HEARD = 12.5;

/** One line of the stream and when it is due, from the arrival of the request. */
export interface TimedEvent {
  atMs: number;
  data: string;
}

export const replyOf = (script: OmniScript, request: ReceivedRequest): string =>
  typeof script.reply === 'string' ? script.reply : script.reply(request);

/** Base64 as the wire carries it: bare samples, or a whole WAV file in every chunk. `sound` in place of the spoken text. */
export async function speechChunks(
  text: string,
  format: string,
  chunkMs: number,
  sound?: Recording,
): Promise<string[]> {
  const { samples, rateHz } = sound ?? (await speak(text));
  const chunkSamples = Math.max(1, Math.round((chunkMs * rateHz) / 1000));
  const chunks: string[] = [];
  for (let at = 0; at < samples.length; at += chunkSamples) {
    const piece = samples.slice(at, at + chunkSamples);
    const bytes = format === 'wav' ? encodeWav({ samples: piece, rateHz }) : toBytes(piece);
    chunks.push(Buffer.from(bytes).toString('base64'));
  }
  return chunks;
}

/** The whole stream of one answer: role, words, audio, finish reason on an empty audio chunk, usage, `[DONE]`. */
export async function toTimeline(
  script: OmniScript,
  request: ReceivedRequest,
  id: string,
  dialect: OmniDialect,
): Promise<TimedEvent[]> {
  const { body } = request;
  const calls = callsOf(script, request);
  const reply = calls.length > 0 ? '' : replyOf(script, request);
  const text = script.markup + reply + (script.leavesMarkup ? toMarkup(calls) : '');
  const words = text.match(/\S+\s*/g) ?? [];
  const deltas = [...words.map((content) => ({ content })), ...(script.leavesMarkup ? [] : toCallDeltas(calls, id))];
  const usage = usageOf(request, deltas.length);
  const chunk = (modality: string, delta: object, finish: string | null = null, extra: object = {}) =>
    JSON.stringify({
      id,
      object: 'chat.completion.chunk',
      created: Math.floor(Date.now() / 1000),
      model: body.model,
      ...(dialect === 'vllm-omni' ? { modality } : {}),
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...extra,
    });
  const hasVoice = body.modalities.includes('audio') && !script.isSilent && dialect !== 'llama-cpp';
  const events: TimedEvent[] = [
    {
      atMs: script.firstTokenMs,
      data: chunk('text', { role: 'assistant', content: dialect === 'llama-cpp' ? null : '' }),
    },
    ...deltas.map((delta, i) => ({
      atMs: script.firstTokenMs + i * script.wordMs,
      data: chunk('text', delta),
    })),
  ];
  const soFar = { usage: { ...usage, completion_tokens: 0, total_tokens: usage.prompt_tokens } };
  // DashScope calls bare samples wav.
  const format = dialect === 'dashscope' ? 'pcm16' : (body.audio.format ?? 'wav');
  // vLLM-Omni's talker reads calls out like anything else, whether they were parsed or not.
  const spoken = script.markup + reply + (dialect === 'vllm-omni' ? toMarkup(calls) : '');
  const audio = hasVoice && spoken !== '' ? await speechChunks(spoken, format, script.chunkMs, script.sound) : [];
  for (const [i, data] of audio.entries()) {
    const atMs = script.firstAudioMs + i * script.chunkMs * script.pace;
    const delta = dialect === 'vllm-omni' ? { role: 'assistant', content: data } : { audio: { id: 'audio_1', data } };
    events.push({ atMs, data: chunk('audio', delta, null, soFar) });
  }
  // Stable: what is due at the same instant stays in the order of its making.
  events.sort((a, b) => a.atMs - b.atMs);
  const endMs = events.at(-1)?.atMs ?? 0;
  const finish = calls.length > 0 && !script.leavesMarkup ? 'tool_calls' : 'stop';
  const last = hasVoice
    ? chunk('audio', { role: 'assistant', content: '' }, finish)
    : chunk('text', { content: '' }, finish);
  events.push({ atMs: endMs, data: last });
  if (body.stream_options?.include_usage) {
    const trailer = { id, object: 'chat.completion.chunk', created: 0, model: body.model, choices: [], usage };
    events.push({ atMs: endMs, data: JSON.stringify(trailer) });
  }
  events.push({ atMs: endMs, data: '[DONE]' });
  return events;
}

export function usageOf({ audios, body }: ReceivedRequest, completionTokens: number) {
  const heardMs = audios.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const promptTokens = Math.ceil((heardMs / 1000) * TOKENS_PER_SECOND_HEARD) + 8 * body.messages.length;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
