import type { ToThread } from '../ears.messages.ts';
import type { StartThread, ThreadListener } from '../thread.ts';

/** Threads without anything in them, which tell what a test has them tell. */
export class ScriptedThreads {
  /** Of those that were started, the last one's. */
  listener: ThreadListener | undefined;
  started = 0;
  readonly posted: ToThread[] = [];
  /** So many can still not be started. */
  refused = 0;

  readonly start: StartThread = (listener) => {
    if (this.refused > 0) {
      this.refused--;
      throw new Error('no resources for a thread');
    }
    this.started++;
    this.listener = listener;
    return { post: (message) => void this.posted.push(message), stop: () => Promise.resolve() };
  };
}
