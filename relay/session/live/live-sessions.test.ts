import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { LIMITS } from '#protocol';
import { ScriptedUpstream } from '../testing/scripted-upstream.ts';
import { createLiveSessions } from './live-sessions.ts';
import { PLAIN } from './testing/live-stage.ts';
import { ScriptedEars } from './testing/scripted-ears.ts';

function stage(maxSessions = 2) {
  const clock = new VirtualClock();
  const parts = { upstream: new ScriptedUpstream(), ears: new ScriptedEars(), clock, logger: silentLogger };
  const sessions = createLiveSessions({ ...parts, maxSessions });
  const open = () => {
    const session = sessions.create(PLAIN);
    if (!session) throw new Error('full');
    return session;
  };
  return { clock, sessions, open };
}

describe('live sessions', () => {
  it('are kept for a while when their connection is lost, for whoever knows their name', () => {
    const { clock, sessions, open } = stage();
    const session = open();
    sessions.release(session);
    clock.advance(LIMITS.resumeWindowMs - 1);
    expect(sessions.resume(session.id)).toBe(session);
    sessions.release(session);
    clock.advance(LIMITS.resumeWindowMs);
    expect(sessions.resume(session.id)).toBeUndefined();
  });

  it('are come back to also before the loss of a connection is noticed, and outlive its end', () => {
    const { clock, sessions, open } = stage();
    const session = open();
    expect(sessions.resume('sess_of_nobody')).toBeUndefined();
    expect(sessions.resume(session.id)).toBe(session);
    sessions.release(session);
    let ended = 0;
    session.attach({ tell: () => {}, drained: () => undefined, ended: () => ended++ });
    clock.advance(LIMITS.resumeWindowMs);
    expect(ended).toBe(0);
    sessions.release(session);
    clock.advance(LIMITS.resumeWindowMs);
    expect([ended, sessions.resume(session.id)]).toEqual([1, undefined]);
  });

  it('that wait for nobody give way to new ones, and connected ones do not', () => {
    const { sessions, open } = stage();
    const [first] = [open(), open()];
    expect(sessions.create(PLAIN)).toBeUndefined();
    sessions.release(first);
    open();
    expect(sessions.resume(first.id)).toBeUndefined();
  });

  it('all end with the relay, and whoever is connected is told', () => {
    const { sessions, open } = stage();
    let ended = 0;
    for (const session of [open(), open()]) {
      session.attach({ tell: () => {}, drained: () => undefined, ended: () => ended++ });
    }
    sessions.closeAll();
    expect(ended).toBe(2);
  });
});
