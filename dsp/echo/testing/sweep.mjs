/**
 * Measures the echo path with the voice detector over rooms, delays and levels, for minutes of speech:
 * `node dsp/echo/testing/sweep.mjs [levels=0,-10,-20,-30] [seconds alone=400] [seconds with a talker=120]`, per room.
 */
import { runnerImport } from 'vite';

const [levels = '0,-10,-20,-30', alone = '400', talk = '120'] = process.argv.slice(2);
const { module } = await runnerImport(new URL('./sweep.ts', import.meta.url).pathname, { configFile: false });
await module.sweep(levels.split(',').map(Number), Number(alone), Number(talk), (line) =>
  process.stdout.write(`${line}\n`),
);
