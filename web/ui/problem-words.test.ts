import { describe, expect, it } from 'vitest';
import { PROBLEM_KINDS, problemWords } from './problem-words.ts';

describe('problemWords', () => {
  it('says what happened in a title and gives a way out in sentences, each different from the others', () => {
    const titles = PROBLEM_KINDS.map((kind) => problemWords(kind).title);
    expect(new Set(titles).size).toBe(titles.length);
    for (const kind of PROBLEM_KINDS) {
      expect(problemWords(kind).title, kind).toMatch(/^[A-Z].*[^.]$/);
      expect(problemWords(kind).wayOut, kind).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('falls back to the unknown for a kind of a newer relay, and is not fooled by names every object has', () => {
    expect(problemWords('made-up-tomorrow')).toBe(problemWords('unknown'));
    expect(problemWords('toString')).toBe(problemWords('unknown'));
    expect(problemWords('__proto__')).toBe(problemWords('unknown'));
  });

  it('shows no technical name to the reader', () => {
    for (const kind of PROBLEM_KINDS)
      expect(problemWords(kind).wayOut).not.toMatch(/[a-z]+-[a-z]+-|error|undefined|null/i);
  });
});
