import * as v from 'valibot';
import { Settings } from '#protocol';
import type { LogEntry } from '../conversation/log.ts';
import type { ConversationSetup, ConversationSummary } from '../conversation/ports.ts';

const MAX_TITLE_CHARS = 60;

const Setup = v.pick(Settings, ['systemPrompt', 'voice', 'answerLanguage', 'translation']);

export const ConversationRecord = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  title: v.string(),
  /** Where the title comes from; what stands further right in `none reply transcript user` replaces what is left. */
  titleFrom: v.picklist(['none', 'reply', 'transcript', 'user']),
  /** The turn the title was taken from. */
  titleUtterance: v.optional(v.string()),
  createdAtMs: v.number(),
  updatedAtMs: v.number(),
  turnCount: v.number(),
  fence: v.number(),
  /** One that makes no sense must not cost the conversation. */
  setup: v.fallback(Setup, {}),
});
export type ConversationRecord = v.InferOutput<typeof ConversationRecord>;

export function newConversation(id: string, atMs: number, setup: ConversationSetup = {}): ConversationRecord {
  const times = { createdAtMs: atMs, updatedAtMs: atMs };
  return { id, title: '', titleFrom: 'none', ...times, turnCount: 0, fence: 0, setup };
}

/** What one more entry of the log changes in the list of conversations. Called once per entry. */
export function advanceRecord(record: ConversationRecord, entry: LogEntry): ConversationRecord {
  const updated = { ...record, updatedAtMs: Math.max(record.updatedAtMs, entry.atMs) };
  switch (entry.type) {
    case 'utterance.started':
      return { ...updated, turnCount: updated.turnCount + 1 };
    case 'utterance.discarded':
      return { ...withoutTitleOf(updated, entry.utterance), turnCount: Math.max(0, updated.turnCount - 1) };
    // The answer was to half a sentence; the next one gives a better title.
    case 'utterance.reopened':
    case 'reply.started':
      return withoutTitleOf(updated, entry.utterance);
    case 'transcript':
      return entry.text.trim() && accepts(updated, 'transcript', entry.utterance)
        ? {
            ...updated,
            title: entry.text.slice(0, 2 * MAX_TITLE_CHARS),
            titleFrom: 'transcript',
            titleUtterance: entry.utterance,
          }
        : updated;
    case 'reply.text':
      return accepts(updated, 'reply', entry.utterance) && updated.title.length <= MAX_TITLE_CHARS
        ? { ...updated, title: updated.title + entry.text, titleFrom: 'reply', titleUtterance: entry.utterance }
        : updated;
    default:
      return updated;
  }
}

export function toSummary({ id, title, createdAtMs, updatedAtMs, turnCount }: ConversationRecord): ConversationSummary {
  return { id, title: toTitle(title), createdAtMs, updatedAtMs, turnCount };
}

/** One line of at most 60 characters, cut between words where there are any. */
export function toTitle(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  const characters = Array.from(line);
  if (characters.length <= MAX_TITLE_CHARS) return line;
  const head = characters.slice(0, MAX_TITLE_CHARS - 1).join('');
  const lastSpace = head.lastIndexOf(' ');
  return `${lastSpace > MAX_TITLE_CHARS / 2 ? head.slice(0, lastSpace) : head}…`;
}

function accepts(record: ConversationRecord, from: 'reply' | 'transcript', utterance: string): boolean {
  if (record.titleFrom === 'none') return true;
  const isOfSameTurn = record.titleUtterance === utterance;
  return isOfSameTurn && (record.titleFrom === 'reply' || record.titleFrom === from);
}

function withoutTitleOf(record: ConversationRecord, utterance: string): ConversationRecord {
  const { titleUtterance, ...rest } = record;
  if (titleUtterance !== utterance || record.titleFrom !== 'reply') return record;
  return { ...rest, title: '', titleFrom: 'none' };
}
