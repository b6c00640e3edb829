import { describe, expect, test } from 'vitest';
import { MemoryStore } from './fakes/memory-store.ts';
import { createJournal } from './journal.ts';
import type { JournalHealth } from '../conversation/ports.ts';
import { VirtualClock } from '#kernel/clock';

const frame = (value: number) => new Uint8Array(1024).fill(value);
const full = { kind: 'storage-full', retry: 'later' } as const;

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

function bench() {
  const store = new MemoryStore();
  const clock = new VirtualClock();
  const journal = createJournal({ store, clock, wallNowMs: () => 1_000 });
  const health: JournalHealth[] = [];
  journal.onHealth((state) => health.push(state));
  const pass = async (ms: number) => {
    clock.advance(ms);
    await settle();
  };
  const speak = (utterance: string, frames: number) => {
    journal.beginUtterance('c', utterance);
    for (let i = 0; i < frames; i++) journal.appendFrame(utterance, frame(i));
  };
  return { store, clock, journal, health, pass, speak };
}

describe('a journal', () => {
  test('writes what was spoken within a quarter of a second, as one record', async () => {
    const { store, speak, pass } = bench();
    speak('u', 8);
    await pass(249);
    expect(store.writes).toEqual([]);
    await pass(1);
    expect(store.writes).toHaveLength(1);
    expect(store.writes[0]?.durability).toBe('relaxed');
    expect(store.writes[0]?.ops.map(({ op }) => op)).toEqual(['begin', 'audio']);
  });

  test('seals strictly, also when another write takes the seal along', async () => {
    const { store, journal, speak } = bench();
    speak('u', 2);
    void journal.flush();
    const sealed = await journal.seal('u');
    expect(sealed.ok).toBe(true);
    const withSeal = store.writes.find(({ ops }) => ops.some(({ op }) => op === 'note'));
    expect(withSeal?.durability).toBe('strict');
  });

  test('says nothing about being durable before a write is complete', async () => {
    const { store, journal, health, speak } = bench();
    let open = () => {};
    store.gate = new Promise((resolve) => (open = resolve));
    speak('u', 1);
    let isSealed = false;
    const sealed = journal.seal('u').then(() => (isSealed = true));
    await settle();
    expect(isSealed).toBe(false);
    expect(health).toEqual([]);
    open();
    await sealed;
    expect(health).toEqual([{ state: 'durable' }]);
  });

  test('gives back what is pending, in frames, oldest first', async () => {
    const { journal, speak } = bench();
    speak('u1', 2);
    speak('u2', 3);
    await journal.seal('u1');
    journal.noteAttempt('u1', 2);
    journal.notePlayed('u1', 480);
    const pending = await journal.pending('c');
    expect(pending).toEqual([
      {
        utterance: 'u1',
        conversation: 'c',
        frames: [frame(0), frame(1)],
        isSealed: true,
        attempt: 2,
        playedSample: 480,
        startedAtMs: 1_000,
      },
      {
        utterance: 'u2',
        conversation: 'c',
        frames: [frame(0), frame(1), frame(2)],
        isSealed: false,
        attempt: 0,
        playedSample: 0,
        startedAtMs: 1_000,
      },
    ]);
    expect(await journal.pending('another')).toEqual([]);
  });

  test('has nothing pending of what was settled or discarded', async () => {
    const { journal, speak } = bench();
    speak('u1', 1);
    speak('u2', 1);
    expect((await journal.settle('u1', 1)).ok).toBe(true);
    journal.discard('u2');
    expect(await journal.pending('c')).toEqual([]);
    expect(await journal.userAudio('u1')).toEqual(frame(0));
    expect(await journal.userAudio('u2')).toBeUndefined();
  });

  test('takes more frames after a seal', async () => {
    const { journal, speak } = bench();
    speak('u', 2);
    await journal.seal('u');
    journal.reopen('u');
    journal.appendFrame('u', frame(9));
    const [pending] = await journal.pending('c');
    expect(pending?.isSealed).toBe(false);
    expect(pending?.frames).toEqual([frame(0), frame(1), frame(9)]);
  });

  test('closes its store once everything is written', async () => {
    const { store, journal, speak } = bench();
    speak('u', 1);
    journal.close();
    await settle();
    expect(store.writes).toHaveLength(1);
    expect(store.isClosed).toBe(true);
  });
});

describe('a journal that cannot write', () => {
  test('says so once, keeps the utterance in memory, and is durable again when there is room', async () => {
    const { store, journal, health, speak, pass } = bench();
    store.problem = full;
    speak('u', 4);
    await pass(250);
    expect(health).toEqual([{ state: 'memory', problem: full }]);
    journal.appendFrame('u', frame(4));
    expect(await journal.seal('u')).toEqual({ ok: false, problem: full });
    expect((await journal.pending('c'))[0]?.frames).toHaveLength(5);
    expect(health).toHaveLength(1);
    store.problem = undefined;
    await pass(5_000);
    expect(health.at(-1)).toEqual({ state: 'durable' });
    expect((await journal.pending('c'))[0]?.frames).toEqual([0, 1, 2, 3, 4].map(frame));
    expect(store.writes.flatMap(({ ops }) => ops.map(({ op }) => op))).toEqual(['begin', 'audio', 'note']);
  });

  test('does not ask a full store four times a second', async () => {
    const { store, journal, speak, pass } = bench();
    store.problem = full;
    let asked = 0;
    const write = store.write.bind(store);
    store.write = (ops, durability) => (asked++, write(ops, durability));
    speak('u', 1);
    for (let i = 0; i < 40; i++) {
      journal.appendFrame('u', frame(i));
      await pass(250);
    }
    expect(asked).toBeLessThanOrEqual(3);
  });

  test('works from memory alone when there is no storage at all', async () => {
    const { store, journal, speak } = bench();
    store.problem = { kind: 'storage-unavailable', retry: 'later' };
    speak('u', 3);
    expect((await journal.pending('c'))[0]?.frames).toHaveLength(3);
    expect((await journal.userAudio('u'))?.length).toBe(3 * 1024);
    expect((await journal.settle('u', 1)).ok).toBe(false);
    expect(await journal.pending('c')).toEqual([]);
    expect((await journal.userAudio('u'))?.length).toBe(3 * 1024);
  });
});
