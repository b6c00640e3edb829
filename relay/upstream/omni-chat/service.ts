import { Agent, request, type Dispatcher } from 'undici';
import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import { toUpstreamProblem } from '../problem.ts';
import type { UpstreamProblem } from '../upstream.ts';
import { parseErrorBody, parseRetryAfter, problemOfStatus } from './failure.ts';

/** Enough for a model list or an error; more is not read. */
const MAX_DOCUMENT_BYTES = 256 * 1024;

export interface ServiceAddress {
  /** With or without a trailing `/v1`. */
  baseUrl: string;
  apiKey?: string;
}

const ModelList = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      /** llama.cpp says what a model can take. */
      architecture: v.optional(v.object({ input_modalities: v.optional(v.array(v.string())) })),
    }),
  ),
});
export type ServedModel = v.InferOutput<typeof ModelList>['data'][number];

/**
 * An OpenAI-compatible HTTP server: three routes, one connection pool. Throws on a base URL that is none; a failing
 * connection rejects as undici does.
 */
export class OmniService {
  readonly #base: string;
  readonly #headers: Record<string, string>;
  readonly #agent: Agent;

  constructor({ baseUrl, apiKey }: ServiceAddress, connectMs: number) {
    this.#base = new URL(baseUrl).href.replace(/\/+$/, '').replace(/\/v1$/, '');
    this.#headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    // Waiting is budgeted by the caller. Connections idle for undici's default 4 s, below the 5 s after which uvicorn
    // hangs up: a longer one loses the race against the next turn.
    this.#agent = new Agent({ connect: { timeout: connectMs }, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** The caller reads the body to its end or aborts. */
  chat(body: object, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const headers = { ...this.#headers, 'content-type': 'application/json', accept: 'text/event-stream' };
    const url = `${this.#base}/v1/chat/completions`;
    return request(url, { method: 'POST', headers, body: JSON.stringify(body), signal, dispatcher: this.#agent });
  }

  /** Not every compatible server has a health route: only an answer that speaks of trouble counts against it. */
  async health(signal: AbortSignal): Promise<Result<void, UpstreamProblem>> {
    const { status } = await this.#get('/health', signal);
    return status < 400 || status === 404 ? ok(undefined) : failed(problemOfStatus(status));
  }

  async models(signal: AbortSignal): Promise<Result<ServedModel[], UpstreamProblem>> {
    const { status, json } = await this.#get('/v1/models', signal);
    if (status !== 200) return failed(problemOfStatus(status));
    const list = v.safeParse(ModelList, json);
    return list.success ? ok(list.output.data) : failed(toUpstreamProblem('upstream-faulty', 'no model list'));
  }

  /** Ends every connection. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #get(path: string, signal: AbortSignal): Promise<{ status: number; json: unknown }> {
    const response = await request(this.#base + path, { headers: this.#headers, signal, dispatcher: this.#agent });
    return { status: response.statusCode, json: await readJson(response) };
  }
}

/** What a response that is no event stream says of itself. Rejects as undici does. */
export async function readRefusal(response: Dispatcher.ResponseData): Promise<UpstreamProblem> {
  const json = await readJson(response);
  if (response.statusCode === 200) return toUpstreamProblem('upstream-faulty', 'answered without an event stream');
  const retryAfter = response.headers['retry-after'];
  const retryAfterMs = parseRetryAfter(typeof retryAfter === 'string' ? retryAfter : undefined);
  return problemOfStatus(response.statusCode, parseErrorBody(json)?.label ?? '', retryAfterMs);
}

/** Leaving the loop early destroys the body, and with it the connection. */
async function readJson(response: Dispatcher.ResponseData): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response.body as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_DOCUMENT_BYTES) return undefined;
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    return undefined;
  }
}
