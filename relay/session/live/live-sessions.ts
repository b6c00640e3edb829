import type { Clock } from '#kernel/clock';
import { LIMITS } from '#protocol';
import { createLiveSession } from './create-live-session.ts';
import type { LiveSession, LiveSessionOptions } from './live-session.ts';
import type { LiveSettings } from './live-settings.ts';

/** Connected or kept; as many as the native conversations. */
const MAX_SESSIONS = 1_000;

/** Every live session of this relay. */
export interface LiveSessions {
  /** Undefined when there are too many. */
  create(settings: LiveSettings): LiveSession | undefined;
  /**
   * One whose connection was lost, whether or not that has been noticed here, and that is still kept; its id is what
   * proves the right to it.
   */
  resume(id: string): LiveSession | undefined;
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

export function createLiveSessions(options: LiveSessionsOptions): LiveSessions & { closeAll(): void } {
  const { maxSessions = MAX_SESSIONS, ...parts } = options;
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
    create(settings) {
      const [oldest] = kept.keys();
      if (connected.size + kept.size >= maxSessions) {
        if (oldest === undefined) return undefined;
        forget(oldest);
      }
      const session = createLiveSession({ ...parts, settings });
      connected.set(session, 1);
      return session;
    },
    resume(id) {
      const entry = kept.get(id);
      entry?.stopTimer();
      kept.delete(id);
      const session = entry?.session ?? [...connected.keys()].find((other) => other.id === id);
      if (session) connected.set(session, (connected.get(session) ?? 0) + 1);
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
      const stopTimer = after(parts.clock, () => forget(session.id));
      kept.set(session.id, { session, stopTimer });
    },
    end(session) {
      connected.delete(session);
      session.close();
    },
    closeAll() {
      for (const id of [...kept.keys()]) forget(id);
      for (const session of connected.keys()) session.close();
      connected.clear();
    },
  };
}

const after = (clock: Clock, callback: () => void) => clock.after(LIMITS.resumeWindowMs, callback);
