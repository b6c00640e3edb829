import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startRelay, type TestRelay } from '../dialects/earshot/testing/relay.ts';
import { OpenAiCaller } from '../dialects/openai/testing/caller.ts';

const KEY = 'kept-in-the-kitchen-1';
const CARRIER = 'openai-insecure-api-key.';
const STRANGER = 'https://shop.example';

let relay: TestRelay;
const callers: OpenAiCaller[] = [];

afterEach(() => {
  for (const caller of callers.splice(0)) caller.cut();
});

/** One for all tests of a group. */
function serve(config: Parameters<typeof startRelay>[0] = {}): void {
  beforeAll(async () => {
    relay = await startRelay(config);
  });
  afterAll(() => relay.stop());
}

function call(options?: ConstructorParameters<typeof OpenAiCaller>[1]): OpenAiCaller {
  const caller = new OpenAiCaller(relay.url, options);
  callers.push(caller);
  return caller;
}

/** The status of a refused upgrade, or `open`. */
async function outcome(options?: ConstructorParameters<typeof OpenAiCaller>[1]): Promise<number | 'open'> {
  const caller = call(options);
  await caller.until(() => caller.refused !== undefined || caller.all('conversation.created').length > 0);
  return caller.refused ?? 'open';
}

const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

function mint(body: unknown, headers: Record<string, string> = bearer(KEY).headers): Promise<Response> {
  return fetch(`${relay.url}/v1/realtime/client_secrets`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

describe('a relay on this machine, without keys', () => {
  serve();

  it('lets in whoever comes, with any key or none', async () => {
    expect([await outcome(), await outcome(bearer('sk-anything'))]).toEqual(['open', 'open']);
  });

  it('agrees on the one subprotocol that is no key', async () => {
    const caller = call({ protocols: ['realtime', `${CARRIER}sk-anything`, 'openai-agents-sdk.0.20.0'] });
    await caller.next('session.created');
    expect(caller.socket.protocol).toBe('realtime');
    expect(await outcome({ protocols: [`${CARRIER}sk-anything`] })).toBe(400);
  });

  it.each(['key', 'api_key', 'token', 'access_token'])('takes no key out of the address: ?%s=', async (name) => {
    expect(await outcome({ query: `?model=gpt-realtime&${name}=sk-anything` })).toBe(400);
  });

  it('lets no page of another origin in, whatever it makes up', async () => {
    expect(await outcome({ origin: STRANGER, protocols: ['realtime', `${CARRIER}sk-anything`] })).toBe(403);
    expect(await outcome({ origin: relay.url })).toBe('open');
  });

  it('is no page to be fetched', async () => {
    expect((await fetch(`${relay.url}/v1/realtime?model=gpt-realtime`)).status).toBe(426);
  });

  it.each(['gpt-realtime', 'gpt-realtime-2.1', 'gpt-4o-realtime-preview-2024-10-01', 'gpt-audio-mini', 'SCRIPT-1'])(
    'answers whoever asks for %s, and says so',
    async (model) => {
      const caller = call({ query: `?model=${model}` });
      await caller.next('conversation.created');
      expect(caller.session['model']).toBe(model);
    },
  );

  it('answers as the model it has whoever asks for none', async () => {
    const caller = call({ query: '' });
    await caller.next('conversation.created');
    expect(caller.session['model']).toBe('script-1');
  });

  it.each(['gpt-4o', 'claude', 'script-2', ''])('turns away whoever asks for "%s", with a word', async (model) => {
    const caller = call({ query: `?model=${model}` });
    expect(await caller.error()).toMatchObject({ code: 'model_not_found', param: 'model' });
    await caller.until(() => caller.closed !== undefined);
    expect(caller.closed).toEqual({ code: 1008, reason: 'model_not_found' });
    expect(caller.events).toHaveLength(1);
  });

  it.each([{ headers: { 'openai-beta': 'realtime=v1' } }, { protocols: ['realtime', 'openai-beta.realtime-v1'] }])(
    'speaks beta from the first event on to %o',
    async (options) => {
      const caller = call(options);
      await caller.next('conversation.created');
      expect(caller.session).toMatchObject({ modalities: ['audio', 'text'], input_audio_format: 'pcm16' });
      expect(caller.session).not.toHaveProperty('type');
    },
  );

  it('writes down and does not answer where that is all that is wanted', async () => {
    const caller = call({ query: '?intent=transcription' });
    await caller.next('conversation.created');
    expect(caller.session).toMatchObject({ type: 'transcription', object: 'realtime.transcription_session' });
  });
});

describe('a relay with keys', () => {
  serve({ config: { allowedHosts: ['earshot.example'], apiKeys: [KEY] } });

  it('lets in whoever shows one, in any of three ways', async () => {
    const ways = [bearer(KEY), { headers: { 'api-key': KEY } }, { protocols: ['realtime', CARRIER + KEY] }];
    expect(await Promise.all(ways.map(outcome))).toEqual(['open', 'open', 'open']);
  });

  it('lets in nobody else', async () => {
    const ways = [{}, bearer('sk-anything'), { protocols: ['realtime', `${CARRIER}${KEY}2`] }];
    expect(await Promise.all(ways.map(outcome))).toEqual([401, 401, 401]);
  });

  it('gives a session back only for the key it was opened with', async () => {
    const { value } = (await (await mint('')).json()) as { value: string };
    const first = call(bearer(KEY));
    await first.next('conversation.created');
    const query = `?session=${String(first.session['id'])}`;
    const second = call({ query, ...bearer(value) });
    expect(await second.error()).toMatchObject({ code: 'session_not_found' });
    expect(first.closed).toBeUndefined();
    const third = call({ query, ...bearer(KEY) });
    await third.next('conversation.created');
    expect(third.session['id']).toBe(first.session['id']);
  });

  it('lets in pages from anywhere that show one', async () => {
    expect(await outcome({ origin: STRANGER, protocols: ['realtime', CARRIER + KEY] })).toBe('open');
    expect(await outcome({ origin: STRANGER })).toBe(403);
    const elsewhere = await fetch(`${relay.url}/config`, { headers: { origin: STRANGER, ...bearer(KEY).headers } });
    expect(elsewhere.status).toBe(403);
  });

  it('mints secrets that open connections as they say', async () => {
    const session = { type: 'realtime', instructions: 'Be brief.', audio: { output: { voice: 'Bob' } } };
    const response = await mint({ expires_after: { anchor: 'created_at', seconds: 60 }, session });
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const minted = (await response.json()) as { value: string; expires_at: number; session: object };
    expect(minted).toMatchObject({ value: expect.stringMatching(/^ek_/), session });
    expect(Math.abs(minted.expires_at - Date.now() / 1000 - 60)).toBeLessThan(5);
    const caller = call({ origin: STRANGER, protocols: ['realtime', CARRIER + minted.value] });
    await caller.next('conversation.created');
    expect(caller.session).toMatchObject(session);
    expect(await outcome(bearer(minted.value))).toBe('open');
    expect((await mint({}, bearer(minted.value).headers)).status).toBe(401);
  });

  it('mints them for ten minutes unless asked otherwise', async () => {
    const { expires_at } = (await (await mint('')).json()) as { expires_at: number };
    expect(Math.abs(expires_at - Date.now() / 1000 - 600)).toBeLessThan(5);
  });

  it.each([
    ['not JSON', 400, 'invalid_type', ''],
    [{ expires_after: { anchor: 'created_at', seconds: 9 } }, 400, 'invalid_value', 'expires_after.seconds'],
    [{ expires_after: { anchor: 'created_at', seconds: 7_201 } }, 400, 'invalid_value', 'expires_after.seconds'],
    [
      { session: { type: 'realtime', audio: { output: { voice: 'Cleo' } } } },
      400,
      'invalid_value',
      'session.audio.output.voice',
    ],
    [{ session: { type: 'realtime', model: 'gpt-4o' } }, 404, 'model_not_found', 'session.model'],
  ])('refuses %j in words OpenAI clients read', async (body, status, code, param) => {
    const response = await mint(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ status, error: { type: 'invalid_request_error', code, param } });
  });

  it('mints none for strangers', async () => {
    const response = await mint({}, {});
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'key-refused', error: { code: 'invalid_api_key' } });
    expect((await mint({}, { ...bearer(KEY).headers, origin: STRANGER })).status).toBe(403);
  });
});

describe('a relay that can be reached from elsewhere, without keys', () => {
  serve({ config: { allowedHosts: ['earshot.example'] } });

  it('lets in nobody', async () => {
    expect([await outcome(), await outcome(bearer('sk-anything'))]).toEqual([401, 401]);
    const refusal = (await (await mint({}, bearer('sk-anything').headers)).json()) as { detail: string };
    expect(refusal.detail).toContain('API_KEYS');
  });
});
