import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BodyPieces } from './body-pieces.ts';

function createStage() {
  const body = new PassThrough({ highWaterMark: 1024 });
  return { body, pieces: new BodyPieces(body) };
}
const piece = (text: string) => ({ done: false, value: Buffer.from(text) });

describe('the pieces of a body', () => {
  it('come in their order, whether they were waited for or not, and then the end', async () => {
    const { body, pieces } = createStage();
    const first = pieces.next();
    body.write('a');
    expect(await first).toEqual(piece('a'));
    body.write('b');
    body.end('c');
    await turn();
    expect(await pieces.next()).toEqual(piece('b'));
    expect(await pieces.next()).toEqual(piece('c'));
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
  });

  it('end with what the body failed with, after what came before', async () => {
    const { body, pieces } = createStage();
    body.write('a');
    await turn();
    body.destroy(new Error('broken'));
    await turn();
    expect(await pieces.next()).toEqual(piece('a'));
    await expect(pieces.next()).rejects.toThrow('broken');
    const waiting = createStage();
    const never = waiting.pieces.next();
    waiting.body.destroy();
    await expect(never).rejects.toThrow('closed before its end');
  });

  it('make the server wait while nobody reads, and lose nothing by it', async () => {
    const { body, pieces } = createStage();
    const block = Buffer.alloc(16 * 1024);
    let written = 0;
    while (!body.isPaused() && written < 100) {
      body.write(block);
      written++;
      await turn();
    }
    expect(written * block.length).toBe(64 * 1024);
    body.end();
    let bytes = 0;
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) bytes += next.value.length;
    expect(bytes).toBe(written * block.length);
  });
});
