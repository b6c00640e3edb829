import { newId } from '#kernel/ids';
import type { ToolCall } from '../../upstream/upstream.ts';
import type { OutputPlace, ResponseEvent } from './live-event.ts';
import type { ItemStatus, LiveItem, LivePart, MessageItem, ToolCallItem } from './live-item.ts';

/** A message that is still being given. */
interface Draft {
  at: OutputPlace;
  item: MessageItem;
  text: string;
  durationMs: number;
}

export interface OutputWriterOptions {
  responseId: string;
  part: 'audio' | 'text';
  tell(event: ResponseEvent): void;
  /** An item begins, and ends; the conversation shows it and tells so. */
  onItemAdded(item: LiveItem): void;
  onItemDone(item: LiveItem, spoken?: { text: string; durationMs: number }): void;
}

/** Writes the items of one response: everything that begins is ended, in the order in which clients expect it. */
export class OutputWriter {
  readonly #options: OutputWriterOptions;
  readonly #done: LiveItem[] = [];
  #draft: Draft | undefined;
  #hasCalled = false;
  /** Of all sound, in milliseconds. */
  #durationMs = 0;

  constructor(options: OutputWriterOptions) {
    this.#options = options;
  }

  get items(): readonly LiveItem[] {
    return this.#done;
  }

  get hasCalled(): boolean {
    return this.#hasCalled;
  }

  get durationMs(): number {
    return this.#durationMs;
  }

  words(text: string): void {
    if (text === '') return;
    const draft = this.#message();
    draft.text += text;
    this.#options.tell({ kind: 'words', at: draft.at, part: this.#options.part, text });
  }

  /** Gives the item that is spoken; undefined when words alone were wanted, whatever the upstream sends. */
  audio(pcm: Uint8Array, rateHz: number): string | undefined {
    if (this.#options.part === 'text' || pcm.length === 0) return undefined;
    const draft = this.#message();
    const durationMs = (pcm.length * 1000) / 2 / rateHz;
    draft.durationMs += durationMs;
    this.#durationMs += durationMs;
    this.#options.tell({ kind: 'audio', at: draft.at, pcm, rateHz });
    return draft.item.id;
  }

  call({ callId, name, arguments: text }: ToolCall): void {
    this.end('completed');
    this.#hasCalled = true;
    const at = this.#place();
    const item: ToolCallItem = {
      ...{ kind: 'tool-call', id: at.itemId, status: 'in-progress', callId, name, arguments: '' },
    };
    this.#begin(at, item);
    const { tell } = this.#options;
    tell({ kind: 'arguments', at, callId, text });
    tell({ kind: 'arguments-done', at, callId, name, arguments: text });
    this.#finish(at, { ...item, status: 'completed', arguments: text });
  }

  /** Ends what is being given. */
  end(status: Exclude<ItemStatus, 'in-progress'>): void {
    const draft = this.#draft;
    if (!draft) return;
    this.#draft = undefined;
    const { at, item, text, durationMs } = draft;
    const { part, tell } = this.#options;
    if (part === 'audio') tell({ kind: 'audio-done', at });
    tell({ kind: 'words-done', at, part, text });
    tell({ kind: 'part-done', at, part, text });
    const content: LivePart = part === 'audio' ? { kind: 'audio', transcript: text } : { kind: 'text', text };
    this.#finish(at, { ...item, status, content: [content] }, part === 'audio' ? { text, durationMs } : undefined);
  }

  #message(): Draft {
    if (this.#draft) return this.#draft;
    const at = this.#place();
    const item: MessageItem = {
      ...{ kind: 'message', id: at.itemId, status: 'in-progress', role: 'assistant', content: [] },
    };
    this.#draft = { at, item, text: '', durationMs: 0 };
    this.#begin(at, item);
    this.#options.tell({ kind: 'part-added', at, part: this.#options.part });
    return this.#draft;
  }

  #place(): OutputPlace {
    return { responseId: this.#options.responseId, itemId: `item_${newId()}`, outputIndex: this.#done.length };
  }

  #begin(at: OutputPlace, item: LiveItem): void {
    this.#options.tell({ kind: 'output-item-added', at, item });
    this.#options.onItemAdded(item);
  }

  #finish(at: OutputPlace, item: LiveItem, spoken?: { text: string; durationMs: number }): void {
    this.#done.push(item);
    this.#options.onItemDone(item, spoken);
    this.#options.tell({ kind: 'output-item-done', at, item });
  }
}
