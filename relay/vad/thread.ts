import { Worker } from 'node:worker_threads';
import { messageOf } from '#kernel/result';
import type { FromThread, ToThread } from './ears.messages.ts';

export interface Thread {
  post(message: ToThread, transfer?: ArrayBuffer[]): void;
  /** Ends it at once; nothing is told after that. */
  stop(): Promise<void>;
}

export interface ThreadListener {
  onMessage(message: FromThread): void;
  /** It has ended by itself. Called once. */
  onEnd(reason: string): void;
}

export type StartThread = (listener: ThreadListener) => Thread;

/** Real threads, of the program that `vad-worker.ts` is built to. */
export const workerThreads =
  (entry: URL): StartThread =>
  ({ onMessage, onEnd }) => {
    // Standard output belongs to the relay's few lines for people, whatever the runtime of the networks may say.
    const worker = new Worker(entry, { stdout: true, name: 'ears' });
    worker.stdout.resume();
    // The relay lives for its sockets, not for these.
    worker.unref();
    let reason: string | undefined;
    let isStopped = false;
    worker.on('message', (message: FromThread) => {
      if (!isStopped) onMessage(message);
    });
    worker.on('error', (error) => (reason = messageOf(error)));
    worker.once('exit', (code) => {
      if (!isStopped) onEnd(reason ?? `exit code ${code}`);
    });
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      stop: async () => {
        isStopped = true;
        await worker.terminate();
      },
    };
  };
