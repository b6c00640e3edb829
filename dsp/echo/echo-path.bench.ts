/**
 * What the echo path costs: `npx vitest bench --run --project unit dsp/echo/echo-path.bench.ts`. One iteration is one
 * frame of 32 ms, so that the `mean` column reads as CPU milliseconds per frame.
 */
import { bench } from 'vitest';
import { BLOCK } from './blocks.ts';
import { EchoPath } from './echo-path.ts';
import { toPcm } from './testing/listen.ts';
import { roomResponse } from './testing/room.ts';
import { createScene, generatedMaterial } from './testing/scenes.ts';

const scene = createScene(generatedMaterial(), {
  seconds: 60,
  room: roomResponse(300, 1),
  delayMs: 90,
  echoDb: -10,
  seed: 1,
});
const pcm = toPcm(scene.played);

const path = new EchoPath();
let end = 0;
let shift = 0;
bench('a frame while the assistant speaks', () => {
  if (end + BLOCK > pcm.length) {
    shift += end;
    end = 0;
  }
  end += BLOCK;
  path.play(pcm.subarray(end - BLOCK, end), shift + end);
  path.hear(scene.heard.subarray(end - BLOCK, end), shift + end);
});

const quiet = new EchoPath();
const frame = scene.heard.subarray(0, BLOCK);
bench('a frame while nothing plays', () => {
  quiet.hear(frame, BLOCK);
});
