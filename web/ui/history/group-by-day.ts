import type { ConversationSummary } from '../../conversation/ports.ts';
import { WORDS } from '../words.ts';

export interface DayGroup {
  label: string;
  conversations: ConversationSummary[];
}

/** Newest first, under "Today", "Yesterday", "Earlier this week" and then months, in the local time zone. */
export function groupByDay(conversations: readonly ConversationSummary[], nowMs: number): DayGroup[] {
  const groups: DayGroup[] = [];
  for (const conversation of conversations.toSorted((a, b) => b.updatedAtMs - a.updatedAtMs)) {
    const label = dayLabel(conversation.updatedAtMs, nowMs);
    const last = groups.at(-1);
    if (last?.label === label) last.conversations.push(conversation);
    else groups.push({ label, conversations: [conversation] });
  }
  return groups;
}

function dayLabel(atMs: number, nowMs: number): string {
  const days = dayNumber(nowMs) - dayNumber(atMs);
  if (days <= 0) return WORDS.history.today;
  if (days === 1) return WORDS.history.yesterday;
  if (days < 7) return WORDS.history.thisWeek;
  return new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric' }).format(atMs);
}

/** Calendar days, counted so that neither midnight nor a change to summer time can shift them. */
function dayNumber(atMs: number): number {
  const at = new Date(atMs);
  return Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / 86_400_000;
}

/** The time of today's conversations, the date of older ones. */
export function formatWhen(atMs: number, nowMs: number): string {
  const options: Intl.DateTimeFormatOptions =
    dayNumber(nowMs) - dayNumber(atMs) <= 1
      ? { hour: 'numeric', minute: '2-digit' }
      : { day: 'numeric', month: 'short' };
  return new Intl.DateTimeFormat('en', options).format(atMs);
}
