import { ok } from '#kernel/result';
import type { Usage } from '#protocol';
import { checkService } from '../http-client/check.ts';
import { readEventStream } from '../http-client/event-stream.ts';
import { exchange } from '../http-client/exchange.ts';
import { HttpService, mediaTypeOf, readRefusal, type ServiceAddress } from '../http-client/http-service.ts';
import { UPSTREAM_TIMEOUTS, type Patience, type UpstreamTimeouts } from '../http-client/patience.ts';
import { toUpstreamProblem } from '../problem.ts';
import type { ToolCall, UpstreamHealth, UpstreamProblem, UpstreamTurn } from '../upstream.ts';
import type { Words } from './hidden-text.ts';
import { TextReader } from './text-reader.ts';
import { toNestedTools, type CallMessage, type ResultMessage } from './tool-wire.ts';

export type ChatMessage = { role: 'system' | 'user' | 'assistant'; content: string } | CallMessage | ResultMessage;

export interface ChatRequest extends Pick<UpstreamTurn, 'settings' | 'tools' | 'toolChoice'> {
  messages: readonly ChatMessage[];
}

/** Errors are the last event, never thrown. An answer without a single word or call is one. */
export type ChatEvent =
  Words | ToolCall | { kind: 'usage'; usage: Usage } | { kind: 'failed'; problem: UpstreamProblem };

/** A server that writes answers. Aborting closes its request at once. */
export interface Chat {
  readonly name: string;
  readonly model: string;
  write(asked: ChatRequest, signal: AbortSignal): AsyncIterable<ChatEvent>;
  check(signal: AbortSignal): Promise<UpstreamHealth>;
}

export interface ChatOptions extends ServiceAddress {
  /** As the server lists it. */
  model: string;
  /** Further fields of the request, as the server knows them: `{ chat_template_kwargs: { enable_thinking: false } }`. */
  body?: Record<string, unknown>;
  timeouts?: Partial<UpstreamTimeouts>;
}

/** `/v1/chat/completions` of any OpenAI-compatible server, text in and text out: vLLM, llama.cpp, DeepSeek. */
export class OpenAiChat implements Chat {
  readonly name = 'openai-chat';
  readonly model: string;
  readonly #service: HttpService;
  readonly #body: Record<string, unknown>;
  readonly #timeouts: UpstreamTimeouts;

  constructor({ model, body, timeouts, ...address }: ChatOptions) {
    this.model = model;
    this.#body = { ...withoutThinking(model), ...body };
    this.#timeouts = { ...UPSTREAM_TIMEOUTS, ...timeouts };
    this.#service = new HttpService(address, this.#timeouts.connectMs);
  }

  write({ messages, ...turn }: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatEvent, void> {
    const { temperature, maxTokens } = turn.settings;
    const body = JSON.stringify({
      model: this.model,
      stream: true,
      stream_options: { include_usage: true },
      ...(temperature === undefined ? {} : { temperature }),
      ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
      ...this.#body,
      ...toNestedTools(turn),
      messages,
    });
    return exchange(this.#timeouts, signal, (patience, connection) => this.#exchange(body, patience, connection));
  }

  check(signal: AbortSignal): Promise<UpstreamHealth> {
    return checkService(this.#timeouts.checkMs, signal, async (limit) => {
      const health = await this.#service.health(limit);
      const models = health.ok ? await this.#service.health(limit, '/v1/models') : health;
      return models.ok ? ok(undefined) : models;
    });
  }

  /** Ends idle connections and running requests. */
  close(): Promise<void> {
    return this.#service.close();
  }

  async *#exchange(
    body: string,
    patience: Patience,
    signal: AbortSignal,
  ): AsyncGenerator<ChatEvent, UpstreamProblem | undefined> {
    const headers = { accept: 'text/event-stream' };
    const sent = await patience.during(this.#service.post('/v1/chat/completions', { body, headers }, signal));
    if (!sent.ok) return sent.problem;
    const response = sent.value;
    if (response.statusCode !== 200 || !mediaTypeOf(response).includes('text/event-stream')) {
      const refusal = await patience.during(readRefusal(response, 'an event stream'));
      return refusal.ok ? refusal.value : refusal.problem;
    }
    const reader = new TextReader();
    const { stallMs } = this.#timeouts;
    // Only words and calls count: a model that thinks keeps its listener waiting as much as one that is silent.
    const nextWaitMs = (said: readonly (Words | ToolCall)[]) => (said.length > 0 ? stallMs : undefined);
    const problem = yield* readEventStream(response.body, reader, patience, nextWaitMs);
    if (problem) return problem;
    yield* reader.flush();
    if (!reader.hasAnswered) return toUpstreamProblem('upstream-faulty', 'an answer without words');
    if (reader.usage) yield { kind: 'usage', usage: reader.usage };
    return undefined;
  }
}

export const createChat = (options: ChatOptions): OpenAiChat => new OpenAiChat(options);

/** DeepSeek's own service thinks unless told not to; the weights served by others (`deepseek-ai/…`) know no such field. */
const withoutThinking = (model: string): Record<string, unknown> =>
  /^deepseek-/i.test(model) && !model.includes('/') ? { thinking: { type: 'disabled' } } : {};
