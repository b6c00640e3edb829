import { MessageChannel } from 'node:worker_threads';
import { messageOf } from '#kernel/result';
import type { FromThread, ToThread } from './ears.messages.ts';
import { createServer } from './serve.ts';
import type { StartThread } from './thread.ts';

/** The same without a thread, for programs that were not built. Messages are copied on their way as they are between threads. */
export const inProcess: StartThread = ({ onMessage, onEnd }) => {
  const { port1: ours, port2: theirs } = new MessageChannel();
  const end = (): void => {
    ours.close();
    theirs.close();
  };
  const serve = createServer((message, transfer) => theirs.postMessage(message, transfer));
  theirs.on('message', (message: ToThread) => {
    serve(message).catch((error: unknown) => {
      end();
      onEnd(messageOf(error));
    });
  });
  ours.on('message', (message: FromThread) => onMessage(message));
  for (const port of [ours, theirs]) port.unref();
  return {
    post: (message, transfer) => ours.postMessage(message, transfer),
    stop: async () => end(),
  };
};
