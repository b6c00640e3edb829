import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHello } from './hello.ts';
import { LinkUtterance } from './link-utterance.ts';
import { encodeClient, LIMITS, parseClient, type HistoryTurn } from '#protocol';

const call = (history: HistoryTurn[]) => ({
  conversation: 'c',
  fence: 1,
  settings: { systemPrompt: 'ü'.repeat(8_000) },
  history: () => history,
  historyAudio: () => Promise.resolve(undefined),
});

test('a hello is legal however long the conversation was', () => {
  const text = fc.string({ unit: 'binary', maxLength: 400 }).map((short) => short.repeat(60));
  const turn = fc.record({ utterance: fc.stringMatching(/^[a-z0-9]{1,26}$/), user: text, assistant: text });
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 220 }), (history) => {
      const json = encodeClient(toHello(call(history), 't', []));
      expect(new TextEncoder().encode(json).length).toBeLessThanOrEqual(LIMITS.maxJsonBytes);
      expect(parseClient(json).kind).toBe('message');
    }),
    { numRuns: 20, seed: 1 },
  );
});

test('the newest turns are the ones that are kept, in their order', () => {
  const history = Array.from({ length: 300 }, (_, i) => ({ utterance: `u${i}`, assistant: 'x' }));
  const { history: kept } = toHello(call(history), 't', []);
  expect(kept.map(({ utterance }) => utterance)).toEqual(history.slice(-200).map(({ utterance }) => utterance));
});

test('no more utterances are listed as open than a relay takes', () => {
  const utterances = Array.from({ length: 6 }, (_, i) => new LinkUtterance(`u${i}`, i));
  expect(toHello(call([]), 't', utterances).open).toEqual(
    [0, 1, 2, 3].map((i) => ({ utterance: `u${i}`, attempt: i, received: 0 })),
  );
});
