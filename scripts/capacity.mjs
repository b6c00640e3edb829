import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './lib/install.mjs';

// Node built-ins only until the install is done, so that one command is enough in a fresh clone.
const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

if (!(await ensureInstalled(say))) process.exit(1);
const { ensureBuilt } = await import('./lib/build.mjs');
// It measures what is in dist/, so that has to be today's.
const built = await ensureBuilt(say);
if (!built.ok) throw new Error(`The build failed.\n${built.output}`);

// Plain Node does not run TypeScript on every version we support; vite, which is here anyway, does.
const { runnerImport } = await import('vite');
await runnerImport(fileURLToPath(new URL('../e2e/capacity/main.ts', import.meta.url)), {
  configFile: false,
  logLevel: 'error',
});
