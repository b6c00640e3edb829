import { ok } from '#kernel/result';
import { checkService } from '../http-client/check.ts';
import { readEventStream } from '../http-client/event-stream.ts';
import { exchange } from '../http-client/exchange.ts';
import { HttpService, mediaTypeOf, readRefusal, readText, type ServiceAddress } from '../http-client/http-service.ts';
import { UPSTREAM_TIMEOUTS, type Patience, type UpstreamTimeouts } from '../http-client/patience.ts';
import type { Recogniser, TranscriptEvent, TranscriptionRequest } from '../speech.ts';
import type { UpstreamHealth, UpstreamProblem } from '../upstream.ts';
import { TRANSCRIPTION_WIRES, type TranscriptionWire } from './transcription-wire.ts';
import { TranscriptReader } from './transcript-reader.ts';

export interface RecogniserOptions extends ServiceAddress {
  /** `openai` unless said otherwise, which nearly every server speaks. */
  api?: keyof typeof TRANSCRIPTION_WIRES;
  /** As the server names it. */
  model?: string;
  /** Of every request that names none: BCP 47. */
  language?: string;
  timeouts?: Partial<UpstreamTimeouts>;
}

/** A speech recognition server over HTTP: one request for each utterance, its words as they come where it streams. */
export class HttpRecogniser implements Recogniser {
  readonly name: string;
  readonly model: string;
  readonly #wire: TranscriptionWire;
  readonly #service: HttpService;
  readonly #language: string | undefined;
  readonly #timeouts: UpstreamTimeouts;

  constructor({ api = 'openai', model, language, timeouts, ...address }: RecogniserOptions) {
    this.name = `${api}-recogniser`;
    this.#wire = TRANSCRIPTION_WIRES[api];
    this.model = model ?? this.#wire.defaultModel;
    this.#language = language;
    this.#timeouts = { ...UPSTREAM_TIMEOUTS, ...timeouts };
    this.#service = new HttpService(address, this.#timeouts.connectMs, this.#wire.keyScheme);
  }

  transcribe(request: TranscriptionRequest, signal: AbortSignal): AsyncGenerator<TranscriptEvent, void> {
    const language = request.language ?? this.#language;
    const asked = { ...request, ...(language === undefined ? {} : { language }) };
    return exchange(this.#timeouts, signal, (patience, connection) => this.#exchange(asked, patience, connection));
  }

  check(signal: AbortSignal): Promise<UpstreamHealth> {
    return checkService(this.#timeouts.checkMs, signal, async (limit) => {
      const health = await this.#service.health(limit, this.#wire.checkPath);
      return health.ok ? ok(undefined) : health;
    });
  }

  /** Ends idle connections and running requests. */
  close(): Promise<void> {
    return this.#service.close();
  }

  async *#exchange(
    request: TranscriptionRequest,
    patience: Patience,
    signal: AbortSignal,
  ): AsyncGenerator<TranscriptEvent, UpstreamProblem | undefined> {
    const { path, ...post } = this.#wire.toPost(request, this.model);
    const sent = await patience.during(this.#service.post(path, post, signal));
    if (!sent.ok) return sent.problem;
    const response = sent.value;
    const mediaType = mediaTypeOf(response);
    if (response.statusCode === 200 && mediaType.includes('text/event-stream')) {
      const reader = new TranscriptReader();
      const problem = yield* readEventStream(response.body, reader, patience, () => this.#timeouts.stallMs);
      const { text, language } = reader;
      if (!problem) yield { kind: 'done', text, ...(language === undefined ? {} : { language }) };
      return problem;
    }
    if (response.statusCode !== 200 || !mediaType.includes('json')) {
      const refusal = await patience.during(readRefusal(response, 'a transcription'));
      return refusal.ok ? refusal.value : refusal.problem;
    }
    const body = await patience.during(readText(response));
    if (!body.ok) return body.problem;
    const events = this.#wire.parseDocument(body.value);
    if (!events.ok) return events.problem;
    yield* events.value;
    return undefined;
  }
}

export const createRecogniser = (options: RecogniserOptions): HttpRecogniser => new HttpRecogniser(options);
