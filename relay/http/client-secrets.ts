import { Hono, type Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import * as v from 'valibot';
import { newId } from '#kernel/ids';
import { invalid, schemaFault, type ClientFault } from '../dialects/realtime/fault.ts';
import { isServedModel } from '../dialects/openai/model-name.ts';
import { changeSession } from '../dialects/openai/session-change.ts';
import { writeSession } from '../dialects/openai/session-view.ts';
import { newWireSession } from '../dialects/openai/wire-session.ts';
import { toRelay } from '../dialects/realtime/relay.ts';
import { clientKeyOf } from './client-key.ts';
import { KEY_REFUSED, type ClientKeys } from './client-keys.ts';
import type { HttpProblemCode } from './problem.ts';
import type { RealtimeOptions } from './realtime.ts';

export const CLIENT_SECRETS_PATH = '/v1/realtime/client_secrets';
const DEFAULT_SECONDS = 600;

export const ClientSecretRequest = v.object({
  expires_after: v.exactOptional(
    v.pipe(
      v.object({
        anchor: v.exactOptional(v.pipe(v.literal('created_at'), v.description('From now on; there is no other.'))),
        seconds: v.exactOptional(
          v.pipe(v.number(), v.integer(), v.minValue(10), v.maxValue(7_200), v.description('600 by default.')),
        ),
      }),
      v.description('How long it opens connections.'),
    ),
  ),
  session: v.exactOptional(
    v.pipe(v.record(v.string(), v.unknown()), v.description('As in `session.update`; connections begin with it.')),
  ),
});

export const ClientSecretDocument = v.object({
  value: v.pipe(v.string(), v.description('Used like a key, as often as you like, until it expires.')),
  expires_at: v.pipe(v.number(), v.description('Seconds since 1970.')),
  session: v.looseObject({}),
});

export interface ClientSecretsOptions extends Pick<RealtimeOptions, 'upstream' | 'recogniser'> {
  keys: ClientKeys;
}

/** POST /v1/realtime/client_secrets: a secret of short life for a page, minted by whoever has a key. */
export function clientSecretRoutes({ keys, upstream, recogniser }: ClientSecretsOptions): Hono {
  const relay = toRelay(upstream, recogniser);
  return new Hono().post(CLIENT_SECRETS_PATH, async (c) => {
    if (!keys.mayMint(clientKeyOf(c))) return refuse(c, 401, 'key-refused', invalid('invalid_api_key', KEY_REFUSED));
    const body = parseJson(await c.req.text());
    const request = v.safeParse(ClientSecretRequest, body);
    if (!request.success) return refuse(c, 400, 'body-invalid', schemaFault(request.issues));
    const { expires_after: expiry, session: update = {} } = request.output;
    const model = typeof update['model'] === 'string' ? update['model'] : relay.model;
    if (!isServedModel(model, relay.model)) {
      const fault = invalid('model_not_found', 'This relay does not serve the model asked for.', 'session.model');
      return refuse(c, 404, 'not-found', fault);
    }
    const session = changeSession(newWireSession(model, 'realtime', relay), update, relay, false);
    if (!session.ok) return refuse(c, 400, 'body-invalid', session.problem);
    const { value, expiresAt } = keys.mint((expiry?.seconds ?? DEFAULT_SECONDS) * 1000, update);
    const shown = writeSession(`sess_${newId()}`, session.value, relay, 'ga');
    return c.json({ value, expires_at: expiresAt, session: shown }, 200, { 'Cache-Control': 'no-store' });
  });
}

/** Without a body everything is as it is by default. */
function parseJson(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A problem document like every other route's, in which OpenAI's clients find their `error` too. */
function refuse(c: Context, status: ContentfulStatusCode, code: HttpProblemCode, fault: ClientFault): Response {
  const document = { type: 'about:blank', title: code, status, code, detail: fault.message };
  return c.json({ ...document, error: { ...fault, param: fault.param ?? null } }, status, {
    ...{ 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' },
  });
}
