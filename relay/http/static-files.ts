import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { problem } from './problem.ts';

const A_YEAR = 'public, max-age=31536000, immutable';
/** Files Vite names after their content; everything else may change under its name. */
const HASHED = '/assets/';
/** Types the file server's own table lacks or leaves to the system. */
const TYPES: Record<string, string> = {
  '.onnx': 'application/octet-stream',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** The built web app. Without a build every path says so, instead of a bare "not found". */
export function staticFiles(root: string): Hono {
  const files = new Hono();
  if (!existsSync(join(root, 'index.html'))) {
    files.get('*', (c) => problem(c, 404, 'app-not-built', 'the web app is not built here: npm run build'));
    return files;
  }
  files.use('*', async (c, next) => {
    await next();
    if (!c.res.ok || !c.res.headers.has('last-modified')) return;
    const type = TYPES[/\.[a-z]+$/.exec(c.req.path)?.[0] ?? ''];
    if (type) c.header('Content-Type', type);
    c.header('Cache-Control', c.req.path.startsWith(HASHED) ? A_YEAR : 'no-cache');
    if (c.req.header('if-modified-since') !== c.res.headers.get('last-modified')) return;
    await c.res.body?.cancel();
    c.res = new Response(null, { status: 304, headers: c.res.headers });
  });
  files.use('*', serveStatic({ root, precompressed: true }));
  return files;
}
