import type { Command } from '../conversation/commands.ts';
import type { ConversationEvent } from '../conversation/events.ts';
import type { Policy } from '../conversation/policy.ts';
import { initialState, type ConversationState } from '../conversation/state.ts';
import { step } from '../conversation/step.ts';

/**
 * Drives the machine: one event at a time, its commands carried out before the next event is looked at. An event that
 * a command causes at once waits its turn, so the machine never sees itself half-way.
 */
export class Runner {
  readonly #carryOut: (command: Command) => void;
  readonly #onState: (state: ConversationState) => void;
  readonly #events: ConversationEvent[] = [];
  #isRunning = false;
  #state: ConversationState;

  constructor(policy: Policy, carryOut: (command: Command) => void, onState: (state: ConversationState) => void) {
    this.#state = initialState(policy);
    this.#carryOut = carryOut;
    this.#onState = onState;
  }

  get state(): ConversationState {
    return this.#state;
  }

  dispatch(event: ConversationEvent): void {
    this.#events.push(event);
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let next = this.#events.shift(); next; next = this.#events.shift()) this.#run(next);
    } finally {
      this.#isRunning = false;
    }
  }

  #run(event: ConversationEvent): void {
    const { state, commands } = step(this.#state, event);
    const isChanged = state !== this.#state;
    this.#state = state;
    for (const command of commands) this.#carryOut(command);
    if (isChanged) this.#onState(state);
  }
}
