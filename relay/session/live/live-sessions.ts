import { createHash } from 'node:crypto';
import { LIMITS } from '#protocol';
import { createLiveSession } from './create-live-session.ts';
import type { LiveSession, LiveSessionOptions } from './live-session.ts';
import type { LiveSettings } from './live-settings.ts';

/** Connected or kept; as many as the native conversations. */
const MAX_SESSIONS = 1_000;

const DRAIN_POLL_MS = 50;

/** Where a session is opened from; it is come back to from nowhere else. */
export interface Origin {
  /** What a session was configured in one of them means nothing in another. */
  dialect: string;
  /** The key that was shown, kept hashed. */
  key: string | undefined;
}

/** Every live session of this relay. */
export interface LiveSessions {
  /** Undefined when there are too many. */
  create(settings: LiveSettings, origin: Origin): LiveSession | undefined;
  /**
   * One whose connection was lost, whether or not that has been noticed here, and that is still kept; it takes its id and
   * the key it was opened with.
   */
  resume(id: string, origin: Origin): LiveSession | undefined;
  /** A connection of it is gone: without another it is kept for the resume window, then closed. */
  release(session: LiveSession): void;
  /** Its connection is gone, and nobody can come back to it. */
  end(session: LiveSession): void;
}

export interface LiveSessionsOptions extends Omit<LiveSessionOptions, 'settings'> {
  maxSessions?: number;
}

interface Kept {
  session: LiveSession;
  stopTimer(): void;
}

export interface LiveSessionsEnd {
  /** Resolves when no answer is being given any more, at the latest after `deadlineMs`. */
  drain(deadlineMs: number): Promise<void>;
  closeAll(): void;
}

export const createLiveSessions = (options: LiveSessionsOptions): LiveSessions & LiveSessionsEnd =>
  new SessionStore(options);

class SessionStore implements LiveSessions, LiveSessionsEnd {
  readonly #options: LiveSessionsOptions;
  /** With how many connections: for a while a lost one and the one that came back. */
  readonly #connected = new Map<LiveSession, number>();
  /** In the order in which connections were lost. */
  readonly #kept = new Map<string, Kept>();
  readonly #seals = new WeakMap<LiveSession, string>();

  constructor(options: LiveSessionsOptions) {
    this.#options = options;
  }

  create(settings: LiveSettings, origin: Origin): LiveSession | undefined {
    const { maxSessions = MAX_SESSIONS, ...parts } = this.#options;
    if (this.#connected.size + this.#kept.size >= maxSessions) {
      const [oldest] = this.#kept.keys();
      if (oldest === undefined) return undefined;
      this.#forget(oldest);
    }
    const session = createLiveSession({ ...parts, settings });
    this.#seals.set(session, sealOf(origin));
    this.#connected.set(session, 1);
    return session;
  }

  resume(id: string, origin: Origin): LiveSession | undefined {
    const kept = this.#kept.get(id);
    const session = kept?.session ?? [...this.#connected.keys()].find((other) => other.id === id);
    if (!session || this.#seals.get(session) !== sealOf(origin)) return undefined;
    kept?.stopTimer();
    this.#kept.delete(id);
    this.#connected.set(session, (this.#connected.get(session) ?? 0) + 1);
    return session;
  }

  release(session: LiveSession): void {
    const connections = this.#connected.get(session);
    if (connections === undefined) return;
    if (connections > 1) {
      this.#connected.set(session, connections - 1);
      return;
    }
    this.#connected.delete(session);
    const stopTimer = this.#options.clock.after(LIMITS.resumeWindowMs, () => this.#forget(session.id));
    this.#kept.set(session.id, { session, stopTimer });
  }

  end(session: LiveSession): void {
    this.#connected.delete(session);
    session.close();
  }

  async drain(deadlineMs: number): Promise<void> {
    const { clock } = this.#options;
    const endMs = clock.nowMs() + deadlineMs;
    const isAnswering = () => [...this.#connected.keys()].some((session) => session.isAnswering);
    while (isAnswering() && clock.nowMs() < endMs) {
      await new Promise<void>((resolve) => clock.after(DRAIN_POLL_MS, resolve));
    }
  }

  closeAll(): void {
    for (const id of [...this.#kept.keys()]) this.#forget(id);
    // First no longer known: connections that end give their sessions back to be kept.
    const sessions = [...this.#connected.keys()];
    this.#connected.clear();
    for (const session of sessions) session.close();
  }

  #forget(id: string): void {
    const kept = this.#kept.get(id);
    kept?.stopTimer();
    kept?.session.close();
    this.#kept.delete(id);
  }
}

const sealOf = ({ dialect, key }: Origin): string =>
  createHash('sha256')
    .update(JSON.stringify([dialect, key]))
    .digest('hex');
