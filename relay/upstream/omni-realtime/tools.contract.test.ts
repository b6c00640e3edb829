import { describe } from 'vitest';
import { describeTools, type ToolsFixture } from '../tools.contract.ts';
import { start } from './testing/talk.ts';

describe.each(['dashscope', 'openai', 'openai-beta'] as const)('of the dialect %s', (dialect) => {
  describeTools(async (): Promise<ToolsFixture> => {
    const { fake, upstream, close } = await start({ dialect, ...(dialect === 'dashscope' ? {} : { model: 'm' }) });
    return {
      upstream,
      arrange: (script) => {
        fake.script = { ...fake.script, ...script };
      },
      lastAsked: () => {
        const { history, session } = fake.turns.at(-1) ?? {};
        return JSON.stringify([history?.map(({ role, text }) => [role, text]), session]);
      },
      close,
    };
  });
});
