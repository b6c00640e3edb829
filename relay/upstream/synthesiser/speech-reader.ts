import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import type { StreamReader } from '../http-client/event-stream.ts';
import { parseErrorBody, problemOfStatus } from '../http-client/failure.ts';
import { parseJson } from '../http-client/json.ts';
import { decodeBase64 } from '../pcm/base64.ts';
import { stripRiff } from '../pcm/wav.ts';
import { WholeSamples } from '../pcm/whole-samples.ts';
import { toUpstreamProblem } from '../problem.ts';
import type { SpeechEvent } from '../speech.ts';
import type { UpstreamProblem } from '../upstream.ts';

const Frame = v.object({
  type: v.string(),
  /** Not `delta`, as the audio of realtime sockets is called. */
  audio: v.nullish(v.string()),
  sample_rate: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(8_000), v.maxValue(192_000))),
});

/** Speech as server-sent events, `speech.audio.delta` and so on: OpenAI, vLLM-Omni, speaches. */
export class SpeechReader implements StreamReader<SpeechEvent> {
  #rateHz: number;
  #hasEnded = false;
  readonly #samples = new WholeSamples();

  /** `rateHz` holds where the server does not say. */
  constructor(rateHz: number) {
    this.#rateHz = rateHz;
  }

  get isFinished(): boolean {
    return this.#hasEnded;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  read(data: string): Result<SpeechEvent[], UpstreamProblem> {
    const json = parseJson(data);
    const error = parseErrorBody(json);
    if (error) {
      return failed(error.status ? problemOfStatus(error.status, error.label) : faulty(`error event ${error.label}`));
    }
    const frame = v.safeParse(Frame, json);
    if (!frame.success) return failed(faulty('malformed speech event'));
    const { type, audio, sample_rate } = frame.output;
    if (type === 'speech.audio.error') return failed(faulty('error event'));
    if (type === 'speech.audio.done') this.#hasEnded = true;
    this.#rateHz = sample_rate ?? this.#rateHz;
    return type === 'speech.audio.delta' && audio ? this.#decode(audio) : ok([]);
  }

  #decode(base64: string): Result<SpeechEvent[], UpstreamProblem> {
    const bytes = decodeBase64(base64);
    if (!bytes) return failed(faulty('audio is not base64'));
    const stripped = stripRiff(bytes);
    if (!stripped.ok) return failed(faulty(`RIFF header: ${stripped.problem.detail ?? ''}`));
    this.#rateHz = stripped.value.rateHz ?? this.#rateHz;
    const pcm = this.#samples.push(stripped.value.pcm);
    return ok(pcm.length > 0 ? [{ kind: 'audio', pcm, rateHz: this.#rateHz }] : []);
  }
}

const faulty = (detail: string): UpstreamProblem => toUpstreamProblem('upstream-faulty', detail);
