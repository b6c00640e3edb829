import type { Dispatcher } from 'undici';
import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import { problemOfStatus } from '../http-client/failure.ts';
import { HttpService, type ServiceAddress } from '../http-client/http-service.ts';
import { toUpstreamProblem } from '../problem.ts';
import type { UpstreamProblem } from '../upstream.ts';

const ModelList = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      owned_by: v.optional(v.string()),
      /** llama.cpp says what a model can take and give. */
      architecture: v.optional(
        v.object({
          input_modalities: v.optional(v.array(v.string())),
          output_modalities: v.optional(v.array(v.string())),
        }),
      ),
    }),
  ),
});
export type ServedModel = v.InferOutput<typeof ModelList>['data'][number];

/** An OpenAI-compatible chat server: three routes. */
export class OmniService {
  readonly #http: HttpService;

  constructor(address: ServiceAddress, connectMs: number) {
    this.#http = new HttpService(address, connectMs);
  }

  /** The caller reads the body to its end or aborts. */
  chat(body: object, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const headers = { accept: 'text/event-stream' };
    return this.#http.post('/v1/chat/completions', { body: JSON.stringify(body), headers }, signal);
  }

  health(signal: AbortSignal): Promise<Result<void, UpstreamProblem>> {
    return this.#http.health(signal);
  }

  async models(signal: AbortSignal): Promise<Result<ServedModel[], UpstreamProblem>> {
    const { status, json } = await this.#http.get('/v1/models', signal);
    if (status !== 200) return failed(problemOfStatus(status));
    const list = v.safeParse(ModelList, json);
    return list.success ? ok(list.output.data) : failed(toUpstreamProblem('upstream-faulty', 'no model list'));
  }

  /** Ends every connection. */
  close(): Promise<void> {
    return this.#http.close();
  }
}
