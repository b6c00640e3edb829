import { omniFamilyOf, type OmniFamily } from '#models/registry/omni';
import { ok } from '#kernel/result';
import { LIMITS } from '#protocol';
import { checkService } from '../http-client/check.ts';
import { readEventStream } from '../http-client/event-stream.ts';
import { exchange } from '../http-client/exchange.ts';
import { mediaTypeOf, readRefusal, type ServiceAddress } from '../http-client/http-service.ts';
import { UPSTREAM_TIMEOUTS, type Patience, type UpstreamTimeouts } from '../http-client/patience.ts';
import { toUpstreamProblem } from '../problem.ts';
import type { ReplyEvent, Upstream, UpstreamHealth, UpstreamProblem, UpstreamTurn } from '../upstream.ts';
import { ChunkReader } from './chunk.ts';
import { toChatBody } from './request.ts';
import { OmniService, type ServedModel } from './service.ts';

export interface OmniChatOptions extends ServiceAddress {
  /** As the server lists it; asked of the server when left out. */
  model?: string;
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
  #model: string | undefined;
  /** Once an answer has shown a rate that is not its family's. */
  #noticedRateHz: number | undefined;

  constructor({ model, timeouts, ...address }: OmniChatOptions) {
    this.#timeouts = { ...UPSTREAM_TIMEOUTS, ...timeouts };
    this.#service = new OmniService(address, this.#timeouts.connectMs);
    this.#model = model;
  }

  /** Empty until it is known. */
  get model(): string {
    return this.#model ?? '';
  }

  /** May change after an answer failed because its audio stated another rate: read it before each attempt. */
  get outputRateHz(): number {
    return this.#noticedRateHz ?? this.#family?.outputRateHz ?? LIMITS.outputRateHz;
  }

  get voices(): readonly string[] {
    return this.#family?.voices ?? [];
  }

  get #family(): OmniFamily | undefined {
    return omniFamilyOf(this.model);
  }

  respond(turn: UpstreamTurn, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
    return exchange(this.#timeouts, signal, (patience, connection) => this.#exchange(turn, patience, connection));
  }

  check(signal: AbortSignal): Promise<UpstreamHealth> {
    return checkService(this.#timeouts.checkMs, signal, async (limit) => {
      const health = await this.#service.health(limit);
      const models = health.ok ? await this.#service.models(limit) : health;
      if (!models.ok) return models;
      this.#model ??= chooseModel(models.value);
      const isListed = models.value.some(({ id }) => id === this.#model);
      return ok(isListed ? undefined : 'the configured model is not among those listed');
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
    const sent = await patience.during(this.#service.chat(toChatBody(turn, this.model, this.#family), signal));
    if (!sent.ok) return sent.problem;
    const response = sent.value;
    if (response.statusCode !== 200 || !mediaTypeOf(response).includes('text/event-stream')) {
      const refusal = await patience.during(readRefusal(response, 'an event stream'));
      return refusal.ok ? refusal.value : refusal.problem;
    }
    const reader = new ChunkReader(this.outputRateHz);
    const problem = yield* readEventStream(response.body, reader, patience, this.#stallBudget());
    this.#noticedRateHz = reader.noticedRateHz ?? this.#noticedRateHz;
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
    this.#model = chooseModel(listed.value.value);
    return this.#model === undefined ? toUpstreamProblem('upstream-faulty', 'serves no model') : undefined;
  }
}

export const createOmniChat = (options: OmniChatOptions): OmniChat => new OmniChat(options);

/** Servers list one model as a rule; of several, one that we know how to talk to. */
function chooseModel(served: readonly ServedModel[]): string | undefined {
  return (served.find(({ id }) => omniFamilyOf(id)) ?? served[0])?.id;
}
