import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setStage, type Stage } from '../e2e/clients/testing/stage.ts';

const ANSWER = 'Good morning to you.';
const run = promisify(execFile);
/** Inside the project, whose packages the programs import. */
const FOLDER = fileURLToPath(new URL(`../.cache/clients-${process.pid}/`, import.meta.url));
const guide = await readFile(new URL('clients.md', import.meta.url), 'utf8');
const programs = [...guide.matchAll(/^## (.+)$|^```js\n([\s\S]+?)^```$/gm)].reduce<[title: string, source: string][]>(
  (found, [, title, source]) => {
    if (title !== undefined) return [...found, [title, '']];
    const last = found.at(-1);
    if (last && source !== undefined) last[1] += source;
    return found;
  },
  [],
);

describe('the guide for other clients', () => {
  let stage: Stage;
  beforeAll(async () => {
    await mkdir(FOLDER, { recursive: true });
    stage = await setStage({ reply: ANSWER });
  });
  afterAll(async () => {
    await stage.stop();
    await rm(FOLDER, { recursive: true });
  });

  it('has three programs for Node', () => {
    expect(programs.filter(([, source]) => source !== '')).toHaveLength(3);
  });

  it.concurrent.for(programs.filter(([, source]) => source !== ''))(
    'has a program that works for %s',
    async ([title, source], { expect }) => {
      const path = `${FOLDER}${title.replaceAll(/\W+/g, '-')}.mjs`;
      await writeFile(path, source.replaceAll('7860', String(stage.port)));
      // Node 20 has the browser's WebSocket only when it is asked for.
      const { stdout, stderr } = await run(process.execPath, ['--experimental-websocket', '--no-warnings', path], {
        timeout: 15_000,
      });
      expect([stdout.trim(), stderr]).toEqual([ANSWER, '']);
    },
  );
});
