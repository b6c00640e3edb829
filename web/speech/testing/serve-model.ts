import type { Plugin } from 'vite';
import type { Ending } from '../../../models/end-of-turn/testing/endings.ts';
import { pauseModel } from '../../../models/tools/pause-model.ts';
import { gitBlobIdOf } from '../../../relay/config/model-settings.ts';

/**
 * The relay's routes for the end-of-turn model, for browser tests: the model made for tests, what Node computes with it
 * (GET /testing/judged/<ending>), and how often the file was asked for (GET /testing/model-requests).
 */
export function serveModel(): Plugin {
  const file = pauseModel();
  const name = { id: 'pause', file: 'pause.onnx' };
  const model = { ...name, bytes: file.length, gitBlobId: gitBlobIdOf(file), threshold: 0.6, languageThresholds: {} };
  let requests = 0;
  return {
    name: 'earshot-test-model',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const [path = ''] = (request.url ?? '').split('?');
        const json = (value: unknown): void => {
          response.setHeader('Content-Type', 'application/json');
          response.end(JSON.stringify(value));
        };
        const ending = (['fades', 'goes-on', 'breaks-off'] as const).find(
          (known) => path === `/testing/judged/${known}`,
        );
        if (path === '/models/end-of-turn') json(model);
        else if (path === '/testing/model-requests') json(requests);
        else if (ending) void judgedByNode(file, ending).then(json, next);
        else if (path === `/models/files/${name.id}/${name.file}`) {
          requests++;
          response.setHeader('Content-Length', file.length);
          // In two parts, so that there is progress to see.
          response.write(file.subarray(0, 1000));
          setTimeout(() => response.end(file.subarray(1000)), 150);
        } else next();
      });
    },
  };
}

/** The configuration of every test run imports this file: what is large is imported when it is needed. */
async function judgedByNode(file: Uint8Array, ending: Ending): Promise<number> {
  const [{ loadJudge }, { logMel }, { utteranceThat }] = await Promise.all([
    import('../../../models/tools/testing/run-model.ts'),
    import('../../../models/end-of-turn/log-mel.ts'),
    import('../../../models/end-of-turn/testing/endings.ts'),
  ]);
  const judge = await loadJudge(file);
  return judge(logMel(utteranceThat(ending)));
}
