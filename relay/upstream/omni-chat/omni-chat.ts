import { omniFamilyOf, type OmniFamily } from '#models/registry/omni';
import { dashScopeFamilyOf } from '#models/registry/dashscope';
import { failed, ok } from '#kernel/result';
import { LIMITS } from '#protocol';
import { checkService } from '../http-client/check.ts';
import { readEventStream } from '../http-client/event-stream.ts';
import { exchange } from '../http-client/exchange.ts';
import { mediaTypeOf, readRefusal, type ServiceAddress } from '../http-client/http-service.ts';
import { UPSTREAM_TIMEOUTS, type Patience, type UpstreamTimeouts } from '../http-client/patience.ts';
import { toUpstreamProblem } from '../problem.ts';
import type { Synthesiser } from '../speech.ts';
import type { ReplyEvent, Upstream, UpstreamHealth, UpstreamProblem, UpstreamTurn } from '../upstream.ts';
import { AnswerReader } from './answer-reader.ts';
import { ChunkReader } from './chunk.ts';
import { dialectOfAddress, dialectOfModel, type ChatDialect } from './dialect.ts';
import { toChatBody } from './request.ts';
import { OmniService, type ServedModel } from './service.ts';
import { speakAlong, speakIfSilent } from './voice-over.ts';

export interface OmniChatOptions extends ServiceAddress {
  /** As the server lists it; asked of the server when left out. */
  model?: string;
  /** Told by the address or the list of models where it is left out; else vLLM-Omni's, which others understand. */
  dialect?: ChatDialect;
  /** Speaks for servers that only write, and answers that came without a voice. Its owner closes it. */
  synthesiser?: Synthesiser;
  timeouts?: Partial<UpstreamTimeouts>;
}

/**
 * vLLM-Omni's streaming chat completions, and any OpenAI-compatible server that takes `input_audio`: each turn is one
 * request that carries everything said so far. There is no abort call; closing the connection is the abort.
 */
export class OmniChat implements Upstream {
  readonly name = 'omni-chat';
  readonly #service: OmniService;
  readonly #timeouts: UpstreamTimeouts;
  readonly #synthesiser: Synthesiser | undefined;
  #dialect: ChatDialect | undefined;
  #model: string | undefined;
  /** Once an answer has shown a rate that is not its family's. */
  #noticedRateHz: number | undefined;

  constructor({ model, timeouts, dialect, synthesiser, ...address }: OmniChatOptions) {
    this.#timeouts = { ...UPSTREAM_TIMEOUTS, ...timeouts };
    this.#service = new OmniService(address, this.#timeouts.connectMs);
    this.#model = model;
    this.#dialect = dialect ?? dialectOfAddress(address.baseUrl);
    this.#synthesiser = synthesiser;
  }

  /** Empty until it is known. */
  get model(): string {
    return this.#model ?? '';
  }

  /** May change after an answer failed because its audio stated another rate: read it before each attempt. */
  get maxConcurrent(): number | undefined {
    return this.#family?.maxConcurrent;
  }

  get outputRateHz(): number {
    return this.#noticedRateHz ?? this.#family?.outputRateHz ?? LIMITS.outputRateHz;
  }

  get voices(): readonly string[] {
    if (this.#dialect === 'llama-cpp') return this.#synthesiser?.voices ?? [];
    return (this.#dialect === 'dashscope' ? dashScopeFamilyOf(this.model) : this.#family)?.voices ?? [];
  }

  get #family(): OmniFamily | undefined {
    return omniFamilyOf(this.model);
  }

  respond(turn: UpstreamTurn, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
    const answer = (over: AbortSignal) =>
      exchange(this.#timeouts, over, (patience, connection) => this.#exchange(turn, patience, connection));
    if (!this.#synthesiser || turn.isSilent) return answer(signal);
    const voice = { synthesiser: this.#synthesiser, voice: turn.settings.voice, rateHz: this.outputRateHz };
    // Speaking along reads ahead of the listener, which is right for words alone.
    return this.#dialect === 'llama-cpp'
      ? speakAlong(answer, voice, signal)
      : speakIfSilent(answer(signal), voice, signal);
  }

  check(signal: AbortSignal): Promise<UpstreamHealth> {
    return checkService(this.#timeouts.checkMs, signal, async (limit) => {
      const health = await this.#service.health(limit);
      const models = health.ok ? await this.#service.models(limit) : health;
      // DashScope lists nothing there; everywhere else a server without a list is not one of these.
      if (!models.ok && this.#dialect === 'dashscope' && models.problem.kind === 'upstream-rejected')
        return ok(undefined);
      if (!models.ok) return models;
      this.#learn(models.value);
      const served = models.value.find(({ id }) => id === this.#model);
      if (served && isDeaf(served)) return failed(toUpstreamProblem('upstream-rejected', 'the model takes no audio'));
      return ok(served ? undefined : 'the configured model is not among those listed');
    });
  }

  /** Ends idle connections and running answers. */
  close(): Promise<void> {
    return this.#service.close();
  }

  async *#exchange(
    turn: UpstreamTurn,
    patience: Patience,
    signal: AbortSignal,
  ): AsyncGenerator<ReplyEvent, UpstreamProblem | undefined> {
    const unnamed = this.#model === undefined ? await this.#discoverModel(patience, signal) : undefined;
    if (unnamed) return unnamed;
    const sent = await patience.during(
      this.#service.chat(toChatBody(turn, this.model, this.#dialect ?? 'vllm-omni'), signal),
    );
    if (!sent.ok) return sent.problem;
    const response = sent.value;
    if (response.statusCode !== 200 || !mediaTypeOf(response).includes('text/event-stream')) {
      const refusal = await patience.during(readRefusal(response, 'an event stream'));
      return refusal.ok ? refusal.value : refusal.problem;
    }
    const chunks = new ChunkReader(this.outputRateHz);
    // A family we do not know may have a talker that reads calls out as well, once it has tools to call.
    const mayCall = (this.#dialect ?? 'vllm-omni') === 'vllm-omni' && (turn.tools?.length ?? 0) > 0;
    const reader = new AnswerReader(chunks, mayCall || (this.#family?.speaksMarkup ?? false));
    const problem = yield* readEventStream(response.body, reader, patience, this.#stallBudget());
    this.#noticedRateHz = chunks.noticedRateHz ?? this.#noticedRateHz;
    if (!problem) yield* reader.flush();
    if (!problem && reader.usage) yield { kind: 'usage', usage: reader.usage };
    return problem;
  }

  /** Waiting allowed between two events, until the first audio and from then on. */
  #stallBudget(): (said: readonly ReplyEvent[]) => number {
    const { stallMs, lateAudioMs } = this.#timeouts;
    let waitMs = this.#family?.audio === 'late' ? lateAudioMs : stallMs;
    return (said) => {
      if (said.some(({ kind }) => kind === 'audio')) waitMs = stallMs;
      return waitMs;
    };
  }

  async #discoverModel(patience: Patience, signal: AbortSignal): Promise<UpstreamProblem | undefined> {
    const listed = await patience.during(this.#service.models(signal));
    if (!listed.ok) return listed.problem;
    if (!listed.value.ok) return listed.value.problem;
    this.#learn(listed.value.value);
    return this.#model === undefined ? toUpstreamProblem('upstream-faulty', 'serves no model') : undefined;
  }

  /** A list of models also tells whose it is. */
  #learn(served: readonly ServedModel[]): void {
    this.#model ??= chooseModel(served);
    const ours = served.find(({ id }) => id === this.#model) ?? served[0];
    this.#dialect ??= ours && dialectOfModel(ours);
  }
}

export const createOmniChat = (options: OmniChatOptions): OmniChat => new OmniChat(options);

const isDeaf = ({ architecture }: ServedModel): boolean => architecture?.input_modalities?.includes('audio') === false;

/** Servers list one model as a rule; of several, one that we know how to talk to. */
function chooseModel(served: readonly ServedModel[]): string | undefined {
  return (served.find(({ id }) => omniFamilyOf(id)) ?? served[0])?.id;
}
