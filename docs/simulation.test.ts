import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { BUILT_IN_CALLERS } from '../simulate/callers/built-in.ts';
import { parseScenario } from '../simulate/callers/scenario.ts';
import { parseOptions } from '../simulate/command/options.ts';
import { DIALECTS } from '../simulate/dialects/choose-dialect.ts';

const guide = await readFile(new URL('simulation.md', import.meta.url), 'utf8');

it('shows only commands that are understood', () => {
  const lines = guide.split('\n').filter((line) => line.startsWith('npm run simulate -- '));
  expect(lines.length).toBeGreaterThanOrEqual(5);
  for (const line of lines) {
    const argv = line.replace('wss://…', 'wss://example.com/v1/realtime').match(/--[a-z]\S*/g) ?? [];
    expect([line, parseOptions(argv).ok]).toEqual([line, true]);
  }
});

it('shows a caller of one’s own that is understood', () => {
  const scenario = /```json\n([\s\S]+?)```/.exec(guide)?.[1] ?? '';
  expect(parseScenario(JSON.parse(scenario))).toMatchObject({ ok: true, value: { name: 'mine' } });
});

it('names every caller and every dialect', () => {
  for (const { name } of BUILT_IN_CALLERS) expect(guide).toContain(`\`${name}\``);
  for (const name of Object.keys(DIALECTS)) expect(guide).toContain(`\`${name}\``);
});
