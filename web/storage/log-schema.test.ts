import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLogEntry } from './log-schema.ts';

const base = { conversation: 'c', seq: 0, atMs: 1 };

test('entries of every shape the log has are entries', () => {
  expect(isLogEntry({ ...base, type: 'call.ended' })).toBe(true);
  expect(isLogEntry({ ...base, type: 'reply.text', utterance: 'u', attempt: 1, text: '' })).toBe(true);
});

test('entries that are damaged or of a later version are not', () => {
  expect(isLogEntry({ ...base, type: 'reply.text', utterance: 'u', attempt: 1 })).toBe(false);
  expect(isLogEntry({ ...base, type: 'confetti', utterance: 'u' })).toBe(false);
  expect(isLogEntry({ ...base, type: 'toString' })).toBe(false);
  expect(isLogEntry({ type: 'call.ended', conversation: 'c', seq: -1, atMs: 1 })).toBe(false);
});

test('anything may be asked about', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => !isLogEntry(value)),
    { seed: 7 },
  );
});
