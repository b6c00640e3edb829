import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

describe('what the command is told', () => {
  it('runs everything unless told otherwise', () => {
    const options = parseOptions([]);
    expect(options).toEqual({
      ok: true,
      value: { only: ['lab', 'ears', 'browser', 'sound-card', 'wire'], minutes: 20, out: 'test-results/rig' },
    });
  });

  it('takes parts, minutes, a server and a folder', () => {
    const options = parseOptions(['--only=lab,wire', '--minutes=0.5', '--server=wss://there/', '--out=x']);
    expect(options).toMatchObject({ value: { only: ['lab', 'wire'], minutes: 0.5, server: 'wss://there/', out: 'x' } });
  });

  it.each([['--only=lab,attic'], ['--minutes=soon'], ['--minutes=0'], ['--louder']])('refuses %s', (argument) => {
    expect(parseOptions([argument]).ok).toBe(false);
  });
});
