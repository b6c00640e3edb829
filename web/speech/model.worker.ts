import { describeModel, urlOf } from './describe-model.ts';
import { EndOfTurnHost } from './end-of-turn-host.ts';
import { loadModelFile } from './model-file.ts';
import type { ToModelWorker } from './model.messages.ts';
import { costMsOf } from './network.ts';

/** The model worker's shell: heavy inference, away from the call. The runtime comes with the first model that is loaded. */
const endOfTurn = new EndOfTurnHost({
  describe: describeModel,
  loadFile: (model, onProgress) =>
    loadModelFile({ ...model, url: urlOf(model), mayDownload: !isSavingData(), onProgress }),
  startNetwork: async (file) => (await import('./start-network.ts')).startNetwork(file),
  costMsOf,
});

addEventListener('message', (event: MessageEvent<ToModelWorker>) => endOfTurn.attach(event.data.port));

/** What somebody on a metered line asked their browser for; only Chromium tells. */
function isSavingData(): boolean {
  const connection: unknown = Reflect.get(navigator, 'connection');
  return typeof connection === 'object' && connection !== null && Reflect.get(connection, 'saveData') === true;
}
