import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

export interface BuiltWorker {
  entry: URL;
  remove(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The program of the threads, built as the relay's build does it. Below the checkout, where packages are found. */
export async function buildWorker(): Promise<BuiltWorker> {
  const outDir = await mkdtemp(join(ROOT, 'node_modules/.ears-'));
  await build({
    root: ROOT,
    configFile: join(ROOT, 'vite.relay.config.ts'),
    logLevel: 'error',
    build: { outDir, rollupOptions: { input: { 'vad-worker': 'relay/vad/vad-worker.ts' } } },
  });
  return {
    entry: pathToFileURL(join(outDir, 'vad-worker.js')),
    remove: () => rm(outDir, { recursive: true, force: true }),
  };
}
