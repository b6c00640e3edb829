import { heardText, type HistoryTurn } from '#protocol';
import type { ContextItem } from '../upstream/upstream.ts';
import { CONTEXT_BUDGET, toContext, type ContextBudget, type Remembered } from './context.ts';

/** Earlier turns in the order they were first accepted. */
export class Memory {
  readonly #budget: ContextBudget;
  #turns = new Map<string, Remembered>();

  constructor(budget: ContextBudget = CONTEXT_BUDGET) {
    this.#budget = budget;
  }

  has(utterance: string): boolean {
    return this.#turns.has(utterance);
  }

  get(utterance: string): Readonly<Remembered> | undefined {
    return this.#turns.get(utterance);
  }

  /**
   * The browser's history is the truth: its words replace ours and its omissions are deletions. Audio stays with the
   * turns it names. Turns of `open` (not stored there yet) are kept behind them.
   */
  adopt(history: readonly HistoryTurn[], open: ReadonlySet<string>): void {
    const before = this.#turns;
    this.#turns = new Map();
    for (const { utterance, user, assistant } of history) {
      const known = before.get(utterance);
      const userText = user ?? known?.userText;
      const assistantText = assistant ?? known?.assistantText;
      this.#turns.set(utterance, {
        ...known,
        utterance,
        ...(userText !== undefined && { userText }),
        ...(assistantText !== undefined && { assistantText }),
      });
    }
    for (const [utterance, turn] of before) {
      if (open.has(utterance) && !this.#turns.has(utterance)) this.#turns.set(utterance, turn);
    }
  }

  /** Turns whose audio would be sent as context if it were here. */
  missingAudio(): string[] {
    return [...this.#turns.values()]
      .slice(-this.#budget.audioTurns)
      .filter((turn) => !turn.audio)
      .map((turn) => turn.utterance);
  }

  /** Remembers what was said; the answer follows. Audio that has left the window is let go. */
  hear(utterance: string, audio: Uint8Array): void {
    this.#turns.set(utterance, { ...this.#turns.get(utterance), utterance, audio });
    const beyond = [...this.#turns.values()].slice(0, -this.#budget.audioTurns - 1);
    for (const turn of beyond) delete turn.audio;
  }

  /** Remembers an answer as heard in full, until `cut` says otherwise. */
  answer(utterance: string, answer: NonNullable<Remembered['answer']>, transcript: string): void {
    const turn = this.#turns.get(utterance);
    if (!turn) return;
    turn.answer = answer;
    turn.assistantText = answer.text;
    if (transcript) turn.userText = transcript;
  }

  /** Cuts the remembered answer down to what was heard of it: the client's own words for it, where it sent them. */
  cut(utterance: string, attempt: number, heardSample: number, heard?: string): void {
    const turn = this.#turns.get(utterance);
    // Without an answer of ours the turn was told to us by a client that has it.
    if (turn && !turn.answer && heard !== undefined) turn.assistantText = heard;
    if (turn?.answer?.attempt !== attempt) return;
    turn.assistantText = heard ?? heardText(turn.answer.text, heardSample, turn.answer.samples);
  }

  forget(utterance: string): void {
    this.#turns.delete(utterance);
  }

  contextOf(utterance: string): ContextItem[] {
    const turns = [...this.#turns.values()];
    const at = turns.findIndex((turn) => turn.utterance === utterance);
    return toContext(at < 0 ? turns : turns.slice(0, at), this.#budget);
  }
}
