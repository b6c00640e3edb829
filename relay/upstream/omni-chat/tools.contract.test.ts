import { describe } from 'vitest';
import type { OmniDialect } from '../../../e2e/fakes/omni-script.ts';
import { createFakeOmni } from '../../../e2e/fakes/omni-server.ts';
import { describeTools, type ToolsFixture } from '../tools.contract.ts';
import { createOmniChat } from './omni-chat.ts';
import { TestSynthesiser } from './testing/test-synthesiser.ts';

const createFixture =
  (dialect: OmniDialect, model: string, leavesMarkup: boolean) => async (): Promise<ToolsFixture> => {
    const fake = await createFakeOmni({
      script: { pace: 0, firstTokenMs: 0, wordMs: 1, firstAudioMs: 10, leavesMarkup },
      dialect,
      model,
    });
    const { baseUrl } = fake;
    const upstream = createOmniChat({ baseUrl, model, dialect, synthesiser: new TestSynthesiser() });
    return {
      upstream,
      arrange: (script) => {
        fake.script = { ...fake.script, ...script };
      },
      lastAsked: () => JSON.stringify(fake.requests.at(-1)?.body.messages),
      close: async () => {
        await upstream.close();
        await fake.close();
      },
    };
  };

describe.each<[OmniDialect, string]>([
  ['vllm-omni', 'Qwen/Qwen3-Omni-30B-A3B-Instruct'],
  ['vllm-omni', 'Qwen/Qwen2.5-Omni-7B'],
  ['dashscope', 'qwen3-omni-flash'],
  ['openai', 'gpt-audio'],
  ['llama-cpp', 'ggml-org/Qwen2.5-Omni-3B-GGUF'],
])('of the dialect %s with %s', (dialect, model) => {
  describe.each([
    ['reads its calls', false],
    ['leaves them in the words', true],
  ])('where the server %s', (_, leavesMarkup) => describeTools(createFixture(dialect, model, leavesMarkup)));
});
