import { BLOCK } from '../blocks.ts';
import type { EchoPath } from '../echo-path.ts';
import type { Scene } from './scenes.ts';

export interface Listened {
  likelihoods: number[];
  /** Of the whole scene, one after the other. */
  residual: Float32Array<ArrayBuffer>;
  /** Where the delay was known first, in samples. */
  locatedAt: number | undefined;
}

/** Plays a whole scene to an echo path, block by block. `before` is called with each block's start. */
export function listen(path: EchoPath, scene: Scene, before?: (start: number) => void): Listened {
  const likelihoods: number[] = [];
  const residual = new Float32Array(scene.heard.length);
  const pcm = toPcm(scene.played);
  let locatedAt: number | undefined;
  for (let start = 0; start + BLOCK <= scene.heard.length; start += BLOCK) {
    before?.(start);
    const played = pcm.subarray(start, start + BLOCK);
    // As the playback worklet does it: silence is not sent.
    if (played.some((sample) => sample !== 0)) path.play(played, start + BLOCK);
    likelihoods.push(path.hear(scene.heard.subarray(start, start + BLOCK), start + BLOCK));
    residual.set(path.residual, start);
    if (path.delaySamples !== undefined) locatedAt ??= start + BLOCK;
  }
  return { likelihoods, residual, locatedAt };
}

export function toPcm(signal: Float32Array): Int16Array<ArrayBuffer> {
  return Int16Array.from(signal, (x) => Math.max(-32_768, Math.min(32_767, Math.round(x * 32_768))));
}

/** Power of `a` over that of `b` in one span of samples, in dB. */
export function levelDifferenceDb(a: Float32Array, b: Float32Array, from: number, to: number): number {
  let powerA = 0;
  let powerB = 0;
  for (let i = from; i < to; i++) {
    powerA += a[i]! * a[i]!;
    powerB += b[i]! * b[i]!;
  }
  return 10 * Math.log10(powerA / powerB);
}
