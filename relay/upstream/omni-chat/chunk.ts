import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import type { Usage } from '#protocol';
import { parseErrorBody, problemOfStatus } from '../http-client/failure.ts';
import { CallPiece, CallPieces } from '../openai-chat/call-pieces.ts';
import { parseJson } from '../http-client/json.ts';
import { PcmReader } from '../pcm/pcm-reader.ts';
import { toUpstreamProblem } from '../problem.ts';
import type { ReplyEvent, ToolCall, UpstreamProblem } from '../upstream.ts';
import { AudioFrame } from './audio-frame.ts';

const Delta = v.object({
  content: v.nullish(v.string()),
  /** DashScope's and OpenAI's place for speech; early Qwen servers put the words into `transcript`. */
  audio: v.nullish(v.object({ data: v.nullish(v.string()), transcript: v.nullish(v.string()) })),
  tool_calls: v.nullish(v.array(CallPiece)),
});

const Chunk = v.object({
  /** vLLM-Omni's only sign of what `content` is: words, or base64 audio. */
  modality: v.nullish(v.string()),
  choices: v.nullish(v.array(v.object({ delta: v.nullish(Delta), finish_reason: v.nullish(v.string()) }))),
  usage: v.nullish(v.object({ prompt_tokens: v.nullish(v.number()), completion_tokens: v.nullish(v.number()) })),
});

/**
 * Reads the chunks of one streamed completion. Tolerant of what it does not know, strict about what it does: a chunk
 * that is not JSON, has a known field of a wrong type or audio that does not decode is a problem, not silence.
 * Reasoning is never read.
 */
export class ChunkReader {
  readonly #pcm: PcmReader;
  readonly #calls = new CallPieces();
  #usage: Usage | undefined;
  #isFinished = false;
  /** Of the last chunk, if another one like it says nothing new but its audio. */
  #frame: AudioFrame | undefined;

  /** `rateHz` is what the caller will play the audio at. */
  constructor(rateHz: number) {
    this.#pcm = new PcmReader(rateHz);
  }

  /** The newest figures; early chunks of an answer carry unfinished ones. */
  get usage(): Usage | undefined {
    return this.#usage;
  }

  /** Whether a tool call has begun in a field of its own, and whether it is still being written. */
  get hasCall(): boolean {
    return this.#calls.hasBegun;
  }

  get isCalling(): boolean {
    return this.#calls.isOpen;
  }

  /** Whether a finish reason has come: an answer that ends without one was cut off. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** The rate the audio itself stated, where it was not the one expected. */
  get noticedRateHz(): number | undefined {
    return this.#pcm.noticedRateHz;
  }

  read(data: string): Result<ReplyEvent[], UpstreamProblem> {
    const content = this.#frame?.contentOf(data);
    const pcm = content === undefined ? undefined : this.#pcm.read(content);
    return pcm?.ok ? ok(toAudio(pcm.value)) : this.#parse(data);
  }

  #parse(data: string): Result<ReplyEvent[], UpstreamProblem> {
    this.#frame = undefined;
    const json = parseJson(data);
    const error = parseErrorBody(json);
    if (error) {
      return failed(error.status ? problemOfStatus(error.status, error.label) : faulty(`error event ${error.label}`));
    }
    const parsed = v.safeParse(Chunk, json);
    if (!parsed.success) {
      const where = parsed.issues.map((issue) => v.getDotPath(issue) ?? 'document');
      return failed(faulty(`malformed chunk: ${where.join(', ')}`));
    }
    const { modality, choices, usage } = parsed.output;
    if (usage) this.#usage = toUsage(usage);
    const events: ReplyEvent[] = [];
    for (const choice of choices ?? []) {
      const problem = choice.delta && this.#readDelta(choice.delta, modality ?? 'text', events);
      if (problem) return failed(problem);
      if (choice.finish_reason) this.#isFinished = true;
    }
    this.#frame = frameOf(parsed.output, data);
    return ok(this.#isFinished ? [...events, ...this.#calls.flush()] : events);
  }

  /** Calls that were not finished when the stream ended. */
  flush(): ToolCall[] {
    return this.#calls.flush();
  }

  #readDelta(delta: Delta, modality: string, events: ReplyEvent[]): UpstreamProblem | undefined {
    const speech = speechOf(delta, modality);
    const words = wordsOf(delta, modality);
    if (words) events.push({ kind: 'text', text: words });
    events.push(...this.#calls.push(delta.tool_calls ?? []));
    const pcm = speech ? this.#pcm.read(speech) : undefined;
    if (pcm?.ok === false) return pcm.problem;
    if (pcm) events.push(...toAudio(pcm.value));
    return undefined;
  }
}

type Delta = v.InferOutput<typeof Delta>;

const speechOf = ({ audio, content }: Delta, modality: string): string | null | undefined =>
  audio?.data ?? (modality === 'audio' ? content : undefined);

const wordsOf = ({ audio, content }: Delta, modality: string): string | null | undefined =>
  (modality === 'text' ? content : undefined) || audio?.transcript;

const toAudio = (pcm: Buffer): ReplyEvent[] => (pcm.length > 0 ? [{ kind: 'audio', pcm }] : []);

/** Of a chunk that holds audio, and beside it nothing that changes anything when it is read again. */
function frameOf({ modality, choices }: v.InferOutput<typeof Chunk>, data: string): AudioFrame | undefined {
  const [choice, another] = choices ?? [];
  if (!choice?.delta || another || choice.delta.tool_calls) return undefined;
  const speech = speechOf(choice.delta, modality ?? 'text');
  return speech && !wordsOf(choice.delta, modality ?? 'text') ? AudioFrame.around(speech, data) : undefined;
}

const faulty = (detail: string): UpstreamProblem => toUpstreamProblem('upstream-faulty', detail);

const isCount = (n: number | null | undefined): n is number => Number.isInteger(n) && Number(n) >= 0;

function toUsage(usage: {
  prompt_tokens?: number | null | undefined;
  completion_tokens?: number | null | undefined;
}): Usage {
  return {
    ...(isCount(usage.prompt_tokens) ? { inputTokens: usage.prompt_tokens } : {}),
    ...(isCount(usage.completion_tokens) ? { outputTokens: usage.completion_tokens } : {}),
  };
}
