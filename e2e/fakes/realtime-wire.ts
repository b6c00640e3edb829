import { speechChunks } from './omni-timeline.ts';
import { callsOf, toCallFrames, toCallItem } from './realtime-calls.ts';
import type { RealtimeDialect, RealtimeScript } from './realtime-script.ts';
import type { ReceivedTurn } from './realtime-session.ts';

/** Words come about this fast. */
const WORD_MS = 8;

/** One frame and when it is due. `isDelta` marks the pieces of the answer. */
export interface TimedFrame {
  atMs: number;
  frame: object;
  isDelta?: boolean;
}

interface Names {
  audio: string;
  /** Of an answer that is spoken, and of one in words alone. */
  words: string;
  text: string;
  item: string;
}

/** The names that GA changed. */
const NAMES: Record<'beta' | 'ga', Names> = {
  beta: {
    audio: 'response.audio',
    words: 'response.audio_transcript',
    text: 'response.text',
    item: 'conversation.item.created',
  },
  ga: {
    audio: 'response.output_audio',
    words: 'response.output_audio_transcript',
    text: 'response.output_text',
    item: 'conversation.item.added',
  },
};

export interface Ids {
  response: string;
  user: string;
  assistant: string;
}

/** Everything between the request for an answer and its end, in the order of the dialect. */
export async function toFrames(
  dialect: RealtimeDialect,
  script: RealtimeScript,
  turn: ReceivedTurn,
  ids: Ids,
): Promise<TimedFrame[]> {
  const calls = callsOf(script, turn);
  if (calls.length > 0) return toCalling(dialect, script, turn, ids);
  const deltas = await toDeltas(dialect, script, turn, ids);
  const endMs = deltas.at(-1)?.atMs ?? 0;
  const text = replyOf(script, turn);
  const usage = usageOf(turn, text);
  if (dialect === 'turn-streaming') {
    const done = [
      { type: 'response.audio.done', has_audio: true },
      { type: 'transcription.done', text, usage },
    ];
    return [...deltas, ...done.map((frame) => ({ atMs: endMs, frame }))];
  }
  const opening = toOpening(dialect, ids).map((frame) => ({ atMs: 0, frame }));
  const closing = toClosing(dialect, ids, text, script.status, usage, isSilent(turn)).map((frame) => ({
    atMs: endMs,
    frame,
  }));
  return [...opening, ...deltas, ...closing];
}

function toCalling(dialect: RealtimeDialect, script: RealtimeScript, turn: ReceivedTurn, ids: Ids): TimedFrame[] {
  const calls = callsOf(script, turn);
  const atMs = script.firstTokenMs;
  const { response: id } = ids;
  const output = calls.map((call, i) => toCallItem(call, ids, i, 'completed'));
  const usage = toUsage(dialect, usageOf(turn, ''));
  const response = { id, object: 'realtime.response', status: script.status, output, usage };
  return [
    { atMs, frame: { type: 'response.created', response: { id, status: 'in_progress', output: [] } } },
    ...toCallFrames(dialect, calls, ids, atMs),
    { atMs, frame: { type: 'response.done', response } },
  ];
}

/** Whether the session asks for words alone. */
function isSilent({ session }: ReceivedTurn): boolean {
  const wanted = session['output_modalities'] ?? session['modalities'];
  return Array.isArray(wanted) && !wanted.includes('audio');
}

export const replyOf = (script: RealtimeScript, turn: ReceivedTurn): string =>
  typeof script.reply === 'string' ? script.reply : script.reply(turn);

async function toDeltas(
  dialect: RealtimeDialect,
  script: RealtimeScript,
  turn: ReceivedTurn,
  ids: Ids,
): Promise<TimedFrame[]> {
  const text = replyOf(script, turn);
  const words = script.hasLateWords ? [] : (text.match(/\S+\s*/g) ?? []);
  const place = { response_id: ids.response, item_id: ids.assistant, output_index: 0, content_index: 0 };
  const names = NAMES[dialect === 'openai' ? 'ga' : 'beta'];
  const toWord = (delta: string): object =>
    dialect === 'turn-streaming'
      ? { type: 'transcription.delta', delta }
      : { type: `${isSilent(turn) ? names.text : names.words}.delta`, ...place, delta };
  const toAudio = (delta: string): object =>
    dialect === 'turn-streaming'
      ? { type: 'response.audio.delta', audio: delta, format: 'pcm16', sample_rate_hz: 24_000 }
      : { type: `${names.audio}.delta`, ...place, delta };
  const deltas: TimedFrame[] = words.map((word, i) => ({
    atMs: script.firstTokenMs + i * WORD_MS,
    frame: toWord(word),
    isDelta: true,
  }));
  const chunks = isSilent(turn) ? [] : await speechChunks(text, 'pcm', script.chunkMs);
  for (const [i, data] of chunks.entries()) {
    const atMs = script.firstAudioMs + i * script.chunkMs * script.pace;
    deltas.push({ atMs, frame: toAudio(data), isDelta: true });
  }
  return deltas.sort((a, b) => a.atMs - b.atMs);
}

const messageItem = (dialect: RealtimeDialect, id: string, status: string, content: object[]) => ({
  id,
  object: 'realtime.item',
  type: 'message',
  status,
  role: 'assistant',
  content: dialect === 'openai' ? content.map((part) => ({ ...part, type: 'output_audio' })) : content,
});

function toOpening(dialect: RealtimeDialect, { response, assistant }: Ids): object[] {
  const item = messageItem(dialect, assistant, 'in_progress', []);
  const { item: added } = NAMES[dialect === 'openai' ? 'ga' : 'beta'];
  const body = {
    id: response,
    object: 'realtime.response',
    conversation_id: 'conv_1',
    status: 'in_progress',
    output: [],
  };
  const place = { response_id: response, output_index: 0 };
  return [
    { type: 'response.created', response: body },
    { type: 'response.output_item.added', ...place, item },
    { type: added, item },
    {
      type: 'response.content_part.added',
      ...place,
      item_id: assistant,
      content_index: 0,
      part: { type: 'audio', text: '' },
    },
  ];
}

/** Also what follows an answer that was cut short. */
export function toClosing(
  dialect: RealtimeDialect,
  { response, assistant }: Ids,
  text: string,
  status: string,
  usage: object,
  isWritten = false,
): object[] {
  const { audio, words, text: written } = NAMES[dialect === 'openai' ? 'ga' : 'beta'];
  const place = { response_id: response, item_id: assistant, output_index: 0, content_index: 0 };
  const isWhole = status === 'completed';
  const item = messageItem(dialect, assistant, isWhole ? 'completed' : 'incomplete', [
    { type: 'audio', transcript: text },
  ]);
  const error = { type: 'server_error', code: 'internal_error', message: 'told to fail' };
  const details = status === 'failed' ? { status_details: { type: 'failed', error } } : {};
  return [
    ...(isWritten
      ? [{ type: `${written}.done`, ...place, text }]
      : [
          { type: `${words}.done`, ...place, transcript: text },
          { type: `${audio}.done`, ...place },
        ]),
    { type: 'response.content_part.done', ...place, part: { type: 'audio', text } },
    ...(dialect === 'openai' ? [{ type: 'conversation.item.done', item }] : []),
    { type: 'response.output_item.done', response_id: response, output_index: 0, item },
    {
      type: 'response.done',
      response: {
        id: response,
        object: 'realtime.response',
        status,
        ...details,
        output: [item],
        usage: toUsage(dialect, usage),
      },
    },
  ];
}

/** DashScope names the details in the plural. */
function toUsage(dialect: RealtimeDialect, usage: object): object {
  const details = { text_tokens: 3, audio_tokens: 9 };
  return dialect === 'dashscope'
    ? { ...usage, input_tokens_details: details, output_tokens_details: details }
    : { ...usage, input_token_details: details, output_token_details: details };
}

export function usageOf({ audio }: ReceivedTurn, text: string) {
  const input_tokens = Math.ceil((audio.durationMs / 1000) * 12.5);
  const output_tokens = text.split(/\s+/).filter(Boolean).length;
  return { input_tokens, output_tokens, total_tokens: input_tokens + output_tokens };
}

/** The session as the server describes it, with what it was told. */
export function toSession(
  dialect: RealtimeDialect,
  model: string,
  told: Record<string, unknown>,
  turnDetection: unknown,
) {
  const common = { object: 'realtime.session', id: 'sess_1', model, tools: [], tool_choice: 'auto' };
  if (dialect === 'openai') {
    const format = { type: 'audio/pcm', rate: 24_000 };
    const audio = {
      input: { format, turn_detection: turnDetection, transcription: null },
      output: { format, voice: 'alloy' },
    };
    return { ...common, type: 'realtime', output_modalities: ['audio'], audio, ...told };
  }
  return {
    ...common,
    modalities: ['text', 'audio'],
    voice: 'Cherry',
    input_audio_format: 'pcm16',
    output_audio_format: 'pcm16',
    input_audio_transcription: null,
    temperature: 0.9,
    ...told,
    turn_detection: turnDetection,
  };
}
