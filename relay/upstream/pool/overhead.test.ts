import { setImmediate as nextTick } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ContextItem, ReplyEvent, Upstream } from '../upstream.ts';
import { Pool } from './pool.ts';
import { serverOptions } from './testing/timed-upstream.ts';

const items: ContextItem[] = [{ kind: 'user', audio: new Uint8Array(64_000) }];
const TURN = { settings: {}, items, conversation: 'c' };

/** Says when it was asked, and when it gave its first audio away. */
class Stamping implements Upstream {
  readonly name = 'stamping';
  readonly model = 'm';
  readonly outputRateHz = 24_000;
  readonly voices = [];
  askedAtMs = 0;
  audioAtMs = 0;

  async *respond(): AsyncGenerator<ReplyEvent, void> {
    this.askedAtMs = performance.now();
    await nextTick();
    yield { kind: 'text', text: 'Noon.' };
    await nextTick();
    this.audioAtMs = performance.now();
    yield { kind: 'audio', pcm: new Uint8Array(4_800) };
  }

  check() {
    return Promise.resolve({ state: 'up' } as const);
  }
}

async function measure(upstream: Upstream, inner: Stamping): Promise<number[]> {
  const addedMs: number[] = [];
  for (let i = 0; i < 1_000; i++) {
    const startedMs = performance.now();
    for await (const event of upstream.respond(TURN, new AbortController().signal)) {
      if (event.kind === 'audio') addedMs.push(inner.askedAtMs - startedMs + performance.now() - inner.audioAtMs);
    }
  }
  return addedMs.sort((a, b) => a - b);
}

describe('what a pool costs', () => {
  it('is less than a millisecond to the first audio, asking and passing it on together', async () => {
    const inner = new Stamping();
    const pool = new Pool({ groups: [{ name: 'gpu', servers: [serverOptions(inner, { maxConcurrent: 4 })] }] });
    const direct = await measure(inner, inner);
    const pooled = await measure(pool, inner);
    const at = (sorted: number[], share: number) => sorted[Math.floor(share * sorted.length)] ?? Infinity;
    process.stdout.write(
      `to first audio: direct ${at(direct, 0.5).toFixed(3)} ms, through the pool ${at(pooled, 0.5).toFixed(3)} ms (p99 ${at(pooled, 0.99).toFixed(3)})\n`,
    );
    expect(pooled).toHaveLength(1_000);
    expect(at(pooled, 0.5) - at(direct, 0.5)).toBeLessThan(1);
  });
});
