import { mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { createApp, type App } from '../app.ts';
import { ScriptedUpstream } from '../session/testing/scripted-upstream.ts';
import { createServer } from './server.ts';

const HOST = 'localhost:7860';
const upstream = new ScriptedUpstream();
let app: App;

beforeEach(() => {
  app = createApp({ config: { allowedHosts: [] }, upstream, webRoot: webRoot(), version: '1' });
});

function webRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'earshot-web-'));
  mkdirSync(join(root, 'assets'));
  writeFileSync(join(root, 'index.html'), '<!doctype html><title>Earshot</title>');
  writeFileSync(join(root, 'assets', 'app-1a2b3c.js'), 'export {};');
  writeFileSync(join(root, 'assets', 'app-1a2b3c.js.br'), brotliCompressSync('export {};'));
  writeFileSync(join(root, 'assets', 'ort.wasm'), 'wasm');
  writeFileSync(join(root, 'assets', 'ort.mjs'), 'export {};');
  writeFileSync(join(root, 'vad.onnx'), 'onnx');
  utimesSync(join(root, 'vad.onnx'), 1e9, 1e9);
  writeFileSync(join(root, '..', 'secret.txt'), 'secret\n');
  return root;
}

function ask(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> {
  const headers = { host: HOST, ...init.headers };
  return Promise.resolve(app.http.request(`http://${HOST}${path}`, { ...init, headers }));
}

describe('files of the web app', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
    ['/assets/app-1a2b3c.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/ort.wasm', 'application/wasm', 'public, max-age=31536000, immutable'],
    ['/assets/ort.mjs', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/vad.onnx', 'application/octet-stream', 'no-cache'],
  ])('%s has its type and its time', async (path, type, caching) => {
    const response = await ask(path);
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
      200,
      type,
      caching,
    ]);
  });

  it('come compressed when they were built so and the browser can', async () => {
    const response = await ask('/assets/app-1a2b3c.js', { headers: { 'accept-encoding': 'gzip, br' } });
    expect([response.headers.get('content-encoding'), response.headers.get('vary')]).toEqual(['br', 'Accept-Encoding']);
    expect(Buffer.from(await response.arrayBuffer()).equals(brotliCompressSync('export {};'))).toBe(true);
    expect((await ask('/assets/app-1a2b3c.js')).headers.get('content-encoding')).toBeNull();
  });

  it('are not sent again when the browser has them', async () => {
    const first = await ask('/vad.onnx');
    const since = first.headers.get('last-modified') ?? '';
    const again = await ask('/vad.onnx', { headers: { 'if-modified-since': since } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await ask('/vad.onnx', { headers: { 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' } })).status).toBe(
      200,
    );
  });

  it.each([
    ...['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/%2e%2e%2fsecret.txt', '/assets/../../secret.txt'],
    ...['/..%5csecret.txt', '/%252e%252e/secret.txt', '//secret.txt', '/assets/%00', '/.%2e/secret.txt', '/nothing.js'],
  ])('are only those under their root: %s', async (path) => {
    const response = await ask(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'not-found' });
  });

  it('say so when there is no build', async () => {
    const empty = createApp({ config: { allowedHosts: [] }, upstream, webRoot: tmpdir(), version: '1' });
    const response = await empty.http.request('http://localhost/', { headers: { host: 'localhost' } });
    expect(await response.json()).toMatchObject({ status: 404, code: 'app-not-built' });
  });

  it.each(['/../secret.txt', '/assets/../../secret.txt', '/..%2fsecret.txt', '//etc/passwd', '*'])(
    'gives nothing away to a raw request for %s',
    async (target) => {
      const server = createServer(app);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.end(`GET ${target} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`);
      let answer = '';
      for await (const chunk of socket) answer += String(chunk);
      server.close();
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(answer).not.toContain('secret\n');
    },
  );
});
