import { ensureBuilt } from './build.mjs';

/** Runs before the end-to-end tests: they drive what is in dist/, so that has to be today's. */
export default async function setUp() {
  const built = await ensureBuilt((line) => process.stderr.write(`${line}\n`));
  if (!built.ok) throw new Error(`The build failed.\n${built.output}`);
}
