import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import { Format, isSameFormat } from './audio-format.ts';
import { invalid, schemaFault, type ClientFault } from '../realtime/fault.ts';
import { Instructions, MAX_TOKENS, TOO_LONG } from '../realtime/limits.ts';
import { Choice, Tools } from '../realtime/tools.ts';
import { changeTurnDetection, TurnDetectionChange } from './turn-detection.ts';
import { checkVoice } from './voice.ts';
import type { Relay } from '../realtime/relay.ts';
import { newWireSession, type WireSession, type WireTranscription } from './wire-session.ts';

export const Modalities = v.pipe(
  v.array(v.picklist(['audio', 'text'])),
  v.minLength(1),
  v.transform((modalities): WireSession['output'] => (modalities.includes('audio') ? 'speech' : 'text')),
);
export const MaxTokens = v.pipe(
  v.union([v.literal('inf'), v.pipe(v.number(), v.integer(), v.minValue(1))]),
  v.transform((tokens) => (tokens === 'inf' ? undefined : Math.min(tokens, MAX_TOKENS))),
);
/** Under the name of GA and that of beta; undefined, but there, stands for no limit. */
type MaxTokensWish = Partial<Record<'max_output_tokens' | 'max_response_output_tokens', number | null | undefined>>;
export const Temperature = v.pipe(v.number(), v.minValue(0), v.maxValue(2));
export const Voice = v.pipe(
  v.union([v.string(), v.object({ id: v.string() })]),
  v.transform((voice) => (typeof voice === 'string' ? voice : voice.id)),
);
const Transcription = v.object({
  model: v.nullish(v.pipe(v.string(), v.maxLength(200))),
  language: v.nullish(v.pipe(v.string(), v.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/))),
  prompt: v.nullish(v.pipe(v.string(), v.maxLength(4_000, TOO_LONG))),
});

/** Both shapes in one, since no name means two things; names nobody here knows are passed over. */
const Change = v.object({
  type: v.nullish(v.picklist(['realtime', 'transcription'])),
  instructions: v.nullish(Instructions),
  tools: v.nullish(Tools),
  tool_choice: v.nullish(Choice),
  temperature: v.nullish(Temperature),
  output_modalities: v.nullish(Modalities),
  max_output_tokens: v.nullish(MaxTokens),
  audio: v.nullish(
    v.object({
      input: v.nullish(
        v.object({
          format: v.nullish(Format),
          transcription: v.nullish(Transcription),
          turn_detection: v.nullish(TurnDetectionChange),
        }),
      ),
      output: v.nullish(v.object({ format: v.nullish(Format), voice: v.nullish(Voice) })),
    }),
  ),
  modalities: v.nullish(Modalities),
  max_response_output_tokens: v.nullish(MaxTokens),
  input_audio_format: v.nullish(Format),
  output_audio_format: v.nullish(Format),
  input_audio_transcription: v.nullish(Transcription),
  turn_detection: v.nullish(TurnDetectionChange),
  voice: v.nullish(Voice),
});
type Change = v.InferOutput<typeof Change>;

/**
 * The session after an update in either shape. What the update leaves out stays; an update with anything wrong in it
 * changes nothing at all.
 */
export function changeSession(
  current: WireSession,
  update: unknown,
  relay: Relay,
  hasSpoken: boolean,
): Result<WireSession, ClientFault> {
  const parsed = v.safeParse(Change, update, { abortEarly: true });
  if (!parsed.success) return failed(schemaFault(parsed.issues, 'session.'));
  const change = parsed.output;
  const before = ofType(change.type ?? current.type, current, relay);
  const next = withAudio({ ...before, ...withoutAudio(before, change) }, change, relay);
  const named = change.audio?.output?.voice ?? change.voice;
  if (named == null || named === current.voice) return ok(next);
  const voice = checkVoice(named, relay.voices, change.voice == null ? 'session.audio.output.voice' : 'session.voice');
  if (!voice.ok) return voice;
  if (hasSpoken) {
    const words = "Cannot update a conversation's voice if assistant audio is present.";
    return failed(invalid('cannot_update_voice', words, 'session.audio.output.voice'));
  }
  return ok({ ...next, voice: voice.value });
}

/** What depends on its type begins anew with another one. */
function ofType(type: WireSession['type'], current: WireSession, relay: Relay): WireSession {
  if (type === current.type) return current;
  const { output, turnDetection, transcription } = newWireSession(current.model, type, relay);
  return { ...current, type, output, turnDetection, transcription };
}

const withoutAudio = (current: WireSession, change: Change): Partial<WireSession> => ({
  instructions: change.instructions ?? current.instructions,
  tools: change.tools ?? current.tools,
  toolChoice: change.tool_choice ?? current.toolChoice,
  temperature: change.temperature ?? current.temperature,
  output: change.output_modalities ?? change.modalities ?? current.output,
  ...maxTokensOf(change),
});

/** Nothing where nothing was wished, which is not the same as a wish for no limit. */
export function maxTokensOf(wish: MaxTokensWish): { maxTokens?: number | undefined } {
  for (const name of ['max_output_tokens', 'max_response_output_tokens'] as const) {
    const maxTokens = wish[name];
    if (name in wish && maxTokens !== null) return { maxTokens };
  }
  return {};
}

function withAudio(session: WireSession, change: Change, relay: Relay): WireSession {
  const input = change.audio?.input;
  const turns = either(input?.turn_detection, change.turn_detection);
  const detection =
    turns === undefined ? session.turnDetection : turns && changeTurnDetection(session.turnDetection, turns);
  const words = either(input?.transcription, change.input_audio_transcription);
  const isAnswered = session.type === 'realtime';
  return {
    ...session,
    output: isAnswered ? session.output : 'text',
    inputFormat: kept(session.inputFormat, input?.format ?? change.input_audio_format),
    outputFormat: kept(session.outputFormat, change.audio?.output?.format ?? change.output_audio_format),
    turnDetection: detection ? { ...detection, ...(!isAnswered && { createResponse: false }) } : undefined,
    transcription: words === undefined ? session.transcription : (words && transcriptionOf(words, relay)) || undefined,
  };
}

const either = <T>(one: T | undefined, other: T | undefined): T | undefined => (one === undefined ? other : one);

const kept = (current: WireSession['inputFormat'], asked: WireSession['inputFormat'] | null | undefined) =>
  asked && !isSameFormat(asked, current) ? asked : current;

/** Undefined on a relay that cannot write down what is said: the client sees so in the session it is told. */
function transcriptionOf(
  { model, language, prompt }: v.InferOutput<typeof Transcription>,
  { recogniserModel }: Relay,
): WireTranscription | undefined {
  if (recogniserModel === undefined) return undefined;
  return { model: model ?? recogniserModel, ...(language != null && { language }), ...(prompt != null && { prompt }) };
}
