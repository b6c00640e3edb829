import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import type { StreamReader } from '../http-client/event-stream.ts';
import { parseErrorBody, problemOfStatus } from '../http-client/failure.ts';
import { parseJson } from '../http-client/json.ts';
import { toUpstreamProblem } from '../problem.ts';
import type { TranscriptEvent } from '../speech.ts';
import type { UpstreamProblem } from '../upstream.ts';

const Frame = v.object({
  type: v.nullish(v.string()),
  delta: v.nullish(v.string()),
  text: v.nullish(v.string()),
  start: v.nullish(v.number()),
  end: v.nullish(v.number()),
  language: v.nullish(v.string()),
  choices: v.nullish(
    v.array(
      v.object({
        delta: v.nullish(v.object({ content: v.nullish(v.string()) })),
        finish_reason: v.nullish(v.string()),
      }),
    ),
  ),
});
type Frame = v.InferOutput<typeof Frame>;

/**
 * The three ways in which servers stream a transcription: OpenAI's and speaches' `transcript.text.*` events, vLLM's
 * `transcription.chunk` in the shape of a chat, and the bare segments of older faster-whisper servers, which mark no
 * end but the end of the response.
 */
export class TranscriptReader implements StreamReader<TranscriptEvent> {
  #text = '';
  #language: string | undefined;
  #isFinished = false;
  #hasEnded = false;

  get isFinished(): boolean {
    return this.#isFinished || this.#hasEnded;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** All that was said so far, or the server's own last word on it. */
  get text(): string {
    return this.#text.trim();
  }

  get language(): string | undefined {
    return this.#language;
  }

  read(data: string): Result<TranscriptEvent[], UpstreamProblem> {
    const json = parseJson(data);
    const error = parseErrorBody(json);
    if (error) {
      const faulty = toUpstreamProblem('upstream-faulty', `error event ${error.label}`);
      return failed(error.status ? problemOfStatus(error.status, error.label) : faulty);
    }
    const frame = v.safeParse(Frame, json);
    if (!frame.success) return failed(toUpstreamProblem('upstream-faulty', 'malformed transcript event'));
    this.#language = frame.output.language ?? this.#language;
    return ok(this.#take(frame.output));
  }

  #take(frame: Frame): TranscriptEvent[] {
    switch (frame.type) {
      case 'transcript.text.delta':
        return this.#append(frame.delta ?? '');
      case 'transcript.text.done':
        this.#text = frame.text ?? this.#text;
        this.#hasEnded = true;
        return [];
      case 'transcript.text.segment':
        return toSegments(frame);
      case undefined:
      case null:
        return frame.choices ? this.#takeChoices(frame.choices) : this.#takeBareSegment(frame);
      default:
        return [];
    }
  }

  #takeChoices(choices: NonNullable<Frame['choices']>): TranscriptEvent[] {
    if (choices.some(({ finish_reason }) => finish_reason)) this.#isFinished = true;
    return this.#append(choices.map(({ delta }) => delta?.content ?? '').join(''));
  }

  #takeBareSegment(frame: Frame): TranscriptEvent[] {
    if (frame.text == null) return [];
    this.#isFinished = true;
    const isApart = this.#text === '' || /\s$/.test(this.#text) || /^\s/.test(frame.text);
    return [...toSegments(frame), ...this.#append(isApart ? frame.text : ` ${frame.text}`)];
  }

  #append(text: string): TranscriptEvent[] {
    if (text === '') return [];
    this.#text += text;
    return [{ kind: 'partial', text: this.text }];
  }
}

/** What has no times, or no words, is no segment. */
export function toSegments({ text, start, end }: Pick<Frame, 'text' | 'start' | 'end'>): TranscriptEvent[] {
  if (!text?.trim() || start == null || end == null) return [];
  const [startMs, endMs] = [Math.round(start * 1000), Math.round(end * 1000)];
  return [{ kind: 'segment', text: text.trim(), startMs, endMs }];
}
