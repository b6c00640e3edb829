import { toUpstreamProblem } from '../../upstream/problem.ts';
import type { Heard } from './hear.ts';
import type { Utterance } from './utterance.ts';

/** Utterances that wait for the recogniser; nobody speaks more of them at once. */
const MAX_WAITING = 16;

/** The utterances that have ended: asked for at once, told one after the other in the order in which they were spoken. */
export class Finals {
  readonly #waiting = new Set<Utterance>();
  #told: Promise<void> = Promise.resolve();

  /** Resolves when all that were added have been told. */
  get told(): Promise<void> {
    return this.#told;
  }

  add(utterance: Utterance, ask: () => Promise<Heard>, tell: (outcome: Heard) => void): void {
    const heard = this.#ask(utterance, ask);
    this.#waiting.add(utterance);
    this.#told = Promise.all([heard, this.#told]).then(([outcome]) => {
      this.#waiting.delete(utterance);
      tell(outcome);
    });
  }

  abort(): void {
    for (const utterance of this.#waiting) utterance.abort();
  }

  #ask(utterance: Utterance, ask: () => Promise<Heard>): Promise<Heard> {
    if (this.#waiting.size < MAX_WAITING) return ask();
    utterance.abort();
    return Promise.resolve({ kind: 'failed', problem: toUpstreamProblem('upstream-busy', 'too many utterances') });
  }
}
