import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

// Plain Node does not run TypeScript on every version we support; vite, which is here anyway, does.
await runnerImport(fileURLToPath(new URL('./main.ts', import.meta.url)), { configFile: false, logLevel: 'error' });
