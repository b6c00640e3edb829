import type { Clock } from '#kernel/clock';
import type { LiveEvent } from '../../session/live/live-event.ts';

/** Clients wait 20 s for `session.finished`; what is not done by then is cut off. */
export const MAX_DRAIN_MS = 12_000;
/** One thing may follow another: an answer that waited for the one before it, say. */
const SETTLE_MS = 50;

export interface DrainActions {
  /** Ends the response that is still being given. */
  cut(): void;
  /** Nothing more is to be told. */
  finished(): void;
}

/** Knows what of a session is still to come, and when it is finished once the client wants no more. */
export class Drain {
  readonly #clock: Clock;
  readonly #actions: DrainActions;
  /** Responses that are being given, and items whose words are being written down. */
  readonly #pending = new Set<string>();
  /** Committed without a word having been said. */
  #idleItem: string | undefined;
  #isDraining = false;
  #stopLimit = () => {};
  #stopSettling = () => {};

  constructor(clock: Clock, actions: DrainActions) {
    this.#clock = clock;
    this.#actions = actions;
  }

  get hasBegun(): boolean {
    return this.#isDraining;
  }

  /** `awaitsWords`: what is said is certainly written down, or told not to have been. */
  note(event: LiveEvent, awaitsWords: boolean): void {
    if (event.kind === 'response-created') this.#pending.add(event.response.id);
    if (event.kind === 'response-done') this.#pending.delete(event.response.id);
    if (event.kind === 'idle') this.#idleItem = event.itemId;
    if (event.kind === 'committed' && awaitsWords && event.itemId !== this.#idleItem) this.#pending.add(event.itemId);
    if (event.kind === 'transcript' || event.kind === 'transcript-failed') this.#pending.delete(event.itemId);
    if (this.#isDraining) this.#settle();
  }

  begin(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.#stopLimit = this.#clock.after(MAX_DRAIN_MS, () => {
      this.#actions.cut();
      this.#finish();
    });
    this.#settle();
  }

  /** Nobody is there any more. */
  stop(): void {
    this.#stopLimit();
    this.#stopSettling();
  }

  #settle(): void {
    this.#stopSettling();
    if (this.#pending.size === 0) this.#stopSettling = this.#clock.after(SETTLE_MS, () => this.#finish());
  }

  #finish(): void {
    this.stop();
    this.#actions.finished();
  }
}
