import { inProcess } from '../in-process.ts';
import type { StartThread } from '../thread.ts';

/** Threads that break when they are told to. */
export function createBreakable(): { start: StartThread; readonly started: number; breakLast(): void } {
  const breaks: (() => void)[] = [];
  return {
    start: (listener) => {
      const thread = inProcess(listener);
      breaks.push(() => {
        void thread.stop();
        listener.onEnd('out of memory');
      });
      return thread;
    },
    get started() {
      return breaks.length;
    },
    breakLast: () => breaks.at(-1)?.(),
  };
}
