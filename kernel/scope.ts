type Dispose = () => void;

/**
 * Owns things that must be released together. Releases in reverse order of acquisition; one failing release does not
 * stop the others (the first error is rethrown at the end). Anything added after `dispose()` is released at once, so
 * an acquisition that was pending while its owner died (a microphone permission, say) cannot leak.
 */
export class Scope {
  #disposers: Dispose[] = [];
  #disposed = false;
  readonly #abort = new AbortController();

  /** Aborts when the scope is disposed. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  add(dispose: Dispose): void {
    if (this.#disposed) dispose();
    else this.#disposers.push(dispose);
  }

  /** Listens until the scope is disposed. */
  listen(target: EventTarget, type: string, handler: (event: Event) => void): void {
    target.addEventListener(type, handler);
    this.add(() => target.removeEventListener(type, handler));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const errors: unknown[] = [];
    for (const dispose of this.#disposers.reverse()) {
      try {
        dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    this.#disposers = [];
    this.#abort.abort();
    if (errors.length > 0) throw errors[0];
  }
}
