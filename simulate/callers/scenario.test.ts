import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_CALLERS } from './built-in.ts';
import { parseScenario } from './scenario.ts';

describe('a caller as written down', () => {
  it('is one of ours, or anybody else’s', () => {
    expect(BUILT_IN_CALLERS.map(({ name }) => name)).toEqual([
      'patient',
      'impatient',
      'interrupter',
      'backchanneller',
      'street',
      'telephone',
    ]);
    for (const caller of BUILT_IN_CALLERS) expect(parseScenario(caller).ok).toBe(true);
  });

  it('needs nothing but a name and something to say', () => {
    expect(parseScenario({ name: 'mine', lines: ['Hello?', { wav: 'hello.wav' }] })).toEqual({
      ok: true,
      value: {
        name: 'mine',
        lines: ['Hello?', { wav: 'hello.wav' }],
        pauseMs: [400, 900],
        patience: { waitMs: 10_000, repeats: 1 },
        line: 'wideband',
      },
    });
  });

  it.each([
    [{ name: 'mine', lines: [] }, 'lines'],
    [{ name: 'mine', lines: ['x'], pauseMs: [5, 1] }, 'pauseMs'],
    [{ name: 'mine', lines: ['x'], patience: { waitMs: -1 } }, 'patience.waitMs'],
    [{ name: 'mine', lines: ['x'], patients: 1 }, 'patients'],
    [{ name: 'My caller', lines: ['x'] }, 'name'],
  ])('is told which field is wrong (%#)', (input, field) => {
    expect(parseScenario(input)).toMatchObject({ ok: false, problem: expect.stringContaining(`${field}:`) as string });
  });

  it('takes any JSON without throwing', () => {
    fc.assert(fc.property(fc.jsonValue(), (input) => void parseScenario(input)));
  });
});
