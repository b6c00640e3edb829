import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Hono } from 'hono';
import { OPENAPI_PATH } from './openapi.ts';
import { problem } from './problem.ts';

export const DOCS_PATH = '/docs';

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Earshot relay: API</title>
<link rel="stylesheet" href="${DOCS_PATH}/swagger-ui.css">
<link rel="icon" href="/icon.svg">
</head>
<body>
<div id="docs"><noscript>This page needs JavaScript; the same in JSON is at <a href="${OPENAPI_PATH}">${OPENAPI_PATH}</a>.</noscript></div>
<script src="${DOCS_PATH}/swagger-ui-bundle.js"></script>
<script src="${DOCS_PATH}/start.js"></script>
</body>
</html>
`;

// Without a validator address it would send ours to swagger.io.
const START = `SwaggerUIBundle({ url: '${OPENAPI_PATH}', dom_id: '#docs', deepLinking: true, validatorUrl: null });
`;

/** Swagger UI sets styles in its markup and shows pictures that are part of its style sheet; nothing else is let in. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  // To play what it tried out.
  'media-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript' };

/** GET /docs: the API's description to read and to try, all of it from this relay. */
export function docsRoutes(): Hono {
  const send = (path: string, type: keyof typeof TYPES, body: () => string) =>
    routes.get(path, (c) =>
      c.body(body(), 200, {
        'Content-Type': `${TYPES[type]}; charset=utf-8`,
        'Cache-Control': 'no-cache',
        'Content-Security-Policy': POLICY,
      }),
    );
  const routes = new Hono();
  const folder = swaggerFolder();
  if (folder === undefined) {
    const words = `the page is not installed (npm package swagger-ui-dist); the description is at ${OPENAPI_PATH}`;
    return routes.get(DOCS_PATH, (c) => problem(c, 404, 'docs-not-installed', words));
  }
  send(DOCS_PATH, 'html', () => PAGE);
  send(`${DOCS_PATH}/start.js`, 'js', () => START);
  send(`${DOCS_PATH}/swagger-ui.css`, 'css', () => readFileSync(join(folder, 'swagger-ui.css'), 'utf8'));
  send(`${DOCS_PATH}/swagger-ui-bundle.js`, 'js', () => readFileSync(join(folder, 'swagger-ui-bundle.js'), 'utf8'));
  return routes;
}

/** It stays where it was installed: 2 MB that hardly any relay ever shows are no part of the bundle. */
function swaggerFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  } catch {
    return undefined;
  }
}
