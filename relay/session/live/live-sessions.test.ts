import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { LIMITS } from '#protocol';
import { ScriptedUpstream } from '../testing/scripted-upstream.ts';
import { createLiveSessions } from './live-sessions.ts';
import { PLAIN } from './testing/live-stage.ts';
import { ScriptedEars } from './testing/scripted-ears.ts';

const HERE = { dialect: 'plain', key: 'sk-one' };

function stage(maxSessions = 2) {
  const clock = new VirtualClock();
  const upstream = new ScriptedUpstream();
  const parts = { upstream, ears: new ScriptedEars(), clock, logger: silentLogger };
  const sessions = createLiveSessions({ ...parts, maxSessions });
  const open = () => {
    const session = sessions.create(PLAIN, HERE);
    if (!session) throw new Error('full');
    return session;
  };
  return { clock, upstream, sessions, open };
}

describe('live sessions', () => {
  it('are kept for a while when their connection is lost, for whoever knows their name', () => {
    const { clock, sessions, open } = stage();
    const session = open();
    sessions.release(session);
    clock.advance(LIMITS.resumeWindowMs - 1);
    expect(sessions.resume(session.id, HERE)).toBe(session);
    sessions.release(session);
    clock.advance(LIMITS.resumeWindowMs);
    expect(sessions.resume(session.id, HERE)).toBeUndefined();
  });

  it('are come back to also before the loss of a connection is noticed, and outlive its end', () => {
    const { clock, sessions, open } = stage();
    const session = open();
    expect(sessions.resume('sess_of_nobody', HERE)).toBeUndefined();
    expect(sessions.resume(session.id, HERE)).toBe(session);
    sessions.release(session);
    let ended = 0;
    session.attach({ tell: () => {}, drained: () => undefined, ended: () => ended++ });
    clock.advance(LIMITS.resumeWindowMs);
    expect(ended).toBe(0);
    sessions.release(session);
    clock.advance(LIMITS.resumeWindowMs);
    expect([ended, sessions.resume(session.id, HERE)]).toEqual([1, undefined]);
  });

  it('that wait for nobody give way to new ones, and connected ones do not', () => {
    const { sessions, open } = stage();
    const [first] = [open(), open()];
    expect(sessions.create(PLAIN, HERE)).toBeUndefined();
    sessions.release(first);
    open();
    expect(sessions.resume(first.id, HERE)).toBeUndefined();
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

  it('open to nobody who comes from elsewhere, connected or kept', () => {
    const { sessions, open } = stage();
    const session = open();
    const strangers = [
      { dialect: 'other', key: 'sk-one' },
      { dialect: 'plain', key: 'sk-two' },
      { dialect: 'plain', key: undefined },
    ];
    const tried = () => strangers.map((origin) => sessions.resume(session.id, origin));
    expect(tried()).toEqual([undefined, undefined, undefined]);
    sessions.release(session);
    expect(tried()).toEqual([undefined, undefined, undefined]);
    expect(sessions.resume(session.id, HERE)).toBe(session);
  });

  it('are not kept when the relay ends them, though their connections give them back', () => {
    const { sessions, open } = stage();
    const session = open();
    session.attach({ tell: () => {}, drained: () => undefined, ended: () => sessions.release(session) });
    sessions.closeAll();
    expect(sessions.resume(session.id, HERE)).toBeUndefined();
  });

  it.each(['in the conversation', 'out of band'])('are waited for while they answer %s', async (where) => {
    const { clock, upstream, sessions, open } = stage();
    const session = open();
    session.attach({ tell: () => {}, drained: () => undefined, ended: () => {} });
    session.addItem({ kind: 'message', role: 'user', content: [{ kind: 'text', text: 'What time is it?' }] });
    session.respond({ isOutOfBand: where === 'out of band' });
    await settled();
    let isDrained = false;
    void sessions.drain(10_000).then(() => (isDrained = true));
    await pass(clock, 2_000);
    expect(isDrained).toBe(false);
    upstream.last.text('Noon.').end();
    await pass(clock, 100);
    expect(isDrained).toBe(true);
  });

  it('are not waited for longer than that', async () => {
    const { clock, sessions, open } = stage();
    const session = open();
    session.attach({ tell: () => {}, drained: () => undefined, ended: () => {} });
    session.addItem({ kind: 'message', role: 'user', content: [{ kind: 'text', text: 'What time is it?' }] });
    session.respond();
    await settled();
    let isDrained = false;
    void sessions.drain(1_000).then(() => (isDrained = true));
    await pass(clock, 900);
    expect(isDrained).toBe(false);
    await pass(clock, 200);
    expect(isDrained).toBe(true);
  });
});

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** In steps, between which promises go on. */
async function pass(clock: VirtualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    await settled();
    clock.advance(50);
  }
  await settled();
}
