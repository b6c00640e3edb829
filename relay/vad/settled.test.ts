import { expect, it } from 'vitest';
import { silentLogger } from '#kernel/logger';
import { createEars } from './ears.ts';
import { inProcess } from './in-process.ts';
import { serverVad } from './testing/heard-scene.ts';
import { piecesOf, spokenAt } from './testing/spoken.ts';

it('a stream is settled when all it was given has been heard, at once when it is closed', async () => {
  const ears = createEars({ start: inProcess, logger: silentLogger, threads: 1 });
  const heard: string[] = [];
  const { pcm } = await spokenAt(16_000);
  const detector = ears.open(16_000, serverVad(500), ({ kind }) => heard.push(kind));
  for (const piece of piecesOf(pcm, 16_000)) detector.push(piece);
  detector.push(new Uint8Array(2 * 16_000));
  // Nothing is heard yet: the network is still being loaded.
  expect(heard).toEqual([]);
  await detector.settled();
  expect(heard[0]).toBe('started');
  expect(heard.at(-1)).toBe('stopped');
  const settled = detector.settled();
  detector.close();
  await settled;
  await ears.close();
});
