import { describe, expect, test, vi } from 'vitest';
import { concat } from './audio-records.ts';
import { createConversationStore } from './conversations.ts';
import { Database } from './database.ts';
import { createJournal } from './journal.ts';
import { IndexedDbJournalStore } from './journal-store.ts';
import type { JournalHealth } from '../conversation/ports.ts';
import type { LogFact } from '../conversation/log.ts';

const FRAME_BYTES = 1024;
let databases = 0;

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) => byte.toString(16)).join();
}

/** Noise: nothing that a wrong order, a lost piece or a compressor could get right by luck. */
function noise(bytes: number): Uint8Array<ArrayBuffer> {
  const pcm = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(pcm.subarray(at, at + 65_536));
  return pcm;
}

function framesOf(pcm: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: pcm.length / FRAME_BYTES }, (_, i) => pcm.slice(i * FRAME_BYTES, (i + 1) * FRAME_BYTES));
}

function bench(name = `journal-${Date.now()}-${databases++}`) {
  const database = new Database({ name });
  const journal = createJournal({ store: new IndexedDbJournalStore(database) });
  const health: JournalHealth[] = [];
  journal.onHealth((state) => health.push(state));
  return { name, database, journal, health, store: createConversationStore(new Database({ name })) };
}

const entry = (seq: number, fact: LogFact) => ({ ...fact, conversation: 'c', seq, atMs: 1_000 + seq });

describe('a journal in the browser', () => {
  test('gives the audio back byte for byte, on another connection', async () => {
    const { name, journal, store } = bench();
    const pcm = noise(200 * FRAME_BYTES);
    journal.beginUtterance('c', 'u');
    for (const [i, frame] of framesOf(pcm).entries()) {
      journal.appendFrame('u', frame);
      if (i % 13 === 0) await journal.flush();
    }
    expect((await journal.seal('u')).ok).toBe(true);
    const read = await bench(name).journal.userAudio('u');
    expect(read && (await sha256(read))).toBe(await sha256(pcm));
    expect(await store.userAudio('u')).toEqual(pcm);
    const [pending] = await bench(name).journal.pending('c');
    expect(pending?.frames).toEqual(framesOf(pcm));
    expect(pending?.isSealed).toBe(true);
  });

  test('has all but the last half second of what was being said when its worker was killed', async () => {
    const { name, journal } = bench();
    const worker = new Worker(new URL('./fakes/speaking.worker.ts', import.meta.url), { type: 'module' });
    let spoken = 0;
    const spokenEnough = new Promise<void>((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<number>) => {
        spoken = data;
        if (spoken === 60) resolve();
      };
    });
    worker.postMessage({ database: name, conversation: 'c', utterance: 'u' });
    await spokenEnough;
    worker.terminate();
    const [pending] = await journal.pending('c');
    expect(pending?.isSealed).toBe(false);
    expect(pending?.frames.length).toBeGreaterThanOrEqual(spoken - 500 / 32);
    expect(pending?.frames.every((frame, i) => frame.every((byte) => byte === i))).toBe(true);
  });

  test('keeps the answer of the settled attempt and none of the others', async () => {
    const { journal, store } = bench();
    journal.beginUtterance('c', 'u');
    journal.appendFrame('u', noise(FRAME_BYTES));
    journal.appendReply('u', 1, 24_000, 0, noise(400));
    await journal.flush();
    const answer = noise(8_000);
    for (let at = 0; at < 8_000; at += 800) journal.appendReply('u', 2, 16_000, at / 2, answer.subarray(at, at + 800));
    journal.appendReply('u', 3, 24_000, 0, noise(400));
    expect((await journal.settle('u', 2)).ok).toBe(true);
    expect(await journal.pending('c')).toEqual([]);
    expect(await store.replyAudio('u')).toEqual({ pcm: answer, rateHz: 16_000 });
    expect((await store.userAudio('u'))?.length).toBe(FRAME_BYTES);
  });

  test('leaves nothing of a discarded utterance', async () => {
    const { journal, store } = bench();
    journal.beginUtterance('c', 'u');
    journal.appendFrame('u', noise(FRAME_BYTES));
    journal.appendReply('u', 1, 24_000, 0, noise(400));
    await journal.flush();
    journal.discard('u');
    await journal.flush();
    expect(await store.userAudio('u')).toBeUndefined();
    expect(await store.replyAudio('u')).toBeUndefined();
    expect(await journal.pending('c')).toEqual([]);
  });

  test('shares the database with a second connection that writes at the same time', async () => {
    const one = bench();
    const two = bench(one.name);
    const audio = [noise(40 * FRAME_BYTES), noise(40 * FRAME_BYTES)] as const;
    for (const [i, { journal }] of [one, two].entries()) journal.beginUtterance('c', `u${i}`);
    for (let i = 0; i < 40; i++) {
      const at = i * FRAME_BYTES;
      one.journal.appendFrame('u0', audio[0].slice(at, at + FRAME_BYTES));
      two.journal.appendFrame('u1', audio[1].slice(at, at + FRAME_BYTES));
      if (i % 5 === 0) await Promise.all([one.journal.flush(), two.journal.flush()]);
    }
    await Promise.all([one.journal.seal('u0'), two.journal.seal('u1')]);
    expect(await two.journal.userAudio('u0')).toEqual(audio[0]);
    expect(await one.journal.userAudio('u1')).toEqual(audio[1]);
  });

  test('does without records that are damaged, and deletes none', async () => {
    const { journal, database } = bench();
    for (const utterance of ['good', 'headless', 'holed']) {
      journal.beginUtterance('c', utterance);
      for (const frame of framesOf(noise(6 * FRAME_BYTES))) {
        journal.appendFrame(utterance, frame);
        await journal.flush();
      }
    }
    const damaged = await database.run(async (db) => {
      await db.put('utterances', JSON.parse('{"utterance":"headless","pendingIn":"c"}'));
      await db.put('audio', JSON.parse(`{"utterance":"holed","byte":${3 * FRAME_BYTES},"pcm":"?"}`));
      return db.count('audio');
    });
    const pending = await journal.pending('c');
    expect(pending.map(({ utterance, frames }) => [utterance, frames.length])).toEqual([
      ['good', 6],
      ['holed', 3],
    ]);
    expect(await database.run((db) => db.count('audio'))).toEqual(damaged);
  });

  test('asks for strict durability when an utterance is sealed or settled, and for relaxed in between', async () => {
    const { journal } = bench();
    const spy = vi.spyOn(IDBDatabase.prototype, 'transaction');
    try {
      journal.beginUtterance('c', 'u');
      await journal.flush();
      await journal.seal('u');
      await journal.settle('u', 1);
      expect(spy.mock.calls.map(([, , options]) => options?.durability)).toEqual(['relaxed', 'strict', 'strict']);
    } finally {
      spy.mockRestore();
    }
  });
});

describe('a full disk', () => {
  test('is told, costs nothing that was said, and is written to again when there is room', async () => {
    const { database, journal, health, store } = bench();
    // A bucket has a quota of its own, so that the browser's real error comes after a megabyte and not after 10 GB.
    const bucket = await smallBucket(1_000_000);
    vi.stubGlobal('indexedDB', bucket);
    try {
      journal.beginUtterance('c', 'u');
      const pcm = noise(3_000 * FRAME_BYTES);
      for (const frame of framesOf(pcm)) journal.appendFrame('u', frame);
      expect(await journal.seal('u')).toMatchObject({ ok: false, problem: { kind: 'storage-full', retry: 'later' } });
      expect(health).toMatchObject([{ state: 'memory', problem: { kind: 'storage-full' } }]);
      const [pending] = await journal.pending('c');
      expect(await sha256(concat(pending?.frames ?? []))).toBe(await sha256(pcm));
      vi.unstubAllGlobals();
      database.close();
      expect((await journal.seal('u')).ok).toBe(true);
      expect(health.at(-1)).toEqual({ state: 'durable' });
      const read = await store.userAudio('u');
      expect(read && (await sha256(read))).toBe(await sha256(pcm));
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

interface StorageBuckets {
  open(name: string, options: { quota: number }): Promise<{ indexedDB: IDBFactory }>;
}

async function smallBucket(quota: number): Promise<IDBFactory> {
  const { storageBuckets } = navigator as Navigator & { storageBuckets: StorageBuckets };
  return (await storageBuckets.open(`bucket-${Date.now()}`, { quota })).indexedDB;
}

describe('what it costs', () => {
  test('a minute of speech takes a small part of a frame per frame', async ({ annotate }) => {
    const { journal } = bench();
    const frames = framesOf(noise(1_875 * FRAME_BYTES));
    journal.beginUtterance('c', 'u');
    await journal.flush();
    let appendMs = 0;
    const startedMs = performance.now();
    for (const [i, frame] of frames.entries()) {
      const beforeMs = performance.now();
      journal.appendFrame('u', frame);
      appendMs += performance.now() - beforeMs;
      if (i % 8 === 7) await journal.flush();
    }
    await journal.seal('u');
    const perFrameMs = (performance.now() - startedMs) / frames.length;
    await annotate(
      `journal: ${perFrameMs.toFixed(3)} ms per frame of 32 ms, of which ${(appendMs / frames.length).toFixed(4)} in append`,
    );
    expect(perFrameMs).toBeLessThan(3.2);
  });

  test('a thousand entries of a log load in an instant, in order', async ({ annotate }) => {
    const { journal, store } = bench();
    for (let seq = 999; seq >= 0; seq--) {
      journal.appendLog(entry(seq, { type: 'reply.text', utterance: `u${seq % 50}`, attempt: 1, text: 'some words ' }));
    }
    const writeMs = performance.now();
    await journal.flush();
    const writtenMs = performance.now() - writeMs;
    await store.list();
    const readMs = performance.now();
    const log = await store.log('c');
    const loadMs = performance.now() - readMs;
    await annotate(`log: 1000 entries written in ${writtenMs.toFixed(0)} ms, loaded in ${loadMs.toFixed(1)} ms`);
    expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    expect(loadMs).toBeLessThan(500);
  });
});
