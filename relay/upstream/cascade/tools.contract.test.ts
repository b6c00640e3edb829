import { describe } from 'vitest';
import { describeTools, type ToolsFixture } from '../tools.contract.ts';
import { createCascadeRig } from './testing/cascade-rig.ts';

describe.each([
  ['reads its calls', false],
  ['leaves them in the words', true],
])('where the chat server %s', (_, leavesMarkup) => {
  describeTools(async (): Promise<ToolsFixture> => {
    const { cascade, mind, close } = await createCascadeRig({ writes: { leavesMarkup } });
    return {
      upstream: cascade,
      arrange: (script) => {
        mind.script = { ...mind.script, ...script };
      },
      lastAsked: () => JSON.stringify(mind.requests.at(-1)?.body.messages),
      close,
    };
  });
});
