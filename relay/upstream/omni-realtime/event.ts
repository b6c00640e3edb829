import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import type { Usage } from '#protocol';
import { parseJson } from '../http-client/json.ts';
import { toUpstreamProblem } from '../problem.ts';
import type { UpstreamProblem } from '../upstream.ts';
import { problemOfErrorEvent } from './failure.ts';

const Session = v.looseObject({
  object: v.nullish(v.string()),
  type: v.nullish(v.string()),
  output_modalities: v.nullish(v.array(v.string())),
  modalities: v.nullish(v.array(v.string())),
  /** Seconds since 1970. */
  expires_at: v.nullish(v.number()),
  turn_detection: v.nullish(v.looseObject({ silence_duration_ms: v.nullish(v.number()) })),
  input_audio_transcription: v.nullish(v.looseObject({ model: v.nullish(v.string()) })),
  audio: v.nullish(
    v.looseObject({
      input: v.nullish(
        v.looseObject({
          turn_detection: v.nullish(v.looseObject({ silence_duration_ms: v.nullish(v.number()) })),
          transcription: v.nullish(v.looseObject({ model: v.nullish(v.string()) })),
        }),
      ),
    }),
  ),
});
export type RealtimeSession = v.InferOutput<typeof Session>;

const count = v.nullish(v.number());
const Tokens = v.nullish(
  v.object({ input_tokens: count, output_tokens: count, prompt_tokens: count, completion_tokens: count }),
);
const Item = v.looseObject({
  type: v.nullish(v.string()),
  call_id: v.nullish(v.string()),
  name: v.nullish(v.string()),
  arguments: v.nullish(v.string()),
});
const Response = v.object({
  output: v.nullish(v.array(Item)),
  status: v.nullish(v.string()),
  status_details: v.nullish(v.looseObject({ error: v.nullish(v.unknown()) })),
  usage: Tokens,
});

/** What an item, or an event about one, tells of a tool call. */
export interface CalledTool {
  callId: string;
  /** Undefined where only the item tells. */
  name: string | undefined;
  arguments: string;
}

/** What a server says, whichever dialect it says it in: their names do not collide. */
export type RealtimeEvent =
  /** `session` is missing in vLLM-Omni's turn-streaming dialect. */
  | { kind: 'created'; session: RealtimeSession | undefined }
  | { kind: 'updated'; session: RealtimeSession }
  | { kind: 'committed'; item: string }
  | { kind: 'transcript-delta' | 'transcript'; item: string; text: string }
  | { kind: 'transcript-failed'; item: string }
  | { kind: 'text'; text: string }
  /** All the words of the answer. Dialects without a closing event give their usage here. */
  | { kind: 'text-done'; text: string; usage: Usage | undefined }
  /** Base64. */
  | { kind: 'audio'; data: string; rateHz: number | undefined }
  | { kind: 'audio-done' }
  /** A call that is whole, as far as this event tells; the others of an answer are told again where it ends. */
  | { kind: 'called'; calls: readonly CalledTool[] }
  | {
      kind: 'done';
      calls: readonly CalledTool[];
      status: string;
      usage: Usage | undefined;
      problem: UpstreamProblem | undefined;
    }
  /** Anything else; new events are added all the time. */
  | { kind: 'other' };

type Read = (event: unknown) => RealtimeEvent | undefined;

/** Undefined where the event lacks what it must have. */
const read =
  <T>(schema: v.GenericSchema<unknown, T>, toEvent: (fields: T) => RealtimeEvent): Read =>
  (event) => {
    const parsed = v.safeParse(schema, event);
    return parsed.success ? toEvent(parsed.output) : undefined;
  };

const item = v.nullish(v.string(), '');
const text = (delta: string): RealtimeEvent => ({ kind: 'text', text: delta });
const readText = read(v.object({ delta: v.string() }), ({ delta }) => text(delta));
const readAudio = read(v.object({ delta: v.string() }), ({ delta: data }) => ({
  kind: 'audio',
  data,
  rateHz: undefined,
}));
/** The field is `delta`, or `audio` with its rate in the turn-streaming dialect, which shares the name. */
const readBetaAudio = read(
  v.object({ delta: v.nullish(v.string()), audio: v.nullish(v.string()), sample_rate_hz: v.nullish(v.number()) }),
  ({ delta, audio, sample_rate_hz }) => ({
    kind: 'audio',
    data: delta ?? audio ?? '',
    rateHz: sample_rate_hz ?? undefined,
  }),
);
const readTextDone = read(
  v.object({ transcript: v.nullish(v.string()), text: v.nullish(v.string()), usage: Tokens }),
  ({ transcript, text, usage }) => ({ kind: 'text-done', text: transcript ?? text ?? '', usage: toUsage(usage) }),
);
const readAudioDone: Read = () => ({ kind: 'audio-done' });

/** Of an item that is none, nothing. */
const toCalls = ({ type, call_id: callId, name, arguments: written }: v.InferOutput<typeof Item>): CalledTool[] =>
  type === 'function_call' && callId ? [{ callId, name: name ?? undefined, arguments: written ?? '' }] : [];

const readItemDone = read(v.object({ item: v.nullish(Item) }), ({ item }) => ({
  kind: 'called',
  calls: item ? toCalls(item) : [],
}));
/** OpenAI's beta leaves the name to the item. */
const readArgumentsDone = read(
  v.object({ call_id: v.string(), name: v.nullish(v.string()), arguments: v.string() }),
  (call) => ({
    kind: 'called',
    calls: toCalls({ type: 'function_call', ...call }),
  }),
);

const USER = 'conversation.item.input_audio_transcription';

const EVENTS = new Map<unknown, Read>([
  [
    'session.created',
    read(v.object({ session: v.nullish(Session) }), ({ session }) => ({
      kind: 'created',
      session: session ?? undefined,
    })),
  ],
  ['session.updated', read(v.object({ session: Session }), ({ session }) => ({ kind: 'updated', session }))],
  [
    'input_audio_buffer.committed',
    read(v.object({ item_id: item }), ({ item_id }) => ({ kind: 'committed', item: item_id })),
  ],
  [
    `${USER}.delta`,
    read(v.object({ item_id: item, delta: v.string() }), ({ item_id, delta }) => ({
      kind: 'transcript-delta',
      item: item_id,
      text: delta,
    })),
  ],
  [
    `${USER}.completed`,
    read(v.object({ item_id: item, transcript: v.string() }), ({ item_id, transcript }) => ({
      kind: 'transcript',
      item: item_id,
      text: transcript,
    })),
  ],
  [
    `${USER}.failed`,
    read(v.object({ item_id: item }), ({ item_id }) => ({ kind: 'transcript-failed', item: item_id })),
  ],
  ['response.audio_transcript.delta', readText],
  ['response.output_audio_transcript.delta', readText],
  ['response.text.delta', readText],
  ['response.output_text.delta', readText],
  // The name misleads: this is what the model answers.
  ['transcription.delta', readText],
  ['response.audio_transcript.done', readTextDone],
  ['response.output_audio_transcript.done', readTextDone],
  ['response.text.done', readTextDone],
  ['response.output_text.done', readTextDone],
  ['transcription.done', readTextDone],
  ['response.output_audio.delta', readAudio],
  ['response.audio.delta', readBetaAudio],
  ['response.output_audio.done', readAudioDone],
  ['response.audio.done', readAudioDone],
  ['response.function_call_arguments.done', readArgumentsDone],
  ['response.output_item.done', readItemDone],
  [
    'response.done',
    read(v.object({ response: Response }), ({ response: { output, status, status_details: details, usage } }) => ({
      kind: 'done',
      calls: (output ?? []).flatMap(toCalls),
      status: status ?? 'completed',
      usage: toUsage(usage),
      problem: status === 'failed' ? problemOfErrorEvent(details?.error) : undefined,
    })),
  ],
]);

/**
 * One frame. Tolerant of what it does not know, strict about what it does: a frame that is not a JSON object with a
 * type, or a known event without its fields, is a problem. So is an `error` event.
 */
export function parseEvent(frame: string): Result<RealtimeEvent, UpstreamProblem> {
  const parsed = v.safeParse(v.looseObject({ type: v.string() }), parseJson(frame));
  if (!parsed.success) return failed(toUpstreamProblem('upstream-faulty', 'malformed frame'));
  const { type } = parsed.output;
  if (type === 'error') return failed(problemOfErrorEvent(parsed.output['error'], parsed.output['code']));
  const known = EVENTS.get(type);
  const event = known ? known(parsed.output) : ({ kind: 'other' } as const);
  return event ? ok(event) : failed(toUpstreamProblem('upstream-faulty', `malformed ${type}`));
}

const isCount = (n: number | null | undefined): n is number => Number.isInteger(n) && Number(n) >= 0;

/** Totals are called the same everywhere; only the names of their details differ, and those nobody asks for. */
function toUsage(tokens: v.InferOutput<typeof Tokens>): Usage | undefined {
  if (!tokens) return undefined;
  const inputTokens = tokens.input_tokens ?? tokens.prompt_tokens;
  const outputTokens = tokens.output_tokens ?? tokens.completion_tokens;
  return { ...(isCount(inputTokens) ? { inputTokens } : {}), ...(isCount(outputTokens) ? { outputTokens } : {}) };
}
