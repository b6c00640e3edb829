import { isAbbreviated } from './abbreviations.ts';

/** End a sentence wherever they stand. */
const FULL_ENDS = '。！？｡．।؟۔';
/** End one before a space. */
const SPACED_ENDS = '.!?…';
/** Belong to the sentence they follow. */
const CLOSERS = '"\'”’»」』）)]】》*_`';
const FULL_PAUSES = '，、；：';
const SPACED_PAUSES = ',;:–—';

/** `undecided` where what follows has to come first. */
export type End = { kind: 'sentence' | 'pause' | 'line'; at: number } | 'undecided' | undefined;

/** Whether something ends with the character at `index`, and then where the next thing begins. */
export function endAt(text: string, index: number, isAll: boolean): End {
  const char = text.charAt(index);
  if (char === '\n') return { kind: 'line', at: index + 1 };
  if (FULL_PAUSES.includes(char)) return { kind: 'pause', at: index + 1 };
  if (SPACED_PAUSES.includes(char)) return pauseAt(text, index, isAll);
  const isFull = FULL_ENDS.includes(char);
  if (!isFull && !SPACED_ENDS.includes(char)) return undefined;
  let at = index + 1;
  while (at < text.length && (FULL_ENDS + SPACED_ENDS).includes(text.charAt(at))) at++;
  const wordEnd = at;
  while (at < text.length && CLOSERS.includes(text.charAt(at))) at++;
  if (at === text.length) return isAll ? { kind: 'sentence', at } : 'undecided';
  if (isFull) return { kind: 'sentence', at };
  return spacedEnd(text, { index, wordEnd, at }, isAll);
}

function pauseAt(text: string, index: number, isAll: boolean): End {
  if (index + 1 === text.length) return isAll ? undefined : 'undecided';
  return /\s/.test(text.charAt(index + 1)) ? { kind: 'pause', at: index + 2 } : undefined;
}

interface Candidate {
  /** Of the first end mark. */
  index: number;
  /** After the last one. */
  wordEnd: number;
  /** After what closes. */
  at: number;
}

function spacedEnd(text: string, { index, wordEnd, at }: Candidate, isAll: boolean): End {
  if (!/\s/.test(text.charAt(at))) return undefined;
  const space = /^\s+/.exec(text.slice(at))?.[0] ?? '';
  if (space.includes('\n')) return { kind: 'line', at: at + space.indexOf('\n') + 1 };
  const next = text.charAt(at + space.length);
  if (next === '') return isAll ? { kind: 'sentence', at: at + space.length } : 'undecided';
  // "What?" she said. And so on... and on.
  if (/\p{Ll}/u.test(next)) return undefined;
  const isStop = text.charAt(index) === '.' && wordEnd === index + 1;
  if (isStop && isAbbreviated(text.slice(Math.max(0, index - 24), index), next)) return undefined;
  return { kind: 'sentence', at: at + space.length };
}
