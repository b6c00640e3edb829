import type { HistoryTurn } from '#protocol';
import type { Journal, LogEntry, LogFact } from '../conversation/ports.ts';
import { TurnLog, type Turn } from '../conversation/turn-log.ts';

/** Writes facts down: numbered, stored, shown, and added up for what the relay is to remember. */
export class LogBook {
  readonly #conversation: string;
  readonly #journal: Journal;
  readonly #onEntry: (entry: LogEntry) => void;
  readonly #turns = new TurnLog();
  #nextSeq: number;
  #spokenLanguage: string | undefined;

  /** `past`: what is stored of the conversation already; undefined when that cannot be read. */
  constructor(
    conversation: string,
    past: readonly LogEntry[] | undefined,
    journal: Journal,
    onEntry: (entry: LogEntry) => void,
  ) {
    this.#conversation = conversation;
    this.#journal = journal;
    this.#onEntry = onEntry;
    // Beyond anything that could be stored there: what cannot be read must not be written over either.
    this.#nextSeq = past ? (past.at(-1)?.seq ?? -1) + 1 : Date.now();
    for (const entry of past ?? []) this.#turns.add(entry);
  }

  write(fact: LogFact): void {
    const entry: LogEntry = {
      ...fact,
      conversation: this.#conversation,
      seq: this.#nextSeq++,
      atMs: Date.now(),
    };
    if (fact.type === 'transcript' && fact.language !== undefined) this.#spokenLanguage = fact.language;
    this.#turns.add(entry);
    this.#journal.appendLog(entry);
    this.#onEntry(entry);
  }

  /** The language of the last transcript of this call that had one. */
  get spokenLanguage(): string | undefined {
    return this.#spokenLanguage;
  }

  history(): HistoryTurn[] {
    return this.#turns.history();
  }

  turns(): Turn[] {
    return this.#turns.turns();
  }

  turn(utterance: string): Turn | undefined {
    return this.#turns.turns().find((turn) => turn.utterance === utterance);
  }
}
