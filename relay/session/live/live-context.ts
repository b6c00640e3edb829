import type { ContextItem } from '../../upstream/upstream.ts';
import { audioTokensOf, CONTEXT_BUDGET, LOST_SPEECH, textTokensOf, type ContextBudget } from '../context.ts';

/** What the model is told when an answer is asked for and nobody has said anything since the last one. */
const OPENING: ContextItem = { kind: 'user', text: '(The conversation begins. Speak first.)' };
const GO_ON: ContextItem = { kind: 'user', text: '(Please go on.)' };

/**
 * What an upstream is told of a live conversation, oldest first: the newest items that fit the budget, ending with
 * something to be answered. What is to be answered is always told in full.
 */
export function toLiveContext(items: readonly ContextItem[], budget: ContextBudget = CONTEXT_BUDGET): ContextItem[] {
  const context: ContextItem[] = [];
  let tokens = budget.tokens;
  let audioTokens = budget.audioTokens;
  let audioTurns = budget.audioTurns;
  const newsFrom = startOfNews(items);
  for (const [i, item] of [...items.entries()].toReversed()) {
    const isNews = i >= newsFrom;
    const spoken = item.kind === 'user' && item.audio ? audioTokensOf(item.audio, budget) : 0;
    const keepsAudio = isNews || (audioTurns > 0 && spoken <= audioTokens);
    const told = keepsAudio ? item : inWords(item);
    if (!isNews) {
      if (spoken > 0) audioTurns--;
      if (spoken > 0 && keepsAudio) audioTokens -= spoken;
      tokens -= keepsAudio && spoken > 0 ? spoken : textTokensOf(wordsOf(told));
      if (tokens < 0) break;
    }
    context.push(told);
  }
  return withQuestion(withCalls(context.reverse()));
}

/** Where what is to be answered begins: with the user's last words, and what tools were asked and have told since. */
function startOfNews(items: readonly ContextItem[]): number {
  const last = items.findLastIndex(({ kind }) => kind === 'user');
  return last < 0 ? items.length - 1 : last;
}

const inWords = (item: ContextItem): ContextItem =>
  item.kind === 'user' ? { kind: 'user', text: item.text || LOST_SPEECH } : item;

function wordsOf(item: ContextItem): string {
  switch (item.kind) {
    case 'tool-call':
      return item.name + item.arguments;
    case 'tool-result':
      return item.output;
    default:
      return item.text ?? '';
  }
}

/** A result whose call has been left out, or the other way round, is refused by servers: both go. */
function withCalls(items: readonly ContextItem[]): ContextItem[] {
  const called = new Set<string>();
  const told = new Set<string>();
  for (const item of items) {
    if (item.kind === 'tool-call') called.add(item.callId);
    if (item.kind === 'tool-result' && called.has(item.callId)) told.add(item.callId);
  }
  return items.filter((item) => !('callId' in item) || told.has(item.callId));
}

function withQuestion(items: ContextItem[]): ContextItem[] {
  if (items.some(({ kind }) => kind !== 'system') === false) return [...items, OPENING];
  const last = items.findLast(({ kind }) => kind !== 'system');
  return last?.kind === 'assistant' ? [...items, GO_ON] : items;
}
