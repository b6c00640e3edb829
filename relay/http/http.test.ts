import { tmpdir } from 'node:os';
import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { createApp, type App } from '../app.ts';
import { ScriptedUpstream } from '../session/testing/scripted-upstream.ts';
import { createServer } from './server.ts';

const HOST = 'localhost:7860';
let clock: VirtualClock;
let upstream: ScriptedUpstream;
let app: App;

beforeEach(() => {
  clock = new VirtualClock();
  upstream = new ScriptedUpstream();
  app = createApp({
    config: { allowedHosts: ['earshot.example'] },
    upstream,
    webRoot: tmpdir(),
    version: '1.2.3',
    clock,
  });
});

function ask(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> {
  const headers = { host: HOST, ...init.headers };
  return Promise.resolve(app.http.request(`http://${HOST}${path}`, { ...init, headers }));
}

interface Issued {
  id: string;
  ticket: string;
  expiresInMs: number;
}
const issue = async (): Promise<Issued> => (await (await ask('/session', { method: 'POST' })).json()) as Issued;

describe('GET /health', () => {
  it('tells what runs and what it knows of its upstream', async () => {
    clock.advance(1500);
    expect(await (await ask('/health')).json()).toEqual({
      ...{ status: 'ok', version: '1.2.3', uptimeMs: 1500 },
      upstreams: [{ name: 'scripted', model: 'script-1', state: 'up', latencyMs: 3 }],
    });
  });

  it('is degraded, not gone, when the upstream is down', async () => {
    upstream.health = { state: 'down', detail: 'http://10.0.0.5 refused' };
    const response = await ask('/health');
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/^{"status":"degraded".*"state":"down"}]}$/);
  });

  it('tells of every server where there are several, and is degraded only when all are down', async () => {
    const servers = (...states: ('up' | 'down')[]) =>
      states.map((state, i) => ({ name: `s${i}`, state, outstanding: i }));
    const status = async (...states: ('up' | 'down')[]) => {
      const app = createApp({
        ...{ config: { allowedHosts: [] }, upstream, webRoot: '/nonexistent', version: '1.2.3', clock },
        servers: () => servers(...states),
      });
      return (await app.http.request('http://localhost/health', { headers: { host: 'localhost' } })).json();
    };
    expect(await status('down', 'up')).toMatchObject({ status: 'ok', upstreams: servers('down', 'up') });
    expect(await status('down', 'down')).toMatchObject({ status: 'degraded' });
    expect(upstream.checks).toBe(0);
  });

  it('asks the upstream once in five seconds however often it is asked itself', async () => {
    await Promise.all(Array.from({ length: 50 }, () => ask('/health')));
    expect(upstream.checks).toBe(1);
    clock.advance(5_001);
    await ask('/health');
    expect(upstream.checks).toBe(2);
  });
});

describe('GET /config', () => {
  it('tells the page what it needs and nothing secret', async () => {
    expect(await (await ask('/config')).json()).toMatchObject({
      ...{ upstream: 'scripted', model: 'script-1', hasModel: true, voices: ['Ada', 'Bob'] },
      ...{ socketPath: '/v1/earshot', subprotocol: 'earshot.v1', systemPrompt: expect.stringContaining('Earshot') },
    });
  });
});

describe('sessions', () => {
  it('are opened by a ticket of 256 bits that lives thirty seconds', async () => {
    const { id, ticket, expiresInMs } = await issue();
    expect(Buffer.from(ticket, 'base64url')).toHaveLength(32);
    expect([id.length, expiresInMs]).toEqual([26, 30_000]);
  });

  it('are ended by their own ticket only', async () => {
    const mine = await issue();
    const other = await issue();
    const end = async (id: string, ticket?: string) =>
      (await ask(`/session/${id}`, { method: 'DELETE', headers: ticket ? { authorization: `Bearer ${ticket}` } : {} }))
        .status;
    expect(await end(mine.id)).toBe(401);
    expect(await end(mine.id, other.ticket)).toBe(404);
    expect(await end('nobody', mine.ticket)).toBe(404);
    expect(await end(mine.id, mine.ticket)).toBe(204);
    expect(await end(mine.id, mine.ticket)).toBe(404);
  });

  it('take no body worth mentioning', async () => {
    const response = await ask('/session', {
      method: 'POST',
      body: 'x'.repeat(65_537),
      headers: { 'content-length': '65537' },
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'body-too-large', status: 413 });
  });
});

describe('the names it may be called by', () => {
  it.each(['localhost:7860', '127.0.0.1:7860', '[::1]:7860', 'LOCALHOST', 'earshot.example', 'earshot.example:8443'])(
    '%s',
    async (host) => {
      expect((await ask('/config', { headers: { host } })).status).toBe(200);
    },
  );

  it.each([
    ...[
      'evil.example',
      'localhost.evil.example',
      'evil-earshot.example',
      'www.earshot.example',
      '0.0.0.0',
      '2130706433',
      '0x7f.1',
    ],
    ...[
      '127.0.0.1.nip.io',
      '[::ffff:127.0.0.1]',
      'localhost.',
      'user@localhost',
      'localhost:port',
      '',
      'localhost,evil.example',
    ],
  ])('are not %s', async (host) => {
    const response = await ask('/config', { headers: { host } });
    expect(response.status).toBe(421);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'host-not-allowed' });
  });
});

describe('the pages it listens to', () => {
  it.each([undefined, 'http://localhost:7860', 'https://localhost:7860'])('%s', async (origin) => {
    expect((await ask('/session', { method: 'POST', headers: origin ? { origin } : {} })).status).toBe(201);
  });

  it.each([
    ...[
      'null',
      '',
      'http://localhost',
      'http://localhost:7861',
      'http://localhost:7860/',
      'http://localhost:7860.evil.example',
    ],
    ...[
      'http://evil-localhost:7860',
      'http://localhost.evil.example:7860',
      'http://localhost.:7860',
      'HTTP://LOCALHOST:7860',
    ],
    ...['http://user@localhost:7860', 'http://127.0.0.1:7860', 'http://[::1]:7860', 'ws://localhost:7860', 'file://'],
    ...[
      'chrome-extension://abcdefgh',
      'data:',
      'http://0x7f.1:7860',
      'http://xn--lcalhost-y7a:7860',
      'http://localhost:7860%00',
    ],
    ...[
      'http://localhost:7860, http://evil.example',
      'http://localhost:7860 http://evil.example',
      'http://earshot.example',
    ],
    `http://localhost:7860${'x'.repeat(8_000)}`,
  ])('are not %s', async (origin) => {
    const response = await ask('/session', { method: 'POST', headers: { origin } });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'origin-not-allowed' });
  });
});

describe('the address of the socket', () => {
  const upgrade = { upgrade: 'websocket', connection: 'upgrade', 'sec-websocket-protocol': 'earshot.v1' };

  it('asks for an upgrade', async () => {
    expect(await (await ask('/v1/earshot')).json()).toMatchObject({ status: 426, code: 'not-an-upgrade' });
  });

  it.each(['?token=x', '?access_token=x', '?api_key=x', '?ticket=x'])(
    'takes nothing in its query: %s',
    async (query) => {
      const { status } = await ask(`/v1/earshot${query}`, { headers: upgrade });
      expect(status).toBe(400);
    },
  );

  it.each(['', 'realtime', 'earshot.v2', 'EARSHOT.V1'])('wants the subprotocol, not "%s"', async (name) => {
    const response = await ask('/v1/earshot', { headers: { ...upgrade, 'sec-websocket-protocol': name } });
    expect(await response.json()).toMatchObject({ status: 400, code: 'subprotocol-missing' });
  });
});

describe('every answer', () => {
  it.each(['/', '/health', '/config', '/nothing', '/v1/earshot', '/assets/app-1a2b3c.js'])(
    'of %s carries the security headers',
    async (path) => {
      const { headers } = await ask(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'");
      expect(policy).toContain(`connect-src 'self' ws://${HOST} wss://${HOST};`);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|\*|https?:/);
      expect(headers.get('permissions-policy')).toContain('microphone=(self)');
      expect([
        ...[headers.get('x-content-type-options'), headers.get('referrer-policy')],
        ...[
          headers.get('cross-origin-opener-policy'),
          headers.get('x-powered-by'),
          headers.get('access-control-allow-origin'),
        ],
      ]).toEqual(['nosniff', 'no-referrer', 'same-origin', null, null]);
    },
  );

  it('to a wrong name carries them too, and never that name', async () => {
    const { headers } = await ask('/', { headers: { host: "evil.example; script-src 'unsafe-inline'" } });
    expect(headers.get('content-security-policy')).toContain("connect-src 'self';");
  });
});

describe('the HTTP server', () => {
  it('puts a limit on everything a peer can do slowly', () => {
    const server = createServer(app);
    const { headersTimeout, requestTimeout, keepAliveTimeout, maxConnections } = server;
    expect({ headersTimeout, requestTimeout, keepAliveTimeout, maxConnections }).toEqual({
      ...{ headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000, maxConnections: 1_024 },
    });
  });
});
