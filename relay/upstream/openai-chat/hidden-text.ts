/** Blocks that models write into their words although nobody is to hear them: thoughts, and calls of tools. */
const BLOCK_NAMES = ['think', 'thinking', 'tool_call', 'function_call'];
const OPENINGS = BLOCK_NAMES.map((name) => `<${name}>`);

/**
 * Takes such blocks out of a stream of text, wherever the pieces are cut; one that never ends hides the rest. Servers
 * that know their model deliver these parts in fields of their own, so this is for those that do not.
 */
export class HiddenText {
  #held = '';
  /** What ends the block we are in. */
  #closing: string | undefined;
  #hasCall = false;

  /** Whether the call of a tool was among what was hidden. */
  get hasCall(): boolean {
    return this.#hasCall;
  }

  /** What is to be seen of what has come so far, beyond what was given already. */
  push(text: string): string {
    this.#held += text;
    let seen = '';
    for (;;) {
      const tags = this.#closing === undefined ? OPENINGS : [this.#closing];
      const [at, tag] = firstOf(this.#held, tags);
      const end = tag === undefined ? this.#held.length - heldBack(this.#held, tags) : at;
      if (this.#closing === undefined) seen += this.#held.slice(0, end);
      this.#held = this.#held.slice(end + (tag?.length ?? 0));
      if (tag === undefined) return seen;
      this.#closing = this.#closing === undefined ? tag.replace('<', '</') : undefined;
      this.#hasCall ||= tag.endsWith('_call>');
    }
  }

  /** What was held back because it might have become a tag. */
  flush(): string {
    const rest = this.#closing === undefined ? this.#held : '';
    this.#held = '';
    return rest;
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
