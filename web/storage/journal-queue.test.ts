import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinAudio } from './audio-records.ts';
import { overlay, type JournalOp } from './journal-op.ts';
import { JournalQueue } from './journal-queue.ts';

const record = (utterance: string) => ({
  utterance,
  conversation: 'c',
  startedAtMs: 0,
  isSealed: false,
  attempt: 0,
  playedSample: 0,
  pendingIn: 'c',
});
const reply = (utterance: string, attempt: number, sample: number): JournalOp => ({
  op: 'reply',
  chunk: { utterance, attempt, rateHz: 24_000, sample, pcm: new Uint8Array(4) },
});

/** Random traffic about three utterances, as the journal would push it. */
const traffic = fc
  .array(fc.tuple(fc.constantFrom('u1', 'u2', 'u3'), fc.constantFrom('begin', 'audio', 'note', 'settle', 'discard')), {
    maxLength: 60,
  })
  .map((steps) => {
    const ends = new Map<string, number>();
    return steps.flatMap(([utterance, op], i): JournalOp[] => {
      const byte = ends.get(utterance);
      if (op === 'begin' || byte === undefined) {
        ends.set(utterance, 0);
        return [{ op: 'begin', record: record(utterance) }];
      }
      if (op === 'audio') {
        ends.set(utterance, byte + 4);
        return [{ op, chunk: { utterance, byte, pcm: new Uint8Array(4).fill(i) } }];
      }
      if (op === 'discard') ends.delete(utterance);
      if (op === 'note') return [{ op, utterance, patch: i % 2 ? { attempt: i } : { isSealed: i % 4 === 0 } }];
      return op === 'settle' ? [{ op, utterance, attempt: i }] : [{ op, utterance }];
    });
  });

const effect = (ops: readonly JournalOp[]) =>
  overlay([], ops)
    .map(({ record, chunks }) => ({ record, pcm: [...joinAudio(chunks)] }))
    .sort((a, b) => (a.record.utterance < b.record.utterance ? -1 : 1));

describe('a queue', () => {
  test('means the same after merging, and after being put back', () => {
    fc.assert(
      fc.property(traffic, fc.nat({ max: 60 }), (ops, at) => {
        const queue = new JournalQueue();
        for (const op of ops.slice(0, at)) queue.push(op);
        const failed = queue.take();
        for (const op of ops.slice(at)) queue.push(op);
        queue.putBack(failed);
        expect(effect(queue.take())).toEqual(effect(ops));
        expect(queue.isEmpty).toBe(true);
        expect(queue.bytes).toBe(0);
      }),
      { numRuns: 1_000, seed: 3 },
    );
  });

  test('makes one record of the neighbouring audio of each stream, however they interleave', () => {
    const queue = new JournalQueue();
    for (let i = 0; i < 10; i++) {
      queue.push({ op: 'audio', chunk: { utterance: 'u2', byte: i * 4, pcm: new Uint8Array(4).fill(i) } });
      queue.push(reply('u1', 1, i * 2));
    }
    const ops = queue.take();
    expect(ops).toHaveLength(2);
    expect(ops[0]).toMatchObject({ op: 'audio', chunk: { byte: 0, pcm: { length: 40 } } });
  });

  test('does not join what is not neighbouring: another attempt, a gap', () => {
    const queue = new JournalQueue();
    for (const op of [reply('u', 1, 0), reply('u', 2, 2), reply('u', 2, 4), reply('u', 2, 10)]) queue.push(op);
    expect(queue.take()).toHaveLength(3);
  });

  test('drops what was waiting of a discarded utterance, but still has it deleted', () => {
    const queue = new JournalQueue();
    queue.push({ op: 'begin', record: record('u') });
    queue.push({ op: 'audio', chunk: { utterance: 'u', byte: 0, pcm: new Uint8Array(4) } });
    queue.push({ op: 'discard', utterance: 'u' });
    expect(queue.take()).toEqual([{ op: 'discard', utterance: 'u' }]);
  });

  test('makes room from answers first, then from settled utterances, never from a pending one', () => {
    const queue = new JournalQueue();
    for (const utterance of ['done', 'pending']) {
      queue.push({ op: 'begin', record: record(utterance) });
      queue.push({ op: 'audio', chunk: { utterance, byte: 0, pcm: new Uint8Array(100) } });
      queue.push(reply(utterance, 1, 0));
    }
    queue.push({ op: 'settle', utterance: 'done', attempt: 1 });
    queue.trim(200);
    expect(queue.bytes).toBe(200);
    queue.trim(0);
    expect(queue.bytes).toBe(100);
    expect(queue.peek().filter(({ op }) => op === 'audio')).toMatchObject([{ chunk: { utterance: 'pending' } }]);
  });
});
