import { describe, expect, it } from 'vitest';
import { betterOf, costMsOf, type Network } from './network.ts';

/** A network whose answer depends on its features, plus an error of its own; each run keeps the thread for `costMs`. */
class TestNetwork implements Network {
  readonly backend: Network['backend'];
  readonly #costMs: number;
  readonly #error: number;
  isDisposed = false;

  constructor(backend: Network['backend'], costMs: number, error = 0) {
    this.backend = backend;
    this.#costMs = costMs;
    this.#error = error;
  }

  async run(features: Float32Array): Promise<number> {
    const untilMs = performance.now() + this.#costMs;
    while (performance.now() < untilMs);
    if (Number.isNaN(this.#error)) throw new Error('device lost');
    const mean = features.reduce((sum, value) => sum + value, 0) / features.length;
    return Promise.resolve(1 / (1 + Math.exp(-mean)) + this.#error);
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

describe('the choice between two backends', () => {
  it.each([
    ['gives the same answers clearly faster', 'webgpu', new TestNetwork('webgpu', 1)],
    ['is hardly faster', 'wasm', new TestNetwork('webgpu', 14)],
    ['answers wrong, however fast', 'wasm', new TestNetwork('webgpu', 0, 0.05)],
    ['answers with no number at all', 'wasm', new TestNetwork('webgpu', 0, Infinity)],
    ['breaks down', 'wasm', new TestNetwork('webgpu', 0, NaN)],
  ] as const)('when the GPU %s, is %s', async (_, backend, rival) => {
    const proven = new TestNetwork('wasm', 15);
    expect((await betterOf(proven, rival)).backend).toBe(backend);
    expect([proven.isDisposed, rival.isDisposed]).toEqual([backend === 'webgpu', backend === 'wasm']);
  });

  it('is not waited for without end', async () => {
    const rival = new TestNetwork('webgpu', 1);
    expect((await betterOf(new TestNetwork('wasm', 20), rival, 15)).backend).toBe('wasm');
    expect(rival.isDisposed).toBe(true);
  });

  it('measures what one question costs', async () => {
    expect(await costMsOf(new TestNetwork('wasm', 20))).toBeGreaterThanOrEqual(20);
  });
});
