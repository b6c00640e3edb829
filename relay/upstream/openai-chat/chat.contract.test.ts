import { describe } from 'vitest';
import { createFakeOmni } from '../../../e2e/fakes/omni-server.ts';
import type { OmniFault, OmniScript } from '../../../e2e/fakes/omni-script.ts';
import { describeNetworkStream, type Course, type NetworkStreamFixture } from '../network-stream.contract.ts';
import { createChat } from './chat.ts';

/** Small enough for tests, large enough for a busy machine. */
const TIMEOUTS = { connectMs: 1_000, firstEventMs: 1_500, stallMs: 600, totalMs: 20_000 };
const fault = (what: OmniFault) => ({ fault: what });

const SCRIPTS: Record<Course, Partial<OmniScript>> = {
  // Eight milliseconds a word.
  slow: { reply: 'and so on '.repeat(200) },
  late: { firstTokenMs: 600 },
  'closes without an answer': fault({ kind: 'reset-before-headers' }),
  'says nothing': fault({ kind: 'hang-before-headers' }),
  'stops in mid-answer': fault({ kind: 'stall', afterChunks: 4, ms: Infinity }),
  'dies before its first event': fault({ kind: 'die', afterChunks: 0 }),
  'dies in mid-answer': fault({ kind: 'die', afterChunks: 5 }),
  'ends too early': fault({ kind: 'end-early', afterChunks: 5 }),
  'is full': fault({ kind: 'status', status: 503 }),
  'refuses the request': fault({ kind: 'status', status: 400 }),
  'refuses our credentials': fault({ kind: 'status', status: 401 }),
  'fails by itself': fault({ kind: 'status', status: 500 }),
  'fails by itself in mid-answer': fault({ kind: 'garbage', afterChunks: 5, what: 'error-object' }),
  'talks nonsense': fault({ kind: 'html-page' }),
  'talks nonsense in mid-answer': fault({ kind: 'garbage', afterChunks: 5, what: 'invalid-json' }),
};

async function createFixture(): Promise<NetworkStreamFixture> {
  const reply = 'These are the words of an answer that is long enough.';
  const fake = await createFakeOmni({ script: { isSilent: true, reply } });
  const chat = createChat({ baseUrl: fake.baseUrl, model: fake.model, timeouts: TIMEOUTS });
  return {
    ask: (signal) => chat.write({ messages: [{ role: 'user', content: 'Hello.' }], settings: {} }, signal),
    check: (signal) => chat.check(signal),
    arrange: (course) => fake.next(SCRIPTS[course]),
    faultsFired: () => fake.counters.faults,
    lastAbortMs: () => fake.requests.findLast(({ abortedAtMs }) => abortedAtMs !== undefined)?.abortedAtMs,
    openSockets: () => fake.openSockets,
    stopServer: () => fake.close(),
    closeUpstream: () => chat.close(),
    close: async () => {
      await chat.close();
      await fake.close();
    },
  };
}

describe('a chat', () => describeNetworkStream(createFixture));
