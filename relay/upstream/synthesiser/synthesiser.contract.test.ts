import { describe } from 'vitest';
import type { OmniFault } from '../../../e2e/fakes/omni-script.ts';
import { createFakeSynthesiser, type SpeechScript } from '../../../e2e/fakes/speech-server.ts';
import { toneVoice } from '../../../e2e/fakes/tone-voice.ts';
import { describeNetworkStream, type Course, type NetworkStreamFixture } from '../network-stream.contract.ts';
import { createSynthesiser } from './synthesiser.ts';

/** Small enough for tests, large enough for a busy machine. */
const TIMEOUTS = { connectMs: 1_000, firstEventMs: 1_500, stallMs: 600, totalMs: 20_000 };
const fault = (what: OmniFault) => ({ fault: what });

const SCRIPTS: Record<Course, Partial<SpeechScript>> = {
  slow: { pace: 0.6 },
  late: { firstAudioMs: 600 },
  'closes without an answer': fault({ kind: 'reset-before-headers' }),
  'says nothing': fault({ kind: 'hang-before-headers' }),
  'stops in mid-answer': fault({ kind: 'stall', afterChunks: 4, ms: Infinity }),
  'dies before its first event': fault({ kind: 'die', afterChunks: 0 }),
  'dies in mid-answer': { pace: 0.1, ...fault({ kind: 'die', afterChunks: 5 }) },
  'ends too early': fault({ kind: 'end-early', afterChunks: 5 }),
  'is full': fault({ kind: 'status', status: 503 }),
  'refuses the request': fault({ kind: 'status', status: 400 }),
  'refuses our credentials': fault({ kind: 'status', status: 401 }),
  'fails by itself': fault({ kind: 'status', status: 500 }),
  'fails by itself in mid-answer': fault({ kind: 'garbage', afterChunks: 5, what: 'error-object' }),
  'talks nonsense': fault({ kind: 'html-page' }),
  'talks nonsense in mid-answer': fault({ kind: 'garbage', afterChunks: 5, what: 'invalid-json' }),
};

const createFixture = (wire: SpeechScript['wire']) => async (): Promise<NetworkStreamFixture> => {
  const fake = await createFakeSynthesiser({ script: { wire, speak: toneVoice() } });
  const synthesiser = createSynthesiser({ baseUrl: fake.baseUrl, timeouts: TIMEOUTS });
  return {
    ask: (signal) => synthesiser.speak({ text: 'These are the words to be spoken.' }, signal),
    check: (signal) => synthesiser.check(signal),
    arrange: (course) => fake.next(SCRIPTS[course]),
    faultsFired: () => fake.counters.faults,
    lastAbortMs: () => fake.requests.findLast(({ abortedAtMs }) => abortedAtMs !== undefined)?.abortedAtMs,
    openSockets: () => fake.openSockets,
    stopServer: () => fake.close(),
    closeUpstream: () => synthesiser.close(),
    close: async () => {
      await synthesiser.close();
      await fake.close();
    },
  };
};

// Any bytes are samples, so samples cannot tell of trouble; only a file with a length can be too short.
const MUTE = ['fails by itself in mid-answer', 'talks nonsense in mid-answer'] as const;

describe('a synthesiser that sends events', () => describeNetworkStream(createFixture('sse')));
describe('a synthesiser that sends a file', () => describeNetworkStream(createFixture('wav'), MUTE));
describe('a synthesiser that sends samples', () =>
  describeNetworkStream(createFixture('pcm'), [...MUTE, 'ends too early']));
