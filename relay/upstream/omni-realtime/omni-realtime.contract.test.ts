import { createFakeRealtime } from '../../../e2e/fakes/realtime-server.ts';
import type { RealtimeDialect, RealtimeScript } from '../../../e2e/fakes/realtime-script.ts';
import { describe } from 'vitest';
import { describeNetworkUpstream, type Course, type NetworkFixture } from '../network-upstream.contract.ts';
import { describeUpstream } from '../upstream.contract.ts';
import { createOmniRealtime } from './omni-realtime.ts';

/** Small enough for tests, large enough for a busy machine. */
const TIMEOUTS = { connectMs: 1_000, firstEventMs: 1_500, stallMs: 600, totalMs: 20_000 };

const error = (type: string, code: string) => ({ type, code, message: 'told to fail', param: null });

const SCRIPTS: Record<Course, Partial<RealtimeScript>> = {
  slow: { chunkMs: 100, pace: 3 },
  late: { firstTokenMs: 500, firstAudioMs: 600, transcriptMs: undefined },
  'closes without an answer': { fault: { kind: 'reset' } },
  'says nothing': { fault: { kind: 'mute' } },
  'stops in mid-answer': { fault: { kind: 'stall', afterDeltas: 4, ms: Infinity } },
  'dies before its first event': { fault: { kind: 'die', afterDeltas: 0 } },
  'dies in mid-answer': { fault: { kind: 'die', afterDeltas: 5 } },
  'ends too early': { fault: { kind: 'close', afterDeltas: 5, code: 1000 } },
  'is full': { fault: { kind: 'status', status: 503 } },
  'refuses the request': {
    fault: { kind: 'error', afterDeltas: 0, error: error('invalid_request_error', 'invalid_value') },
  },
  'refuses our credentials': { fault: { kind: 'status', status: 401 } },
  'fails by itself': { fault: { kind: 'error', afterDeltas: 0, error: error('server_error', 'internal_error') } },
  'fails by itself in mid-answer': {
    fault: { kind: 'error', afterDeltas: 5, error: error('server_error', 'internal_error') },
  },
  'talks nonsense': { fault: { kind: 'wrong-hello' } },
  'talks nonsense in mid-answer': { fault: { kind: 'garbage', afterDeltas: 5, what: 'invalid-json' } },
};

const createFixture = (dialect: RealtimeDialect) => async (): Promise<NetworkFixture> => {
  const fake = await createFakeRealtime({
    dialect,
    ...(dialect === 'dashscope' ? {} : { model: 'some-omni-model', voices: ['Nobody We Know'] }),
    script: { pace: 0 },
  });
  const upstream = createOmniRealtime({ url: fake.url, model: fake.model, timeouts: TIMEOUTS });
  return {
    upstream,
    idleSockets: 0,
    arrange: (course) => fake.next(SCRIPTS[course]),
    faultsFired: () => fake.counters.faults,
    lastAbortMs: () => fake.lastAbortMs,
    openSockets: () => fake.openSockets,
    stopServer: () => fake.close(),
    closeUpstream: async () => upstream.close(),
    close: async () => {
      upstream.close();
      await fake.close();
    },
  };
};

describe.each(['dashscope', 'openai', 'openai-beta', 'turn-streaming'] as const)('of the dialect %s', (dialect) => {
  describeUpstream(createFixture(dialect));
  describeNetworkUpstream(createFixture(dialect));
});
