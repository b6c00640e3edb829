import { failed, ok, type Result } from '#kernel/result';

export type JsonPath = readonly (string | number)[];

/** A place in a file a person wrote, and what is wrong there. */
export interface SourceProblem {
  /** From 1. */
  line: number;
  detail: string;
}

/** A JSON document that still knows on which line each of its values stands. */
export interface JsonSource {
  value: unknown;
  /** The line of a value, or of the innermost one around it that exists. */
  lineOf(path: JsonPath): number;
}

/** Deeper than any configuration; keeps the parser from recursing without end. */
const MAX_DEPTH = 32;
const NUMBER = /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\n\r]*/y;
const WORDS = { true: true, false: false, null: null } as const;

class SyntaxProblem extends Error {}

/** Parses JSON (RFC 8259). Key repeated within one object are an error too: one of the two would be ignored. */
export function parseJsonSource(text: string): Result<JsonSource, SourceProblem> {
  const parser = new Parser(text);
  try {
    const value = parser.document();
    return ok({ value, lineOf: (path) => parser.lineOf(path) });
  } catch (thrown) {
    if (!(thrown instanceof SyntaxProblem)) throw thrown;
    return failed({ line: parser.line, detail: thrown.message });
  }
}

class Parser {
  readonly #text: string;
  /** Offsets of values by path, as JSON. */
  readonly #offsets = new Map<string, number>();
  #at = 0;

  constructor(text: string) {
    this.#text = text.replace(/^\uFEFF/, '');
  }

  get line(): number {
    return this.#lineAt(this.#at);
  }

  lineOf(path: JsonPath): number {
    for (let length = path.length; length >= 0; length--) {
      const offset = this.#offsets.get(JSON.stringify(path.slice(0, length)));
      if (offset !== undefined) return this.#lineAt(offset);
    }
    return 1;
  }

  document(): unknown {
    const value = this.#value([]);
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail('something follows after the end');
    return value;
  }

  #value(path: JsonPath): unknown {
    this.#skipSpace();
    if (path.length > MAX_DEPTH) this.#fail('nested too deep');
    const key = JSON.stringify(path);
    if (!this.#offsets.has(key)) this.#offsets.set(key, this.#at);
    if (this.#takes('{')) return this.#object(path);
    if (this.#takes('[')) return this.#array(path);
    if (this.#text[this.#at] === '"') return this.#string();
    const number = this.#match(NUMBER);
    if (number !== undefined) return Number(number);
    for (const [word, value] of Object.entries(WORDS)) if (this.#takes(word)) return value;
    return this.#fail(this.#at < this.#text.length ? 'a value is expected here' : 'the file ends too early');
  }

  #object(path: JsonPath): Record<string, unknown> {
    const members = new Map<string, unknown>();
    for (let isFirst = true; !this.#closes('}', isFirst); isFirst = false) {
      this.#skipSpace();
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') this.#fail('a key in double quotes is expected here');
      const key = this.#string();
      if (members.has(key)) this.#fail(`the key ${JSON.stringify(key)} is there twice`);
      // The line of a member is that of its key, which may stand above its value.
      this.#offsets.set(JSON.stringify([...path, key]), keyAt);
      this.#skipSpace();
      if (!this.#takes(':')) this.#fail('":" is expected here');
      members.set(key, this.#value([...path, key]));
    }
    return Object.fromEntries(members);
  }

  #array(path: JsonPath): unknown[] {
    const items: unknown[] = [];
    for (let isFirst = true; !this.#closes(']', isFirst); isFirst = false) {
      items.push(this.#value([...path, items.length]));
    }
    return items;
  }

  /** Takes the closing bracket, or the comma before the next item. */
  #closes(bracket: '}' | ']', isFirst: boolean): boolean {
    this.#skipSpace();
    if (this.#takes(bracket)) return true;
    if (!isFirst && !this.#takes(',')) this.#fail(`"," or "${bracket}" is expected here`);
    if (isFirst) return false;
    this.#skipSpace();
    if (this.#text[this.#at] === bracket) this.#fail(`no "," may stand before "${bracket}"`);
    return false;
  }

  #string(): string {
    const literal = this.#match(STRING);
    if (literal === undefined) return this.#fail('a string is not closed, or has a character that must be escaped');
    return JSON.parse(literal) as string;
  }

  #takes(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }

  #skipSpace(): void {
    this.#match(SPACE);
  }

  #lineAt(offset: number): number {
    return this.#text.slice(0, offset).split('\n').length;
  }

  #fail(detail: string): never {
    throw new SyntaxProblem(detail);
  }
}
