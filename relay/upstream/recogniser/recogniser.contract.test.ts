import type { OmniFault } from '../../../e2e/fakes/omni-script.ts';
import { createFakeRecogniser, type TranscriptionScript } from '../../../e2e/fakes/transcription-server.ts';
import { describe } from 'vitest';
import { describeNetworkStream, type Course, type NetworkStreamFixture } from '../network-stream.contract.ts';
import { toneOf } from '../upstream.contract.ts';
import { createRecogniser } from './recogniser.ts';

/** Small enough for tests, large enough for a busy machine. */
const TIMEOUTS = { connectMs: 1_000, firstEventMs: 1_500, stallMs: 600, totalMs: 20_000 };
const fault = (what: OmniFault) => ({ fault: what });

const SCRIPTS: Record<Course, Partial<TranscriptionScript>> = {
  slow: { wordMs: 120 },
  late: { firstWordMs: 600 },
  'closes without an answer': fault({ kind: 'reset-before-headers' }),
  'says nothing': fault({ kind: 'hang-before-headers' }),
  'stops in mid-answer': fault({ kind: 'stall', afterChunks: 4, ms: Infinity }),
  'dies before its first event': fault({ kind: 'die', afterChunks: 0 }),
  'dies in mid-answer': { wordMs: 5, ...fault({ kind: 'die', afterChunks: 5 }) },
  'ends too early': fault({ kind: 'end-early', afterChunks: 5 }),
  'is full': fault({ kind: 'status', status: 503 }),
  'refuses the request': fault({ kind: 'status', status: 400 }),
  'refuses our credentials': fault({ kind: 'status', status: 401 }),
  'fails by itself': fault({ kind: 'status', status: 500 }),
  'fails by itself in mid-answer': fault({ kind: 'garbage', afterChunks: 5, what: 'error-object' }),
  'talks nonsense': fault({ kind: 'html-page' }),
  'talks nonsense in mid-answer': fault({ kind: 'garbage', afterChunks: 5, what: 'invalid-json' }),
};

const createFixture = (wire: TranscriptionScript['wire']) => async (): Promise<NetworkStreamFixture> => {
  const hear = () => 'these are the words that somebody has said to us today';
  const fake = await createFakeRecogniser({ script: { wire, hear } });
  const recogniser = createRecogniser({ baseUrl: fake.baseUrl, timeouts: TIMEOUTS });
  const audio = toneOf(1);
  return {
    ask: (signal) => recogniser.transcribe({ audio }, signal),
    check: (signal) => recogniser.check(signal),
    arrange: (course) => fake.next(SCRIPTS[course]),
    faultsFired: () => fake.counters.faults,
    lastAbortMs: () => fake.requests.findLast(({ abortedAtMs }) => abortedAtMs !== undefined)?.abortedAtMs,
    openSockets: () => fake.openSockets,
    stopServer: () => fake.close(),
    closeUpstream: () => recogniser.close(),
    close: async () => {
      await recogniser.close();
      await fake.close();
    },
  };
};

describe.each(['openai', 'vllm'] as const)('a recogniser of the kind %s', (wire) => {
  describeNetworkStream(createFixture(wire));
});
