import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import { schemaFault, type ClientFault } from '../realtime/fault.ts';
import { Instructions, MAX_TOKENS } from '../realtime/limits.ts';
import { Choice } from '../realtime/tools.ts';
import type { Modality, OmniSession } from './omni-session.ts';
import { FormatWord, SampleRate, TranscriptionWish } from './session-fields.ts';
import { Tools } from './tools.ts';
import { changeDetection, DetectionChange } from './turn-detection.ts';

/** A voice always comes with its words. */
export const Modalities = v.pipe(
  v.array(v.picklist(['text', 'audio'])),
  v.check((modalities) => modalities.includes('text'), 'Supported are ["text"] and ["text", "audio"].'),
  v.transform((modalities): readonly Modality[] => [...new Set(modalities)]),
);

const WARMTH = 'Supported is 0 to less than 2.';
const Temperature = v.pipe(v.number(), v.minValue(0, WARMTH), v.ltValue(2, WARMTH));
const WHOLE = 'Supported are whole numbers from 1 on.';
const number = v.nullish(v.number());

const Change = v.object({
  modalities: v.nullish(Modalities),
  voice: v.nullish(v.pipe(v.string(), v.regex(/^[\p{L}\p{N} ._-]{1,64}$/u, 'That is no name.'))),
  input_audio_format: v.nullish(FormatWord),
  output_audio_format: v.nullish(FormatWord),
  sample_rate: v.nullish(SampleRate),
  instructions: v.nullish(Instructions),
  input_audio_transcription: v.nullish(TranscriptionWish),
  turn_detection: v.nullish(DetectionChange),
  tools: v.nullish(Tools),
  tool_choice: v.nullish(Choice),
  temperature: v.nullish(Temperature),
  max_tokens: v.nullish(v.pipe(v.number(), v.integer(WHOLE), v.minValue(1, WHOLE))),
  ...{ top_p: number, top_k: number, repetition_penalty: number, presence_penalty: number, seed: number },
  smooth_output: v.nullish(v.boolean()),
});
type Change = v.InferOutput<typeof Change>;

/**
 * The session after an update. What the update leaves out stays, null goes back to what the relay does by itself, and
 * names nobody here knows are passed over; an update with anything wrong in it changes nothing at all.
 */
export function changeOmniSession(current: OmniSession, update: unknown): Result<OmniSession, ClientFault> {
  const parsed = v.safeParse(Change, update, { abortEarly: true });
  if (!parsed.success) return failed(schemaFault(parsed.issues, 'session.'));
  const change = parsed.output;
  const { turn_detection: turns, input_audio_transcription: words } = change;
  return ok({
    ...current,
    modalities: change.modalities ?? current.modalities,
    voice: kept(change.voice, current.voice),
    inputFormat: change.input_audio_format ?? current.inputFormat,
    outputFormat: change.output_audio_format ?? current.outputFormat,
    inputRateHz: change.sample_rate ?? current.inputRateHz,
    instructions: kept(change.instructions, current.instructions),
    transcription: kept(words, current.transcription),
    detection: kept(turns && changeDetection(current.detection, turns), current.detection),
    tools: change.tools === null ? [] : (change.tools ?? current.tools),
    toolChoice: change.tool_choice ?? current.toolChoice,
    temperature: kept(change.temperature, current.temperature),
    maxTokens: kept(change.max_tokens && Math.min(change.max_tokens, MAX_TOKENS), current.maxTokens),
    sampling: { ...current.sampling, ...samplingOf(change) },
  });
}

const kept = <T>(change: T | null | undefined, current: T | undefined): T | undefined =>
  change === undefined ? current : (change ?? undefined);

function samplingOf(change: Change): Partial<OmniSession['sampling']> {
  const { top_p, top_k, repetition_penalty, presence_penalty, seed, smooth_output } = change;
  const wishes = { top_p, top_k, repetition_penalty, presence_penalty, seed, smooth_output };
  return Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== undefined));
}
