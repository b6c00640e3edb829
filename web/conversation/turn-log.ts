import type { HistoryTurn } from '#protocol';
import { heardText, spokenMs } from '#protocol/heard';
import type { LogEntry, UtteranceEntry } from './log.ts';
import type { TurnTimings } from './timings.ts';

/** One exchange as it is shown and remembered. */
export interface Turn {
  utterance: string;
  state: 'hearing' | 'sent' | 'answering' | 'answered' | 'interrupted' | 'failed';
  startedAtMs: number;
  durationMs: number;
  /** What the user said, where somebody transcribed it. */
  userText?: string;
  /** Of `userText`; a BCP 47 tag. */
  userLanguage?: string;
  /** `userText` is perhaps not what was said. */
  isDoubtful?: boolean;
  reply?: TurnReply;
  problem?: string;
  timings?: TurnTimings;
}

export interface TurnReply {
  attempt: number;
  upstream: string;
  model: string;
  rateHz: number;
  /** While it is not known what was heard: all that arrived. After an interruption: what was heard. */
  text: string;
  /** Of `text`; a BCP 47 tag. */
  language?: string;
  samples?: number;
}

/** A turn that may still change; `isConfirmed` keeps a speculative answer from being shown before its time. */
interface Draft extends Turn {
  isConfirmed: boolean;
}

/** Adds up a log, or goes on from an earlier sum. Pure; the order of `entries` is their `seq`. */
export class TurnLog {
  readonly #drafts = new Map<string, Draft>();

  add(entry: LogEntry): void {
    if (!('utterance' in entry)) return;
    if (entry.type === 'utterance.discarded') {
      this.#drafts.delete(entry.utterance);
      return;
    }
    const draft = this.#drafts.get(entry.utterance) ?? newDraft(entry);
    this.#drafts.set(entry.utterance, advance(draft, entry));
  }

  /** In the order in which the turns began. */
  turns(): Turn[] {
    return [...this.#drafts.values()].map(({ isConfirmed, ...turn }) => {
      if (isConfirmed) return turn;
      const { reply: _held, ...withoutReply } = turn;
      return withoutReply;
    });
  }

  /** What a relay is to remember: turns whose answer was heard, at least in part, or has all arrived and is playing. */
  history(): HistoryTurn[] {
    return this.turns()
      .filter(isOver)
      .map((turn) => ({
        utterance: turn.utterance,
        ...(turn.userText !== undefined && { user: turn.userText }),
        ...(turn.reply && { assistant: turn.reply.text }),
        ...(turn.state === 'interrupted' && { interrupted: true }),
      }));
  }
}

export function toTurns(entries: Iterable<LogEntry>): Turn[] {
  const log = new TurnLog();
  for (const entry of entries) log.add(entry);
  return log.turns();
}

const isOver = ({ state, reply }: Turn): boolean =>
  state === 'answered' || state === 'interrupted' || (state === 'answering' && reply?.samples !== undefined);

function newDraft(entry: UtteranceEntry): Draft {
  return { utterance: entry.utterance, state: 'hearing', startedAtMs: entry.atMs, durationMs: 0, isConfirmed: false };
}

function advance(draft: Draft, entry: Exclude<UtteranceEntry, { type: 'utterance.discarded' }>): Draft {
  if ('attempt' in entry && draft.reply && entry.attempt < draft.reply.attempt) return draft;
  switch (entry.type) {
    case 'utterance.started':
      return draft;
    case 'utterance.committed':
      return { ...draft, durationMs: entry.durationMs };
    case 'utterance.reopened': {
      const { reply: _dropped, problem: _gone, ...rest } = draft;
      return { ...rest, state: 'hearing', isConfirmed: false };
    }
    case 'utterance.confirmed':
    case 'utterance.restored':
      return {
        ...draft,
        durationMs: entry.durationMs,
        isConfirmed: true,
        state: draft.reply ? 'answering' : 'sent',
      };
    case 'transcript':
      return transcribed(draft, entry);
    case 'reply.started': {
      const { attempt, upstream, model, rateHz } = entry;
      const reply = { attempt, upstream, model, rateHz, text: '' };
      const { problem: _gone, ...rest } = draft;
      return { ...rest, reply, state: draft.isConfirmed ? 'answering' : draft.state };
    }
    case 'reply.text':
      return draft.reply ? { ...draft, reply: { ...draft.reply, text: draft.reply.text + entry.text } } : draft;
    case 'reply.finished':
      return draft.reply ? { ...draft, reply: finished(draft.reply, entry) } : draft;
    case 'reply.heard':
      return { ...draft, state: 'answered' };
    case 'reply.interrupted':
      return interrupt(draft, entry.heardSample, entry.totalSamples);
    case 'reply.failed':
      return { ...draft, state: 'failed', problem: entry.problem };
    case 'turn.timed':
      return { ...draft, timings: entry.timings };
  }
}

function transcribed(
  draft: Draft,
  { text, language, isDoubtful }: Extract<UtteranceEntry, { type: 'transcript' }>,
): Draft {
  const { userLanguage: _language, isDoubtful: _doubt, ...rest } = draft;
  const told = language === undefined ? {} : { userLanguage: language };
  return { ...rest, userText: text, ...told, ...(isDoubtful && { isDoubtful }) };
}

const finished = (
  reply: TurnReply,
  { samples, language }: Extract<UtteranceEntry, { type: 'reply.finished' }>,
): TurnReply => ({ ...reply, samples, ...(language !== undefined && { language }) });

function interrupt(draft: Draft, heardSample: number, totalSamples: number): Draft {
  if (!draft.reply) return { ...draft, state: 'interrupted' };
  const text = heardText(draft.reply.text, heardSample, wholeOf(draft.reply, totalSamples));
  return { ...draft, state: 'interrupted', reply: { ...draft.reply, text, samples: heardSample } };
}

/** The words run ahead of the sound: until all of it is there its length is a guess. */
function wholeOf({ text, rateHz, samples }: TurnReply, receivedSamples: number): number {
  return samples === undefined ? Math.max(receivedSamples, (spokenMs(text) * rateHz) / 1000) : receivedSamples;
}
