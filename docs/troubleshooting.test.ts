import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../relay/protocol/errors.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const guide = read('troubleshooting.md');
/** The union of codes in HTTP problem documents, as the source lists it. */
const httpCodes = [...read('../relay/http/problem.ts').matchAll(/^ {2}\| '([a-z-]+)'$/gm)].map(
  (match) => match[1] ?? '',
);

describe('the troubleshooting guide', () => {
  it.each(Object.keys(ERRORS))('says what caused %s, and what cures it', (code) => {
    expect(guide).toContain(`\`${code}\``);
  });

  it('knows every code of the HTTP routes', () => {
    expect(httpCodes.length).toBeGreaterThan(10);
    expect(httpCodes.filter((code) => !guide.includes(`\`${code}\``))).toEqual([]);
  });
});
