import type { Clock } from '#kernel/clock';
import { toUpstreamProblem } from '../problem.ts';
import type { UpstreamProblem } from '../upstream.ts';
import type { Choice } from './choose.ts';
import { FairQueue, type Waiter } from './fair-queue.ts';
import type { Server } from './server.ts';

export interface AdmissionLimits {
  maxWaiting: number;
  /** Who would have to wait longer is told so at once, not let in. */
  maxWaitMs: number;
}

export const ADMISSION_LIMITS: AdmissionLimits = { maxWaiting: 100, maxWaitMs: 10_000 };

/** How often those who wait hear of it. */
const TELL_EVERY_MS = 2_000;
/** How long a turn holds its place, before any has been timed. */
const FIRST_GUESS_MS = 4_000;
/** Weight of the newest turn in the running mean. */
const LEARNING_RATE = 0.2;
/** Estimates err; who was let in is not sent away again before this many times the longest wait. */
const PATIENCE = 2;

export type News =
  | { kind: 'admitted'; server: Server }
  | { kind: 'queued'; position: number; etaMs: number }
  | { kind: 'refused'; problem: UpstreamProblem };

export interface Request extends Waiter {
  /** Servers that have failed this turn already. */
  except: ReadonlySet<Server>;
  /** `queued` any number of times, then one of the others. Called in `enter` already where no wait is needed. */
  tell(news: News): void;
}

interface Waiting extends Request {
  sinceMs: number;
}

/** Lets turns in as servers have room, in a fair order, and keeps everybody told. */
export class Admission {
  readonly #clock: Clock;
  readonly #limits: AdmissionLimits;
  readonly #choose: (except: ReadonlySet<Server>) => Choice;
  readonly #queue = new FairQueue<Waiting>();
  #meanHeldMs = FIRST_GUESS_MS;
  #stopTelling: (() => void) | undefined;

  constructor(clock: Clock, limits: AdmissionLimits, choose: (except: ReadonlySet<Server>) => Choice) {
    this.#clock = clock;
    this.#limits = limits;
    this.#choose = choose;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Returns what makes it leave the queue. An admitted turn holds its place until `release`. */
  enter(request: Request): () => void {
    const waiting: Waiting = { ...request, sinceMs: this.#clock.nowMs() };
    this.#queue.add(waiting);
    this.pump();
    const position = this.#queue.inOrder().indexOf(waiting) + 1;
    if (position > 0) this.#letIn(waiting, position);
    return () => this.#queue.remove(waiting);
  }

  /** A turn is over that held its place for `heldMs`. */
  release(server: Server, heldMs: number): void {
    server.outstanding--;
    this.#meanHeldMs += LEARNING_RATE * (heldMs - this.#meanHeldMs);
    this.pump();
  }

  /** Admitted, but nobody came. */
  giveBack(server: Server): void {
    server.outstanding--;
    this.pump();
  }

  /** Gives away what there is to give; called whenever a server may have room it had not before. */
  pump(): void {
    for (const waiting of this.#queue.inOrder()) {
      const choice = this.#choose(waiting.except);
      if (choice.kind === 'full') continue;
      if (choice.kind === 'none') {
        this.#queue.remove(waiting);
        waiting.tell({ kind: 'refused', problem: toRefusal(choice) });
        continue;
      }
      choice.server.take();
      this.#queue.serve(waiting);
      waiting.tell({ kind: 'admitted', server: choice.server });
    }
  }

  #letIn(waiting: Waiting, position: number): void {
    const etaMs = this.#etaMs(waiting, position);
    if (position > this.#limits.maxWaiting || etaMs > this.#limits.maxWaitMs) return this.#refuse(waiting, etaMs);
    waiting.tell({ kind: 'queued', position, etaMs });
    this.#stopTelling ??= this.#clock.after(TELL_EVERY_MS, () => this.#tellAll());
  }

  #tellAll(): void {
    this.#stopTelling = undefined;
    this.pump();
    const nowMs = this.#clock.nowMs();
    for (const [i, waiting] of this.#queue.inOrder().entries()) {
      const etaMs = this.#etaMs(waiting, i + 1);
      if (nowMs - waiting.sinceMs > PATIENCE * this.#limits.maxWaitMs) this.#refuse(waiting, etaMs);
      else waiting.tell({ kind: 'queued', position: i + 1, etaMs });
    }
    if (this.waiting > 0) this.#stopTelling = this.#clock.after(TELL_EVERY_MS, () => this.#tellAll());
  }

  #refuse(waiting: Waiting, etaMs: number): void {
    this.#queue.remove(waiting);
    const problem = toUpstreamProblem('upstream-busy', `${this.waiting} turns wait`, Math.max(1_000, etaMs));
    waiting.tell({ kind: 'refused', problem });
  }

  /** With n places of mean duration d one falls free every d/n. */
  #etaMs({ except }: Waiting, position: number): number {
    const choice = this.#choose(except);
    if (choice.kind !== 'full') return 0;
    return Math.round(choice.restMs + (position * this.#meanHeldMs) / choice.places);
  }
}

function toRefusal({ retryAfterMs, problem }: Extract<Choice, { kind: 'none' }>): UpstreamProblem {
  const kind = problem?.kind ?? 'upstream-unreachable';
  const detail = `no server is usable: ${problem?.detail ?? 'none was reached'}`;
  const refusal = toUpstreamProblem(kind, detail, Math.max(1_000, retryAfterMs));
  return refusal.retry === 'now' ? { ...refusal, retry: 'later' } : refusal;
}
