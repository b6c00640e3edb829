import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { messageOf } from '#kernel/result';
import type { FromThread, ToThread } from './ears.messages.ts';
import type { StartThread, Thread } from './thread.ts';

export interface KeptThreadOptions {
  start: StartThread;
  clock: Clock;
  logger: Logger;
  onMessage(message: FromThread): void;
  /** It runs again, and knows nothing of before. */
  onUp(): void;
  /** Whatever was under way in it is lost. */
  onDown(): void;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 30_000;
/** Who lived so long and died did not die of starting. */
const SETTLED_MS = 60_000;

/** A thread that is started again when it dies or cannot be started, later each time it does so soon. */
export class KeptThread {
  readonly #options: KeptThreadOptions;
  #thread: Thread | undefined;
  #waitMs = FIRST_WAIT_MS;
  #startedMs = 0;
  #cancel: (() => void) | undefined;

  constructor(options: KeptThreadOptions) {
    this.#options = options;
    this.#start();
  }

  /** False: there is none at the moment, and the message is gone. */
  post(message: ToThread, transfer?: ArrayBuffer[]): boolean {
    this.#thread?.post(message, transfer);
    return this.#thread !== undefined;
  }

  get isUp(): boolean {
    return this.#thread !== undefined;
  }

  async close(): Promise<void> {
    this.#cancel?.();
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.stop();
  }

  #start(): void {
    this.#startedMs = this.#options.clock.nowMs();
    try {
      this.#thread = this.#run();
    } catch (thrown) {
      this.#ended(messageOf(thrown));
    }
  }

  #run(): Thread {
    const { start, onMessage } = this.#options;
    const thread: Thread = start({
      onMessage,
      onEnd: (reason) => {
        if (this.#thread === thread) this.#ended(reason);
      },
    });
    return thread;
  }

  #ended(reason: string): void {
    const { clock, logger, onDown, onUp } = this.#options;
    this.#thread = undefined;
    if (clock.nowMs() - this.#startedMs > SETTLED_MS) this.#waitMs = FIRST_WAIT_MS;
    const restartInMs = this.#waitMs;
    this.#waitMs = Math.min(LONGEST_WAIT_MS, 2 * restartInMs);
    logger.error('ears.thread-died', { reason, restartInMs });
    onDown();
    this.#cancel = clock.after(restartInMs, () => {
      this.#start();
      if (this.#thread) onUp();
    });
  }
}
