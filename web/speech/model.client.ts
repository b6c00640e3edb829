import type { ToModelWorker } from './model.messages.ts';

/** The page's end of the model worker. */
export interface ModelWorker {
  /** A new way to the models, to be given away: what goes over it never passes through the page. */
  connect(): MessagePort;
  dispose(): void;
}

/** Starts the worker; nothing is downloaded before somebody asks for a model. */
export function createModelWorker(): ModelWorker {
  const worker = new Worker(new URL('./model.worker.ts', import.meta.url), { type: 'module' });
  return {
    connect: () => {
      const { port1, port2 } = new MessageChannel();
      const message: ToModelWorker = { type: 'attached', port: port1 };
      worker.postMessage(message, [port1]);
      return port2;
    },
    dispose: () => worker.terminate(),
  };
}
