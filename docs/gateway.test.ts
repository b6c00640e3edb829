import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { int16ToBytes } from '#dsp/pcm';
import { parseWav } from '#dsp/wav';
import { generatedUtterance } from '../e2e/audio/recordings.ts';
import { setStage, type Stage } from '../e2e/clients/testing/stage.ts';

const ANSWER = 'Good morning to you.';
const PATIENCE_MS = 15_000;
const run = promisify(execFile);
/** Inside the project, whose packages the programs import. */
const FOLDER = fileURLToPath(new URL(`../.cache/gateway-${process.pid}/`, import.meta.url));

const guide = await readFile(new URL('gateway.md', import.meta.url), 'utf8');
const programs = [...guide.matchAll(/^```js\n([\s\S]+?)^```$/gm)].map(([, source]) => source ?? '');

describe('the programs of the gateway guide', () => {
  let stage: Stage;
  beforeAll(async () => {
    await mkdir(FOLDER, { recursive: true });
    stage = await setStage({ reply: ANSWER });
  });
  afterAll(async () => {
    await stage.stop();
    await rm(FOLDER, { recursive: true });
  });

  async function write(name: string, marker: string): Promise<string> {
    const found = programs.filter((source) => source.includes(marker));
    expect(found).toHaveLength(1);
    await writeFile(FOLDER + name, String(found[0]).replaceAll('7860', String(stage.port)));
    return FOLDER + name;
  }

  /** A question as a microphone hands it on, with the silence behind it. */
  async function question(rateHz: number): Promise<Uint8Array> {
    const { samples } = await generatedUtterance('What time is it?', { rateHz, leadMs: 500, tailMs: 1_500 });
    return int16ToBytes(samples);
  }

  it('hold a conversation through the microphone and the loudspeaker', { timeout: 2 * PATIENCE_MS }, async () => {
    await writeFile(`${FOLDER}microphone.raw`, await question(24_000));
    await writeFile(`${FOLDER}arecord`, `#!/bin/sh\ncat ${FOLDER}microphone.raw\n`);
    await writeFile(`${FOLDER}aplay`, `#!/bin/sh\ncat > ${FOLDER}loudspeaker.raw\n`);
    for (const command of ['arecord', 'aplay']) await chmod(FOLDER + command, 0o755);
    const path = await write('talk.mjs', 'arecord');
    const program = spawn(process.execPath, [path], { env: { PATH: `${FOLDER}:${process.env['PATH']}` } });
    let said = '';
    program.stdout.on('data', (text: Buffer) => (said += text.toString()));
    program.stderr.on('data', (text: Buffer) => (said += text.toString()));
    const played = async () => (await readFile(`${FOLDER}loudspeaker.raw`).catch(() => Buffer.alloc(0))).length;
    await expect.poll(async () => [said, (await played()) > 4_800], { timeout: PATIENCE_MS }).toEqual([ANSWER, true]);
    program.kill();
  });

  it('ask a question in a file and get the answer in another', { timeout: 2 * PATIENCE_MS }, async () => {
    await writeFile(`${FOLDER}question.raw`, await question(16_000));
    const path = await write('ask.mjs', 'question.raw');
    const { stdout, stderr } = await run(process.execPath, [path], { cwd: FOLDER, timeout: PATIENCE_MS });
    expect([stdout, stderr]).toEqual([ANSWER, '']);
    const wav = parseWav(await readFile(`${FOLDER}answer.wav`));
    expect(wav.ok && wav.value.rateHz).toBe(24_000);
  });
});
