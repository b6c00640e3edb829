import { createModelWorker } from '../speech/model.client.ts';
import type { FromCall, ToCall } from './call.messages.ts';

/** The page's end of the call worker. */
export interface CallClient {
  send(message: ToCall, transfer?: Transferable[]): void;
  dispose(): void;
}

/** Starts the worker, and one beside it for heavy models. `onCrash`: it could not be loaded, or threw where nothing caught it. */
export function createCallClient(
  onMessage: (message: FromCall) => void,
  onCrash: (detail: string) => void,
): CallClient {
  const worker = new Worker(new URL('./call.worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = (event: MessageEvent<FromCall>) => onMessage(event.data);
  worker.onerror = (event) => onCrash(event.message);
  const send = (message: ToCall, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
  // Its own thread: what a heavy model computes must not hold up a frame of the microphone.
  const models = createModelWorker();
  const port = models.connect();
  send({ type: 'models.attached', port }, [port]);
  return {
    send,
    dispose: () => {
      worker.terminate();
      models.dispose();
    },
  };
}
