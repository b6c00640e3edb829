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
  /** In the order in which connections were lost. */
  stopTimer(): void;
}

export interface LiveSessionsEnd {
  /** Resolves when no answer is being given any more, at the latest after `deadlineMs`. */
  drain(deadlineMs: number): Promise<void>;
  closeAll(): void;
}

export function createLiveSessions(options: LiveSessionsOptions): LiveSessions & LiveSessionsEnd {
  const { maxSessions = MAX_SESSIONS, ...parts } = options;
  const { clock } = parts;
  const seals = new WeakMap<LiveSession, string>();
  /** With how many connections: for a while a lost one and the one that came back. */
  const connected = new Map<LiveSession, number>();
  const kept = new Map<string, Kept>();
  const forget = (id: string): void => {
    const entry = kept.get(id);
    entry?.stopTimer();
    entry?.session.close();
    kept.delete(id);
  };
  return {
    create(settings, origin) {
      const [oldest] = kept.keys();
      if (connected.size + kept.size >= maxSessions) {
        if (oldest === undefined) return undefined;
        forget(oldest);
      }
      const session = createLiveSession({ ...parts, settings });
      seals.set(session, sealOf(origin));
      connected.set(session, 1);
      return session;
    },
    resume(id, origin) {
      const entry = kept.get(id);
      const session = entry?.session ?? [...connected.keys()].find((other) => other.id === id);
      if (!session || seals.get(session) !== sealOf(origin)) return undefined;
      entry?.stopTimer();
      kept.delete(id);
      connected.set(session, (connected.get(session) ?? 0) + 1);
      return session;
    },
    release(session) {
      const connections = connected.get(session);
      if (connections === undefined) return;
      if (connections > 1) {
        connected.set(session, connections - 1);
        return;
      }
      connected.delete(session);
      const stopTimer = clock.after(LIMITS.resumeWindowMs, () => forget(session.id));
      kept.set(session.id, { session, stopTimer });
    },
    end(session) {
      connected.delete(session);
      session.close();
    },
    async drain(deadlineMs) {
      const endMs = clock.nowMs() + deadlineMs;
      const isAnswering = () => [...connected.keys()].some((session) => session.isAnswering);
      while (isAnswering() && clock.nowMs() < endMs) {
        await new Promise<void>((resolve) => clock.after(DRAIN_POLL_MS, resolve));
      }
    },
    closeAll() {
      for (const id of [...kept.keys()]) forget(id);
      // First no longer known: connections that end give their sessions back to be kept.
      const sessions = [...connected.keys()];
      connected.clear();
      for (const session of sessions) session.close();
    },
  };
}

const sealOf = ({ dialect, key }: Origin): string =>
  createHash('sha256')
    .update(JSON.stringify([dialect, key]))
    .digest('hex');
