import { describe } from 'vitest';
import { createFakeOmni } from '../../../e2e/fakes/omni-server.ts';
import type { OmniDialect, OmniScript } from '../../../e2e/fakes/omni-script.ts';
import { describeNetworkUpstream, type Course, type NetworkFixture } from '../network-upstream.contract.ts';
import { describeUpstream } from '../upstream.contract.ts';
import { createOmniChat } from './omni-chat.ts';
import { TestSynthesiser } from './testing/test-synthesiser.ts';

/** Small enough for tests, large enough for a busy machine. */
const TIMEOUTS = { connectMs: 1_000, firstEventMs: 1_500, stallMs: 600, lateAudioMs: 600, totalMs: 20_000 };

const SCRIPTS: Record<Course, Partial<OmniScript>> = {
  slow: { chunkMs: 100, pace: 3, wordMs: 150 },
  late: { firstTokenMs: 500, firstAudioMs: 600 },
  'closes without an answer': { fault: { kind: 'reset-before-headers' } },
  'says nothing': { fault: { kind: 'hang-before-headers' } },
  'stops in mid-answer': { fault: { kind: 'stall', afterChunks: 4, ms: Infinity } },
  'dies before its first event': { fault: { kind: 'die', afterChunks: 0 } },
  'dies in mid-answer': { fault: { kind: 'die', afterChunks: 5 } },
  'ends too early': { fault: { kind: 'end-early', afterChunks: 5 } },
  'is full': { fault: { kind: 'status', status: 503 } },
  'refuses the request': { fault: { kind: 'status', status: 400 } },
  'refuses our credentials': { fault: { kind: 'status', status: 401 } },
  'fails by itself': { fault: { kind: 'status', status: 500 } },
  'fails by itself in mid-answer': { fault: { kind: 'garbage', afterChunks: 5, what: 'error-object' } },
  'talks nonsense': { fault: { kind: 'html-page' } },
  'talks nonsense in mid-answer': { fault: { kind: 'garbage', afterChunks: 5, what: 'invalid-json' } },
};

const MODELS: Record<OmniDialect, string> = {
  'vllm-omni': 'Qwen/Qwen3-Omni-30B-A3B-Instruct',
  dashscope: 'qwen3-omni-flash',
  openai: 'gpt-audio',
  'llama-cpp': 'ggml-org/Qwen2.5-Omni-3B-GGUF',
};

const createFixture = (dialect: OmniDialect) => async (): Promise<NetworkFixture> => {
  const fake = await createFakeOmni({ script: { pace: 0 }, dialect, model: MODELS[dialect] });
  const { baseUrl, model } = fake;
  const synthesiser = new TestSynthesiser();
  const upstream = createOmniChat({ baseUrl, model, dialect, synthesiser, timeouts: TIMEOUTS });
  return {
    upstream,
    arrange: (course) => fake.next(SCRIPTS[course]),
    faultsFired: () => fake.counters.faults,
    lastAbortMs: () => fake.requests.findLast(({ abortedAtMs }) => abortedAtMs !== undefined)?.abortedAtMs,
    openSockets: () => fake.openSockets,
    stopServer: () => fake.close(),
    closeUpstream: () => upstream.close(),
    close: async () => {
      await upstream.close();
      await fake.close();
    },
  };
};

describe.each(Object.keys(MODELS) as OmniDialect[])('of the dialect %s', (dialect) => {
  describeUpstream(createFixture(dialect));
  describeNetworkUpstream(createFixture(dialect));
});
