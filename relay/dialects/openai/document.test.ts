import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BAD_MESSAGES } from './testing/bad-message.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const document = read('../../../docs/realtime.md');

describe('docs/realtime.md', () => {
  it('explains every code a client may be told', () => {
    const sources = [
      '../realtime/fault',
      'dialogue',
      'session-change',
      'open-conversation',
      'client-event',
      'wire-item',
      'voice',
    ];
    const code = /(?:code: |invalid\(\s*)'([a-z]+(?:_[a-z]+)+)'/g;
    const told = sources.flatMap((name) => [...read(`./${name}.ts`).matchAll(code)].map(([, found]) => found ?? ''));
    expect(told.length).toBeGreaterThan(20);
    const codes = new Set([...told, ...BAD_MESSAGES.map(([, , found]) => found)]);
    expect([...codes].filter((found) => !document.includes(`\`${found}\``))).toEqual([]);
  });

  it('names every event a client may send', () => {
    const types = [...read('./client-event.ts').matchAll(/event\('([a-z_.]+)'/g)].map(([, type]) => type ?? '');
    expect(types).toHaveLength(11);
    const isNamed = (type: string) =>
      document.includes(`\`${type}\``) || document.includes(`\`.${type.split('.').at(-1)}\``);
    expect(types.filter((type) => !isNamed(type))).toEqual([]);
  });
});
