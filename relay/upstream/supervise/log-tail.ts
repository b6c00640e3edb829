import { maskSecrets } from './secrets.ts';

const MAX_LINES = 50;
const MAX_LINE_CHARS = 500;

/** The last lines a process wrote, bounded, without secrets. */
export class LogTail {
  readonly #secrets: readonly string[];
  #lines: string[] = [];
  #rest = '';

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  get lines(): readonly string[] {
    return this.#rest === '' ? this.#lines : [...this.#lines, this.#shown(this.#rest)].slice(-MAX_LINES);
  }

  push(text: string): void {
    // Progress bars rewrite their line with \r.
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    // A line without an end must not grow without bound.
    this.#rest = (lines.pop() ?? '').slice(-8 * MAX_LINE_CHARS);
    for (const line of lines) if (line.trim() !== '') this.#lines.push(this.#shown(line));
    this.#lines = this.#lines.slice(-MAX_LINES);
  }

  /** Masked before it is cut: half a key is still half a key. */
  #shown(line: string): string {
    return maskSecrets(line, this.#secrets).slice(0, MAX_LINE_CHARS);
  }
}
