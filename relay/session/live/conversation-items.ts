import { heardText } from '#protocol';
import type { ContextItem } from '../../upstream/upstream.ts';
import { CONTEXT_BUDGET, LOST_SPEECH } from '../context.ts';
import type { LiveItem, MessageItem } from './live-item.ts';

/** Of one conversation; beyond it the oldest items are forgotten, as they are far out of every context window. */
const MAX_ITEMS = 500;
const MAX_CHARACTERS = 4_000_000;

/** What is known of an item besides what is shown of it. */
export interface Hidden {
  /** PCM16LE at LIMITS.inputRateHz, of what the user said; absent where it was never there or is no longer wanted. */
  sound?: Promise<Uint8Array>;
  soundMs?: number;
  /** What the model is told in place of the item's own words. */
  toldAs?: string;
  /** Of a spoken answer: all its words, how long its sound is, and how long it would be with all of them spoken. */
  spoken?: { text: string; durationMs: number; wholeMs: number };
}

interface Entry extends Hidden {
  item: LiveItem;
  characters: number;
}

/** The items of a live conversation in their order. */
export class ConversationItems {
  readonly #onForgotten: (id: string) => void;
  #entries: Entry[] = [];
  #characters = 0;
  /** Rises when something is said or taken back, so that an answer prepared for an older state is not taken for this one. */
  #version = 0;

  constructor(onForgotten: (id: string) => void) {
    this.#onForgotten = onForgotten;
  }

  get version(): number {
    return this.#version;
  }

  get all(): readonly LiveItem[] {
    return this.#entries.map(({ item }) => item);
  }

  get lastId(): string | undefined {
    return this.#entries.at(-1)?.item.id;
  }

  get(id: string): (Readonly<Hidden> & { readonly item: LiveItem }) | undefined {
    return this.#entries.find(({ item }) => item.id === id);
  }

  /** The last of what the user said aloud. */
  get lastSpoken(): { id: string; durationMs: number } | undefined {
    const entry = this.#entries.findLast(({ sound, soundMs }) => (sound ?? soundMs) !== undefined);
    return entry && { id: entry.item.id, durationMs: entry.soundMs ?? 0 };
  }

  hasCall(callId: string): boolean {
    return this.#entries.some(({ item }) => item.kind === 'tool-call' && item.callId === callId);
  }

  /** `after`: an id, `root` for the front, undefined for the end. Gives the id before it; undefined when `after` is unknown. */
  add(item: LiveItem, hidden: Hidden = {}, after?: string): { previousItemId: string | null } | undefined {
    const at = this.#placeAfter(after);
    if (at === undefined) return undefined;
    const characters = charactersOf(item);
    this.#entries.splice(at, 0, { item, characters, ...hidden });
    this.#characters += characters;
    this.#version++;
    if (hidden.sound) this.#forgetOldSound();
    this.#forgetOldest(item.id);
    return { previousItemId: this.previousOf(item.id) };
  }

  /** Shows the item as it is by now. */
  replace(item: LiveItem, hidden: Hidden = {}): void {
    const entry = this.#entries.find((other) => other.item.id === item.id);
    if (!entry) return;
    const characters = charactersOf(item);
    this.#characters += characters - entry.characters;
    Object.assign(entry, { item, characters }, hidden);
  }

  previousOf(id: string): string | null {
    const at = this.#entries.findIndex(({ item }) => item.id === id);
    return this.#entries[at - 1]?.item.id ?? null;
  }

  delete(id: string): boolean {
    const at = this.#entries.findIndex(({ item }) => item.id === id);
    if (at < 0) return false;
    const [gone] = this.#entries.splice(at, 1);
    this.#characters -= gone?.characters ?? 0;
    this.#version++;
    return true;
  }

  /** Leaves of a spoken answer only what was heard. */
  truncate(id: string, heardMs: number): void {
    const entry = this.#entries.find(({ item }) => item.id === id);
    if (entry?.item.kind !== 'message' || !entry.spoken) return;
    const transcript = heardText(entry.spoken.text, heardMs, entry.spoken.wholeMs);
    this.replace({ ...entry.item, content: [{ kind: 'audio', transcript }] });
    this.#version++;
  }

  /** Everything the model may be told, oldest first; sound that is still being converted is waited for. */
  async context(): Promise<ContextItem[]> {
    const told = await Promise.all(this.#entries.map((entry) => toContextItem(entry.item, entry)));
    return told.filter((item) => item !== undefined);
  }

  /** Makes room behind an item that has just come, which is not given up for it. */
  #forgetOldest(newId: string): void {
    while (this.#entries.length > MAX_ITEMS || (this.#characters > MAX_CHARACTERS && this.#entries.length > 1)) {
      const oldest = this.#entries.find(({ item }) => item.id !== newId);
      if (!oldest) return;
      this.delete(oldest.item.id);
      this.#onForgotten(oldest.item.id);
    }
  }

  /** Sound that no context will hold any more; it is most of the memory of a conversation. */
  #forgetOldSound(): void {
    const withSound = this.#entries.filter(({ sound }) => sound !== undefined);
    for (const entry of withSound.slice(0, -CONTEXT_BUDGET.audioTurns - 1)) delete entry.sound;
  }

  #placeAfter(after: string | undefined): number | undefined {
    if (after === undefined) return this.#entries.length;
    if (after === 'root') return 0;
    const at = this.#entries.findIndex(({ item }) => item.id === after);
    return at < 0 ? undefined : at + 1;
  }
}

/** An item as the model is told of it; undefined when there is nothing to tell. */
export async function toContextItem(item: LiveItem, { sound, toldAs }: Hidden): Promise<ContextItem | undefined> {
  if (item.kind === 'tool-call') {
    return { kind: 'tool-call', callId: item.callId, name: item.name, arguments: item.arguments };
  }
  if (item.kind === 'tool-result') return { kind: 'tool-result', callId: item.callId, output: item.output };
  const text = toldAs ?? wordsOf(item);
  if (item.role !== 'user') return text === '' ? undefined : { kind: item.role, text };
  if (sound && toldAs === undefined) return { kind: 'user', audio: await sound, ...(text && { text }) };
  return { kind: 'user', text: text || LOST_SPEECH };
}

const wordsOf = ({ content }: MessageItem): string =>
  content
    .map((part) => (part.kind === 'text' ? part.text : part.transcript))
    .filter(Boolean)
    .join('\n');

function charactersOf(item: LiveItem): number {
  if (item.kind === 'tool-call') return item.arguments.length;
  if (item.kind === 'tool-result') return item.output.length;
  return item.content.reduce(
    (sum, part) => sum + ((part.kind === 'text' ? part.text : part.transcript)?.length ?? 0),
    0,
  );
}
