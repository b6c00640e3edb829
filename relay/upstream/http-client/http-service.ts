import { Agent, request, type Dispatcher, type FormData } from 'undici';
import { failed, ok, type Result } from '#kernel/result';
import { toUpstreamProblem } from '../problem.ts';
import type { UpstreamProblem } from '../upstream.ts';
import { parseErrorBody, parseRetryAfter, problemOfStatus } from './failure.ts';
import { parseJson } from './json.ts';

/** Enough for a model list, a transcript or an error; more is not read. */
const MAX_DOCUMENT_BYTES = 1024 * 1024;

export interface ServiceAddress {
  /** With or without a trailing `/v1`. */
  baseUrl: string;
  apiKey?: string;
}

export interface PostOptions {
  /** Text goes as JSON. */
  body: string | Uint8Array | FormData;
  headers?: Record<string, string>;
}

/**
 * One HTTP server and its connection pool. Throws on a base URL that is none; a failing connection rejects as undici
 * does.
 */
export class HttpService {
  readonly #base: string;
  readonly #headers: Record<string, string>;
  readonly #agent: Agent;

  /** `keyScheme` goes before the key in the authorization header. */
  constructor({ baseUrl, apiKey }: ServiceAddress, connectMs: number, keyScheme = 'Bearer') {
    this.#base = new URL(baseUrl).href.replace(/\/+$/, '').replace(/\/v1$/, '');
    this.#headers = apiKey === undefined ? {} : { authorization: `${keyScheme} ${apiKey}` };
    // Waiting is budgeted by the caller. Connections idle for undici's default 4 s, below the 5 s after which uvicorn
    // hangs up: a longer one loses the race against the next turn.
    this.#agent = new Agent({ connect: { timeout: connectMs }, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** The caller reads the body to its end or aborts. */
  post(path: string, { body, headers }: PostOptions, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const type = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
    const all = { ...this.#headers, ...type, ...headers };
    return request(this.#base + path, { method: 'POST', headers: all, body, signal, dispatcher: this.#agent });
  }

  /** A small document; `json` is undefined where it is none. */
  async get(path: string, signal: AbortSignal): Promise<{ status: number; json: unknown }> {
    const response = await request(this.#base + path, { headers: this.#headers, signal, dispatcher: this.#agent });
    return { status: response.statusCode, json: parseJson(await readText(response)) };
  }

  /** Not every compatible server has a health route: only an answer that speaks of trouble counts against it. */
  async health(signal: AbortSignal, path = '/health'): Promise<Result<void, UpstreamProblem>> {
    const { status } = await this.get(path, signal);
    return status < 400 || status === 404 ? ok(undefined) : failed(problemOfStatus(status));
  }

  /** Ends every connection. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

export const mediaTypeOf = (response: Dispatcher.ResponseData): string =>
  String(response.headers['content-type'] ?? '').toLowerCase();

/** What a response that is not what was asked for says of itself. Rejects as undici does. */
export async function readRefusal(response: Dispatcher.ResponseData, wanted: string): Promise<UpstreamProblem> {
  const json = parseJson(await readText(response));
  if (response.statusCode === 200) return toUpstreamProblem('upstream-faulty', `answered without ${wanted}`);
  const retryAfter = response.headers['retry-after'];
  const retryAfterMs = parseRetryAfter(typeof retryAfter === 'string' ? retryAfter : undefined);
  return problemOfStatus(response.statusCode, parseErrorBody(json)?.label ?? '', retryAfterMs);
}

/**
 * The whole of a small response, or nothing where it is too long. Leaving the loop early destroys the body, and with
 * it the connection.
 */
export async function readText(response: Dispatcher.ResponseData): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response.body as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_DOCUMENT_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
