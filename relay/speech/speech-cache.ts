import { createHash } from 'node:crypto';
import type { Clock } from '#kernel/clock';
import type { SpeechRequest } from '../upstream/speech.ts';

export interface CacheLimits {
  maxBytes: number;
  ttlMs: number;
}

/** About 22 minutes of speech at 24 kHz, an hour long: enough for a page's standing sentences. */
export const SPEECH_CACHE_LIMITS: CacheLimits = { maxBytes: 64 * 1024 * 1024, ttlMs: 3_600_000 };

/**
 * Speech made before, in memory only: the least recently used goes first, and nothing stays longer than its time.
 * Texts are kept as hashes.
 */
export class SpeechCache {
  readonly #clock: Clock;
  readonly #limits: CacheLimits;
  /** In the order of their last use. */
  readonly #entries = new Map<string, { pcm: Uint8Array; untilMs: number }>();
  #bytes = 0;

  constructor(clock: Clock, limits: CacheLimits = SPEECH_CACHE_LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Uint8Array | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#drop(key, entry);
    if (entry.untilMs < this.#clock.nowMs()) return undefined;
    this.#bytes += entry.pcm.length;
    this.#entries.set(key, entry);
    return entry.pcm;
  }

  /** One that is too large for the cache as a whole is not kept. */
  put(key: string, pcm: Uint8Array): void {
    const former = this.#entries.get(key);
    if (former) this.#drop(key, former);
    if (pcm.length > this.#limits.maxBytes) return;
    this.#entries.set(key, { pcm, untilMs: this.#clock.nowMs() + this.#limits.ttlMs });
    this.#bytes += pcm.length;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#limits.maxBytes) break;
      this.#drop(oldest, entry);
    }
  }

  #drop(key: string, entry: { pcm: Uint8Array }): void {
    this.#entries.delete(key);
    this.#bytes -= entry.pcm.length;
  }
}

/** The same for requests that sound the same. */
export function cacheKey({ text, voice, language, speed }: SpeechRequest, model: string): string {
  const parts = JSON.stringify([model, voice ?? null, language ?? null, speed ?? 1, text]);
  return createHash('sha256').update(parts).digest('base64');
}
