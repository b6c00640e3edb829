import type { Dispatcher } from 'undici';
import { speechFamilyOf } from '#models/registry/speech';
import { ok } from '#kernel/result';
import { LIMITS } from '#protocol';
import { checkService } from '../http-client/check.ts';
import { readEventStream } from '../http-client/event-stream.ts';
import { exchange } from '../http-client/exchange.ts';
import { HttpService, mediaTypeOf, readRefusal, type ServiceAddress } from '../http-client/http-service.ts';
import { UPSTREAM_TIMEOUTS, type Patience, type UpstreamTimeouts } from '../http-client/patience.ts';
import { toUpstreamProblem } from '../problem.ts';
import type { SpeechEvent, SpeechRequest, Synthesiser } from '../speech.ts';
import type { UpstreamHealth, UpstreamProblem } from '../upstream.ts';
import { SpeechBytes } from './speech-bytes.ts';
import { SPEECH_WIRES, type SpeechWire } from './speech-wire.ts';
import { SpeechReader } from './speech-reader.ts';
import { chooseVoice, parseVoices } from './voice-list.ts';

export interface SynthesiserOptions extends ServiceAddress {
  /** `openai` unless said otherwise, which nearly every server speaks. */
  api?: keyof typeof SPEECH_WIRES;
  /** As the server names it. */
  model?: string;
  /** Where a request names none or one that the server does not have. */
  voice?: string;
  /** By primary language subtag (`de`), where a request names a language and no voice. */
  languageVoices?: Record<string, string>;
  /** What the server has; `check` asks it where this is left out. */
  voices?: readonly string[];
  /** Of audio whose rate neither header nor model tells. */
  rateHz?: number;
  /** Further fields of the request, as the server knows them: `{ stream_format: 'sse' }`, `{ language: 'Auto' }`. */
  body?: Record<string, unknown>;
  timeouts?: Partial<UpstreamTimeouts>;
}

/** A speech synthesis server over HTTP: one request for each piece of text, its audio as it comes. */
export class HttpSynthesiser implements Synthesiser {
  readonly name: string;
  readonly model: string;
  readonly #wire: SpeechWire;
  readonly #service: HttpService;
  readonly #options: SynthesiserOptions;
  readonly #timeouts: UpstreamTimeouts;
  #voices: readonly string[];

  constructor(options: SynthesiserOptions) {
    const { api = 'openai', model, voices = [], timeouts } = options;
    this.name = `${api}-synthesiser`;
    this.#wire = SPEECH_WIRES[api];
    this.model = model ?? this.#wire.defaultModel;
    this.#voices = voices;
    this.#options = options;
    this.#timeouts = { ...UPSTREAM_TIMEOUTS, ...timeouts };
    this.#service = new HttpService(options, this.#timeouts.connectMs, this.#wire.keyScheme);
  }

  /** Empty until it is known. */
  get voices(): readonly string[] {
    return this.#voices;
  }

  speak(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechEvent, void> {
    return exchange(this.#timeouts, signal, (patience, connection) => this.#exchange(request, patience, connection));
  }

  check(signal: AbortSignal): Promise<UpstreamHealth> {
    return checkService(this.#timeouts.checkMs, signal, async (limit) => {
      const health = await this.#service.health(limit, this.#wire.checkPath);
      if (!health.ok) return health;
      const { voicesPath } = this.#wire;
      if (this.#options.voices === undefined && voicesPath !== undefined) {
        const listed = await this.#service.get(voicesPath, limit);
        if (listed.status === 200) this.#voices = parseVoices(listed.json);
      }
      return ok(undefined);
    });
  }

  /** Ends idle connections and running requests. */
  close(): Promise<void> {
    return this.#service.close();
  }

  async *#exchange(
    { text, voice, language, speed }: SpeechRequest,
    patience: Patience,
    signal: AbortSignal,
  ): AsyncGenerator<SpeechEvent, UpstreamProblem | undefined> {
    const { model } = this;
    const { languageVoices: byLanguage = {}, body = {}, voice: configured } = this.#options;
    const fallback = configured ?? speechFamilyOf(model)?.defaultVoice;
    const chosen = chooseVoice(voice, language, { voices: this.#voices, fallback, byLanguage });
    const { path, ...post } = this.#wire.toPost({ text, model, voice: chosen, speed, body });
    const sent = await patience.during(this.#service.post(path, post, signal));
    if (!sent.ok) return sent.problem;
    const response = sent.value;
    const mediaType = mediaTypeOf(response);
    if (response.statusCode === 200 && mediaType.includes('text/event-stream')) {
      const reader = new SpeechReader(this.#rateOf(response));
      return yield* readEventStream(response.body, reader, patience, () => this.#timeouts.stallMs);
    }
    if (response.statusCode === 200 && isAudio(mediaType)) return yield* this.#readBytes(response, patience);
    const refusal = await patience.during(readRefusal(response, 'audio'));
    return refusal.ok ? refusal.value : refusal.problem;
  }

  async *#readBytes(
    response: Dispatcher.ResponseData,
    patience: Patience,
  ): AsyncGenerator<SpeechEvent, UpstreamProblem | undefined> {
    const bytes: AsyncIterator<Buffer> = response.body[Symbol.asyncIterator]();
    const reader = new SpeechBytes(this.#rateOf(response));
    let samples = 0;
    for (;;) {
      const read = await patience.during(bytes.next());
      if (!read.ok) return read.problem;
      if (read.value.done) break;
      const audio = reader.push(read.value.value);
      if (!audio.ok) return audio.problem;
      patience.renew(this.#timeouts.stallMs);
      samples += audio.value.pcm.length / 2;
      if (audio.value.pcm.length > 0) yield { kind: 'audio', ...audio.value };
    }
    if (reader.isCutShort && samples > 0) return toUpstreamProblem('upstream-died', `cut off after ${samples} samples`);
    return samples > 0 ? undefined : toUpstreamProblem('upstream-faulty', 'an empty answer');
  }

  /** Of audio without a header of its own. */
  #rateOf(response: Dispatcher.ResponseData): number {
    const stated = /\brate=(\d{4,6})\b/.exec(mediaTypeOf(response))?.[1] ?? response.headers['x-sample-rate'];
    return Number(stated) || (this.#options.rateHz ?? speechFamilyOf(this.model)?.rateHz ?? LIMITS.outputRateHz);
  }
}

export const createSynthesiser = (options: SynthesiserOptions): HttpSynthesiser => new HttpSynthesiser(options);

/** Samples or WAV; compressed audio only ever comes from a server that does not heed the format asked for. */
const isAudio = (mediaType: string): boolean =>
  mediaType === '' || /^(audio\/(x-)?(pcm|raw|l16|wave?|vnd\.wave)|application\/octet-stream)\b/.test(mediaType);
