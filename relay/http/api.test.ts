import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRelay, type TestRelay } from '../dialects/earshot/testing/relay.ts';
import { OPERATIONS } from './operations.ts';
import { startSpeechRelay, type SpeechRelay } from './testing/speech-relay.ts';

let relay: SpeechRelay;
let bare: TestRelay;

beforeAll(async () => {
  relay = await startSpeechRelay();
  bare = await startRelay();
});
afterAll(async () => {
  await relay.stop();
  await bare.stop();
});

const get = (path: string) => fetch(relay.url + path);
const json = async (path: string, base = relay) => (await fetch(base.url + path)).json() as Promise<unknown>;

describe('GET /models', () => {
  it('names who answers, listens and speaks', async () => {
    expect(await json('/models')).toEqual({
      object: 'list',
      data: [
        { id: 'script-1', object: 'model', owned_by: 'scripted', role: 'answer', voices: ['Ada', 'Bob'] },
        { id: 'whisper-script', object: 'model', owned_by: 'scripted-ear', role: 'transcription', voices: [] },
        { id: 'script-voice', object: 'model', owned_by: 'scripted-speech', role: 'speech', voices: ['Ada'] },
      ],
    });
  });
});

describe('GET /languages', () => {
  it('tells what is known, and of whom nothing is', async () => {
    const { input, output, unknown } = (await json('/languages')) as Record<string, { code: string; name: string }[]>;
    expect(input).toContainEqual({ code: 'cy', name: 'Welsh' });
    expect([output, unknown]).toEqual([[], ['script-1', 'script-voice']]);
  });
});

describe('without servers for speech', () => {
  it.each([
    ['/read', 'TTS_SERVICE_URL'],
    ['/voice/batch', 'TTS_SERVICE_URL'],
    ['/voice/transcribe', 'STT_SERVICE_URL'],
  ])('POST %s names the setting', async (path, setting) => {
    const response = await fetch(bare.url + path, { method: 'POST', body: '{}' });
    expect([response.status, response.headers.get('content-type')]).toEqual([501, 'application/problem+json']);
    const { detail } = (await response.json()) as { detail: string };
    expect(detail).toContain(`set ${setting} to the address`);
  });

  it('so does the socket, and the lists leave them out', async () => {
    expect((await fetch(`${bare.url}/read/stream`)).status).toBe(501);
    const { data } = (await (await fetch(`${bare.url}/models`)).json()) as { data: unknown[] };
    expect(data).toHaveLength(1);
  });
});

describe('GET /metrics', () => {
  it('has every series under the name operators chart it by', async () => {
    await relay.post('/read', { text: 'Some secret words.', voice: 'canary-voice' });
    await get('/nothing?canary=1');
    await get('/');
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain');
    const page = await response.text();
    for (const [name, type] of [
      ['voice_gateway_requests_total', 'counter'],
      ['voice_gateway_request_latency_seconds', 'histogram'],
      ['voice_gateway_audio_generation_latency_seconds', 'histogram'],
      ['voice_gateway_active_streams', 'gauge'],
      ['voice_gateway_gpu_utilization_percent', 'gauge'],
      ['voice_gateway_gpu_memory_used_mb', 'gauge'],
      ['voice_gateway_tokens_per_second', 'gauge'],
      ['earshot_ears_behind_ms', 'gauge'],
      ['earshot_ears_lost_ms_total', 'counter'],
    ]) {
      expect(page).toContain(`# TYPE ${name} ${type}\n`);
    }
    expect(page).toContain('voice_gateway_requests_total{route="/read",method="POST",status="200"} 1');
    expect(page).toContain('voice_gateway_requests_total{route="/*",method="GET",status="404"} 1');
    expect(page).toContain('voice_gateway_requests_total{route="/*",method="GET",status="200"} 1');
    expect(page).toContain('voice_gateway_audio_generation_latency_seconds_count{source="scripted-speech"} 1');
    expect(page).not.toMatch(/gpu_\w+\{/);
    expect(page).not.toMatch(/canary|secret/);
  });

  it('does not grow with what strangers ask for', async () => {
    const count = async () => (await (await get('/metrics')).text()).split('\n').length;
    await get('/a');
    const before = await count();
    for (let i = 0; i < 20; i++) await get(`/stranger/${i}?x=${i}`);
    await count();
    expect(await count()).toBe(before);
  });

  it('is for those who may call the relay at all', async () => {
    const response = await fetch(`${relay.url}/metrics`, { headers: { origin: 'http://evil.example' } });
    expect(response.status).toBe(403);
  });
});

describe('GET /openapi.json', () => {
  it('describes every route there is, and none that there is not', () => {
    const served = relay.app.http.routes
      .filter(({ method, path }) => method !== 'ALL' && path !== '*' && path !== '/*' && !path.startsWith('/docs'))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    const described = OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect([...new Set(served)].sort()).toEqual(described.sort());
  });

  it('takes bodies from the schemas that requests are checked with', async () => {
    const document = (await json('/openapi.json')) as {
      openapi: string;
      paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: object }> } }>>;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(document.paths['/read']!['post']!.requestBody!.content['application/json']!.schema).toMatchObject({
      type: 'object',
      required: ['text'],
      additionalProperties: false,
      properties: {
        text: { type: 'string', maxLength: 50_000, description: expect.any(String) },
        speed: { type: 'number', minimum: 0.25, maximum: 4 },
      },
    });
    const form = document.paths['/voice/transcribe']!['post']!.requestBody!.content['multipart/form-data']!.schema;
    expect(form).toMatchObject({
      required: ['audio'],
      properties: { response_format: { enum: ['json', 'verbose_json', 'text', 'srt', 'vtt'], default: 'json' } },
    });
  });

  it('says what every field of a request means', async () => {
    const document = JSON.stringify(await json('/openapi.json'));
    const { paths } = JSON.parse(document) as { paths: Record<string, Record<string, unknown>> };
    const undescribed: string[] = [];
    const look = (schema: unknown, at: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { properties, anyOf, items } = schema as Record<string, Record<string, unknown> | unknown[] | undefined>;
      for (const [name, property] of Object.entries(properties ?? {})) {
        const isSaid = typeof property === 'object' && property !== null && 'description' in property;
        if (!isSaid && name !== 'items') undescribed.push(`${at}.${name}`);
        look(property, `${at}.${name}`);
      }
      for (const option of Array.isArray(anyOf) ? anyOf : []) look(option, at);
      look(items, at);
    };
    for (const [path, operations] of Object.entries(paths)) {
      for (const operation of Object.values(operations)) {
        const { requestBody } = operation as { requestBody?: { content: Record<string, { schema: unknown }> } };
        for (const { schema } of Object.values(requestBody?.content ?? {})) look(schema, path);
      }
    }
    expect(undescribed).toEqual([]);
  });
});

describe('GET /docs', () => {
  it('is a page of ours alone: every file it needs comes from here', async () => {
    const page = await get('/docs');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'");
    expect(policy).not.toMatch(/https?:|unsafe-eval|\*/);
    const html = await page.text();
    expect(html).not.toMatch(/https?:\/\//);
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    for (const path of files.filter((candidate) => candidate.startsWith('/docs'))) {
      const response = await get(path);
      expect([response.status, response.headers.get('x-content-type-options')]).toEqual([200, 'nosniff']);
    }
    expect(files.filter((path) => path.startsWith('/docs'))).toHaveLength(3);
  });

  it('keeps the strict policy everywhere else', async () => {
    expect((await get('/openapi.json')).headers.get('content-security-policy')).not.toContain('unsafe-inline');
  });
});
