import type { ToolCall } from '../upstream.ts';
import { parseCallMarkup } from './call-markup.ts';

/** Blocks that models write into their words although nobody is to hear them: thoughts, and calls of tools. */
const BLOCK_NAMES = ['think', 'thinking', 'tool_call', 'function_call'];
const OPENINGS = BLOCK_NAMES.map((name) => `<${name}>`);

export interface Words {
  kind: 'text';
  text: string;
}

/**
 * Takes such blocks out of a stream of text, wherever the pieces are cut, and reads the calls among them; one that
 * never ends hides the rest. Servers that know their model deliver these parts in fields of their own, so this is for
 * those that do not.
 */
export class HiddenText {
  #held = '';
  /** What ends the block we are in, and what is kept of it. */
  #block: { closing: string; call: string | undefined } | undefined;
  #hasCall = false;

  /** Whether the call of a tool has begun, or been, among what was hidden. */
  get hasCall(): boolean {
    return this.#hasCall;
  }

  get isHiding(): boolean {
    return this.#block !== undefined;
  }

  /** What is to be seen of what has come so far, beyond what was given already. */
  push(text: string): (Words | ToolCall)[] {
    this.#held += text;
    const seen: (Words | ToolCall)[] = [];
    for (;;) {
      const tags = this.#block ? [this.#block.closing] : OPENINGS;
      const [at, tag] = firstOf(this.#held, tags);
      const end = tag === undefined ? this.#held.length - heldBack(this.#held, tags) : at;
      seen.push(...this.#pass(this.#held.slice(0, end)));
      this.#held = this.#held.slice(end + (tag?.length ?? 0));
      if (tag === undefined) return seen;
      if (this.#block) seen.push(...this.#close());
      else this.#open(tag);
    }
  }

  /** What was held back because it might have become a tag, or because its block was never closed. */
  flush(): (Words | ToolCall)[] {
    const rest = this.#pass(this.#held);
    this.#held = '';
    return [...rest, ...this.#close()];
  }

  #pass(text: string): Words[] {
    if (this.#block?.call !== undefined) this.#block.call += text;
    return this.#block || text === '' ? [] : [{ kind: 'text', text }];
  }

  #open(tag: string): void {
    const isCall = tag.endsWith('_call>');
    this.#hasCall ||= isCall;
    this.#block = { closing: tag.replace('<', '</'), call: isCall ? '' : undefined };
  }

  #close(): ToolCall[] {
    const { call } = this.#block ?? {};
    this.#block = undefined;
    return call === undefined ? [] : parseCallMarkup(call);
  }
}

/** Where the first of the tags is, and which. */
function firstOf(text: string, tags: readonly string[]): [at: number, tag: string | undefined] {
  let first: [number, string | undefined] = [Infinity, undefined];
  for (const tag of tags) {
    const at = text.indexOf(tag);
    if (at >= 0 && at < first[0]) first = [at, tag];
  }
  return first;
}

/** How many characters at the end may be the beginning of a tag. */
function heldBack(text: string, tags: readonly string[]): number {
  const at = text.lastIndexOf('<');
  if (at < 0) return 0;
  const tail = text.slice(at);
  return tags.some((tag) => tag.startsWith(tail)) ? tail.length : 0;
}
