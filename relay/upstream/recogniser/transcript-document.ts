import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import { parseJson } from '../http-client/json.ts';
import { toUpstreamProblem } from '../problem.ts';
import type { TranscriptEvent } from '../speech.ts';
import type { UpstreamProblem } from '../upstream.ts';
import { toSegments } from './transcript-reader.ts';

const Segment = v.object({ text: v.string(), start: v.number(), end: v.number() });

const OpenAiDocument = v.object({
  text: v.string(),
  language: v.nullish(v.string()),
  segments: v.nullish(v.array(Segment)),
});

const DeepgramDocument = v.object({
  results: v.object({
    channels: v.array(
      v.object({
        alternatives: v.array(v.object({ transcript: v.string() })),
        detected_language: v.nullish(v.string()),
      }),
    ),
    utterances: v.nullish(v.array(v.object({ transcript: v.string(), start: v.number(), end: v.number() }))),
  }),
});

/** A transcription that comes in one piece: OpenAI's `json` and `verbose_json`. */
export function parseOpenAiDocument(body: string | undefined): Result<TranscriptEvent[], UpstreamProblem> {
  const parsed = v.safeParse(OpenAiDocument, parseJson(body));
  if (!parsed.success) return failed(toUpstreamProblem('upstream-faulty', 'malformed transcription'));
  const { text, language, segments } = parsed.output;
  return ok([...(segments ?? []).flatMap(toSegments), toDone(text, language)]);
}

/** Deepgram's answer to recorded audio: the best alternative of the only channel. */
export function parseDeepgramDocument(body: string | undefined): Result<TranscriptEvent[], UpstreamProblem> {
  const parsed = v.safeParse(DeepgramDocument, parseJson(body));
  const channel = parsed.success ? parsed.output.results.channels[0] : undefined;
  const best = channel?.alternatives[0];
  if (!parsed.success || !best) return failed(toUpstreamProblem('upstream-faulty', 'malformed transcription'));
  const segments = (parsed.output.results.utterances ?? []).flatMap(({ transcript, start, end }) =>
    toSegments({ text: transcript, start, end }),
  );
  return ok([...segments, toDone(best.transcript, channel.detected_language)]);
}

const toDone = (text: string, language: string | null | undefined): TranscriptEvent => ({
  kind: 'done',
  text: text.trim(),
  ...(language ? { language } : {}),
});
