import { logMel } from '#models/end-of-turn/log-mel';

/** The end-of-turn network, ready to run. One question at a time. */
export interface Network {
  backend: 'webgpu' | 'wasm';
  /** Log-mel features in, probability out. */
  run(features: Float32Array<ArrayBuffer>): Promise<number>;
  dispose(): void;
}

/** Answers of two backends that differ by more are not the same network's. */
export const MAX_DIFFERENCE = 0.02;
/** The other backend has to be worth its memory and its larger runtime. */
const WORTH_IT = 1.5;

/** For the comparison; whoever needs longer for it is not the faster one. */
const PATIENCE_MS = 10_000;

/** The better of two: `rival` only where it gives the same answers clearly faster. The other one is disposed. */
export async function betterOf(proven: Network, rival: Network, patienceMs = PATIENCE_MS): Promise<Network> {
  const startedMs = performance.now();
  const keep = (kept: Network, other: Network): Network => {
    other.dispose();
    return kept;
  };
  try {
    for (const features of probes()) {
      const difference = Math.abs((await proven.run(features)) - (await rival.run(features)));
      const isOverTime = performance.now() - startedMs > patienceMs;
      if (isOverTime || !(difference <= MAX_DIFFERENCE)) return keep(proven, rival);
    }
    const isFaster = (await costMsOf(rival)) * WORTH_IT < (await costMsOf(proven));
    return isFaster ? keep(rival, proven) : keep(proven, rival);
  } catch {
    // A driver that gives up in the middle is no candidate.
    return keep(proven, rival);
  }
}

/** The best of three, after one that compiles and allocates: what a question costs when nothing else gets in the way. */
export async function costMsOf(network: Network): Promise<number> {
  const [features] = probes();
  if (!features) return Infinity;
  await network.run(features);
  let best = Infinity;
  for (let i = 0; i < 3; i++) {
    const startedMs = performance.now();
    await network.run(features);
    best = Math.min(best, performance.now() - startedMs);
  }
  return best;
}

/** Features of sounds that make a network tell different things: a voice-like tone that fades, and noise up to the end. */
function probes(): Float32Array<ArrayBuffer>[] {
  const tone = Float32Array.from(
    { length: 32_000 },
    (_, i) => Math.sin(i / 20) * Math.sin(i / 7) * Math.exp(-i / 8000),
  );
  let seed = 1;
  const noise = Float32Array.from({ length: 32_000 }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    return seed / 2 ** 33;
  });
  return [logMel(tone), logMel(noise)];
}
