import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '#kernel/clock';

const SECRET_PREFIX = 'ek_';
const SECRET_BYTES = 24;
/** Live secrets at a time; beyond it the oldest gives way. */
const MAX_SECRETS = 10_000;

/** Why a key was refused, for whoever runs the relay. */
export const KEY_REFUSED =
  'a key of this relay is needed: one of those in its setting API_KEYS, or a secret minted with one of them';

export interface ClientKeysOptions {
  /** As configured; empty when none are. */
  keys: readonly string[];
  /** Whether nobody but programs on this machine can reach the relay: without configured keys, then, all may use it. */
  isLoopbackOnly: boolean;
  clock: Clock;
}

export interface ClientSecret {
  value: string;
  /** Of the system clock, in whole seconds since 1970. */
  expiresAt: number;
}

interface MintedSecret {
  expiresAtMs: number;
  session: unknown;
}

/**
 * Who may use the dialects of other people's clients: the configured keys, and secrets of short life minted with them,
 * which may be used any number of times until they expire. Kept hashed: a memory dump opens nothing.
 */
export class ClientKeys {
  readonly #hashes: ReadonlySet<string>;
  readonly #isOpen: boolean;
  readonly #clock: Clock;
  /** By hash; in order of minting, so that the first is the oldest. */
  readonly #secrets = new Map<string, MintedSecret>();

  constructor({ keys, isLoopbackOnly, clock }: ClientKeysOptions) {
    this.#hashes = new Set(keys.map(hashOf));
    this.#isOpen = keys.length === 0 && isLoopbackOnly;
    this.#clock = clock;
  }

  /** Whether a client with this key, or with none, may use the relay. */
  check(key: string | undefined): boolean {
    return this.#isOpen || this.proves(key);
  }

  /** Whether the key itself shows that its bearer was let in by the relay's owner, wherever a request comes from. */
  proves(key: string | undefined): boolean {
    if (key === undefined) return false;
    const hash = hashOf(key);
    return this.#hashes.has(hash) || this.#live(hash) !== undefined;
  }

  /** Whether it may mint secrets: a secret may not prolong its own life. */
  mayMint(key: string | undefined): boolean {
    return this.#isOpen || (key !== undefined && this.#hashes.has(hashOf(key)));
  }

  /** A secret that opens connections for `ttlMs`; `session` is how they begin. */
  mint(ttlMs: number, session?: unknown): ClientSecret {
    this.#dropOldest();
    const value = SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('hex');
    this.#secrets.set(hashOf(value), { expiresAtMs: this.#clock.nowMs() + ttlMs, session });
    return { value, expiresAt: Math.floor((Date.now() + ttlMs) / 1000) };
  }

  /** The session that was given when this secret was minted; undefined for every other key. */
  take(key: string | undefined): unknown {
    return key === undefined ? undefined : this.#live(hashOf(key))?.session;
  }

  #live(hash: string): MintedSecret | undefined {
    const secret = this.#secrets.get(hash);
    if (!secret || secret.expiresAtMs > this.#clock.nowMs()) return secret;
    this.#secrets.delete(hash);
    return undefined;
  }

  #dropOldest(): void {
    const nowMs = this.#clock.nowMs();
    for (const [hash, { expiresAtMs }] of this.#secrets) {
      if (expiresAtMs > nowMs && this.#secrets.size < MAX_SECRETS) return;
      this.#secrets.delete(hash);
    }
  }
}

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');
