import type { Recogniser } from '../../upstream/speech.ts';
import type { ConversationItems } from './conversation-items.ts';
import type { LiveEvent } from './live-event.ts';
import type { LiveItem } from './live-item.ts';

export interface TranscriptsOptions {
  recogniser?: Recogniser;
  items: ConversationItems;
  tell(event: LiveEvent): void;
}

/** The words of what the user said: from a recogniser where there is one, else from the upstream where it tells them. */
export class Transcripts {
  readonly #options: TranscriptsOptions;
  readonly #running = new Set<AbortController>();

  constructor(options: TranscriptsOptions) {
    this.#options = options;
  }

  /** Asks the recogniser, if there is one; what comes of it is told. */
  ask(
    itemId: string,
    sound: Promise<Uint8Array>,
    durationMs: number,
    hints: { language?: string; prompt?: string },
  ): void {
    const { recogniser } = this.#options;
    if (!recogniser) return;
    const abort = new AbortController();
    this.#running.add(abort);
    void this.#recognise(recogniser, itemId, sound, durationMs, hints, abort.signal)
      .catch(() => this.#options.tell({ kind: 'transcript-failed', itemId, code: 'upstream-faulty' }))
      .finally(() => this.#running.delete(abort));
  }

  /** The upstream has said what it heard. Where there is a recogniser its word is waited for, and told instead. */
  told(itemId: string, text: string, language: string | undefined, isWanted: boolean): void {
    const { recogniser, items } = this.#options;
    if (isWanted && recogniser) {
      if (!isWritten(items.get(itemId)?.item)) this.#show(itemId, text);
      return;
    }
    this.#show(itemId, text);
    const durationMs = items.get(itemId)?.soundMs ?? 0;
    if (isWanted) this.#tell(itemId, text, language, durationMs);
  }

  stop(): void {
    for (const abort of this.#running) abort.abort();
  }

  async #recognise(
    recogniser: Recogniser,
    itemId: string,
    sound: Promise<Uint8Array>,
    durationMs: number,
    hints: { language?: string; prompt?: string },
    signal: AbortSignal,
  ): Promise<void> {
    for await (const event of recogniser.transcribe({ audio: await sound, ...hints }, signal)) {
      if (signal.aborted) return;
      if (event.kind === 'done') {
        this.#show(itemId, event.text);
        this.#tell(itemId, event.text, event.language, durationMs);
      }
      if (event.kind === 'failed') {
        this.#options.tell({ kind: 'transcript-failed', itemId, code: event.problem.kind });
      }
    }
  }

  #show(itemId: string, transcript: string): void {
    const item = this.#options.items.get(itemId)?.item;
    if (item?.kind !== 'message') return;
    const content = item.content.map((part) => (part.kind === 'audio' ? { ...part, transcript } : part));
    this.#options.items.replace({ ...item, content });
  }

  #tell(itemId: string, text: string, language: string | undefined, durationMs: number): void {
    if (!this.#options.items.get(itemId)) return;
    this.#options.tell({ kind: 'transcript', itemId, text, durationMs, ...(language !== undefined && { language }) });
  }
}

/** Whether somebody knows the words of what was said. */
const isWritten = (item: LiveItem | undefined): boolean =>
  item?.kind === 'message' && item.content.every((part) => part.kind !== 'audio' || part.transcript !== null);
