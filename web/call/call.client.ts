import type { FromCall, ToCall } from './call.messages.ts';

/** The page's end of the call worker. */
export interface CallClient {
  send(message: ToCall, transfer?: Transferable[]): void;
  dispose(): void;
}

/** Starts the worker. `onCrash`: it could not be loaded, or threw where nothing caught it. */
export function createCallClient(
  onMessage: (message: FromCall) => void,
  onCrash: (detail: string) => void,
): CallClient {
  const worker = new Worker(new URL('./call.worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = (event: MessageEvent<FromCall>) => onMessage(event.data);
  worker.onerror = (event) => onCrash(event.message);
  return {
    send: (message, transfer = []) => worker.postMessage(message, transfer),
    dispose: () => worker.terminate(),
  };
}
