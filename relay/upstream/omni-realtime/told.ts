import { createHash } from 'node:crypto';
import { pairCalls } from '../pair-calls.ts';
import type { ContextItem, UpstreamTurn } from '../upstream.ts';

/** What a session is set to for as long as it lasts. */
export type SessionSettings = Pick<UpstreamTurn, 'settings' | 'tools' | 'toolChoice' | 'isSilent'>;

/** An item as it is compared: sound by its hash. */
interface ToldItem {
  kind: ContextItem['kind'];
  hash?: string;
  /** Of the item, or what tells it from others of its kind. */
  words?: string;
}

/**
 * What the server at the other end of a socket has in its history: it keeps one by itself and cannot be made to forget
 * what was not heard. Its own items are compared with what a new turn brings along; the socket is of use as long as
 * both agree.
 */
export class Told {
  readonly #settings: string;
  readonly #items: ToldItem[] = [];

  constructor(settings: SessionSettings, items: readonly ContextItem[] = []) {
    this.#settings = toKey(settings);
    this.add(items);
  }

  add(items: readonly ContextItem[]): void {
    this.#items.push(...items.filter(isSomething).map(toTold));
  }

  /**
   * What this turn says beyond what the server knows; undefined where it does not go on where the server is. The oldest
   * items may be missing in it (the caller's memory is bounded, and so is the server's), the newest may not, and no
   * answer may have been cut short or given elsewhere.
   */
  newsOf(turn: SessionSettings & Pick<UpstreamTurn, 'items'>): ContextItem[] | undefined {
    if (toKey(turn) !== this.#settings) return undefined;
    const items = pairCalls(turn.items).filter(isSomething);
    const asked = items.map(toTold);
    // The longest history they may share: the same words may have been said twice.
    for (let known = Math.min(asked.length - 1, this.#items.length); known > 0; known--) {
      const told = this.#items.slice(-known);
      if (!told.every((item, i) => isSame(item, asked[i]))) continue;
      const news = items.slice(known);
      return news.some(({ kind }) => kind === 'assistant' || kind === 'tool-call') ? undefined : news;
    }
    return undefined;
  }
}

const toKey = ({ settings, tools = [], toolChoice = 'auto', isSilent = false }: SessionSettings): string =>
  JSON.stringify([settings, tools, toolChoice, isSilent]);

/** An answer of which nothing was heard is none, for us; for the server neither. */
const isSomething = (item: ContextItem): boolean => item.kind !== 'assistant' || normal(item.text) !== '';

function toTold(item: ContextItem): ToldItem {
  const { kind } = item;
  switch (kind) {
    case 'user': {
      const { audio, text } = item;
      return { kind, ...(audio && { hash: hashOf(audio) }), ...(text !== undefined && { words: normal(text) }) };
    }
    case 'assistant':
    case 'system':
      return { kind, words: normal(item.text) };
    case 'tool-call':
    case 'tool-result':
      return { kind, words: item.callId };
  }
}

/** Sound may have become words meanwhile, for which only its place can vouch. */
function isSame(told: ToldItem, asked: ToldItem | undefined): boolean {
  if (told.kind !== asked?.kind) return false;
  if (told.hash !== undefined && asked.hash !== undefined) return told.hash === asked.hash;
  return told.words === undefined || asked.words === undefined || told.words === asked.words;
}

const hashOf = (audio: Uint8Array): string => createHash('sha256').update(audio).digest('base64');
const normal = (text: string): string => text.replace(/\s+/g, ' ').trim();
