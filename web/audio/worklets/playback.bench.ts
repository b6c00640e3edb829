/**
 * What playback costs: `npx vitest bench --run --project unit web/audio/worklets/playback.bench.ts`. One iteration is one
 * second in a 48 kHz context in quanta of 128 samples, so that `mean` reads as CPU milliseconds per second, and
 * 1000 / 375 of it as microseconds per quantum.
 */
import { bench } from 'vitest';
import { Playback } from './playback.ts';
import { OPTIONS, tone } from './testing/playback-rig.ts';

const RATE_HZ = 48_000;
const QUANTUM = 128;
const second = tone(24_000, 1_000);

/** `hasAnswer`: one is played; otherwise nothing ever was. */
function player(hasAnswer: boolean): () => void {
  const playback = new Playback(RATE_HZ, OPTIONS, (event) => {
    if (event.type === 'tap') playback.handle({ type: 'recycle', pcm: event.pcm });
  });
  const output = new Float32Array(QUANTUM);
  let quantum = 0;
  if (hasAnswer) playback.handle({ type: 'start', stream: 1, rateHz: 24_000 });
  return () => {
    if (hasAnswer) playback.handle({ type: 'audio', stream: 1, pcm: second });
    for (let i = 0; i < RATE_HZ / QUANTUM; i++) playback.render(output, QUANTUM, (quantum++ * QUANTUM) / RATE_HZ);
  };
}

bench('a second of nothing', player(false));
bench('a second of an answer', player(true));
