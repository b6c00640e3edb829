/** Shorter audio is not worth it. */
const MIN_CHARS = 400;

/**
 * The text around the audio of one chunk. The audio chunks of an answer differ in nothing else: one that stands between
 * the same text need not be parsed and checked again, which costs three times as much as to decode it.
 */
export class AudioFrame {
  readonly #head: string;
  readonly #tail: string;

  private constructor(head: string, tail: string) {
    this.#head = head;
    this.#tail = tail;
  }

  /** Of a chunk that says `base64` in one place; nothing where it is not sure that this is it. */
  static around(base64: string, data: string): AudioFrame | undefined {
    if (base64.length < MIN_CHARS || data.includes('\\')) return undefined;
    const quoted = `"${base64}"`;
    const at = data.indexOf(quoted);
    if (at < 0 || data.includes(quoted, at + 1)) return undefined;
    return new AudioFrame(data.slice(0, at + 1), data.slice(at + 1 + base64.length));
  }

  /** What stands in the place of the audio; whoever finds it to be base64 has found a chunk like the first. */
  contentOf(data: string): string | undefined {
    if (data.length <= this.#head.length + this.#tail.length) return undefined;
    if (!data.startsWith(this.#head) || !data.endsWith(this.#tail)) return undefined;
    return data.slice(this.#head.length, data.length - this.#tail.length);
  }
}
