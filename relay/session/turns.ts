import type { Clock } from '#kernel/clock';
import { LIMITS } from '#protocol';
import type { Budgets } from './budgets.ts';
import { CONTEXT_BUDGET } from './context.ts';
import { Turn } from './turn.ts';

const BYTES_PER_MS = (LIMITS.inputRateHz * 2) / 1000;

/** The utterances of one conversation that are not finished with, and their handles on the current connection. */
export class Turns {
  readonly #budgets: Budgets;
  readonly #clock: Clock;
  readonly #turns = new Map<string, Turn>();
  readonly #handles = new Map<number, Turn>();
  readonly #complainedOf = new Set<number>();

  constructor(budgets: Budgets, clock: Clock) {
    this.#budgets = budgets;
    this.#clock = clock;
  }

  /** Every answer held here has been handed to the connection in full. */
  get areDelivered(): boolean {
    return this.all().every((turn) => turn.reply?.delivery.isComplete ?? true);
  }

  all(): Turn[] {
    return [...this.#turns.values()];
  }

  get(utterance: string): Turn | undefined {
    return this.#turns.get(utterance);
  }

  byHandle(handle: number): Turn | undefined {
    return this.#handles.get(handle);
  }

  /** Whether this unknown handle has not been complained of yet: frames keep coming until the client has read it. */
  isNews(handle: number): boolean {
    if (this.#complainedOf.has(handle)) return false;
    this.#complainedOf.add(handle);
    return true;
  }

  /** Undefined when there are too many. One that waits for nothing but the client makes room. */
  add(utterance: string, role: 'turn' | 'history'): Turn | undefined {
    const peers = this.all().filter((turn) => turn.role === role);
    const limit = role === 'turn' ? this.#budgets.maxOpenUtterances : CONTEXT_BUDGET.audioTurns;
    if (peers.length >= limit) {
      const oldest = peers.find((turn) => turn.phase === 'done' || turn.hasFailed);
      if (!oldest) return undefined;
      this.remove(oldest);
    }
    const turn = new Turn(utterance, role, this.#budgets.maxUtteranceMs * BYTES_PER_MS);
    this.#turns.set(utterance, turn);
    this.touch(turn);
    return turn;
  }

  bind(turn: Turn, handle: number): void {
    if (turn.handle !== undefined) this.#handles.delete(turn.handle);
    turn.handle = handle;
    this.#handles.set(handle, turn);
    this.#complainedOf.delete(handle);
  }

  /** Handles die with their connection, and so does what was complained of there. */
  unbind(): void {
    this.#handles.clear();
    this.#complainedOf.clear();
    for (const turn of this.#turns.values()) {
      turn.handle = undefined;
      turn.gapAt = undefined;
      turn.reply?.delivery.disconnect();
    }
  }

  /** Its attempt failed: the audio waits for another commit. */
  fail(turn: Turn): void {
    this.reassemble(turn);
    turn.hasFailed = true;
  }

  /** Its answer is no longer wanted: more frames follow. */
  reassemble(turn: Turn): void {
    turn.reply = undefined;
    turn.committed = undefined;
    turn.hasFailed = false;
    turn.phase = 'assembling';
    this.touch(turn);
  }

  /** Something of it arrived: its time to live starts again. */
  touch(turn: Turn): void {
    turn.touchedAtMs = this.#clock.nowMs();
    if (!turn.hasTtl) this.#watch(turn, this.#budgets.assemblyTtlMs);
  }

  remove(turn: Turn): void {
    turn.stopTtl();
    this.#turns.delete(turn.utterance);
    if (turn.handle !== undefined) this.#handles.delete(turn.handle);
  }

  /** One timer per utterance, not one per frame: it looks at the time of the last touch when it fires. */
  #watch(turn: Turn, delayMs: number): void {
    turn.hasTtl = true;
    const cancel = this.#clock.after(delayMs, () => {
      turn.hasTtl = false;
      const restMs = turn.touchedAtMs + this.#budgets.assemblyTtlMs - this.#clock.nowMs();
      if (restMs > 0) this.#watch(turn, restMs);
      else this.remove(turn);
    });
    turn.stopTtl = () => {
      turn.hasTtl = false;
      cancel();
    };
  }
}
