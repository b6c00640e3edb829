import { mkdtempSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../../relay/app.ts';
import { createServer } from '../../../relay/http/server.ts';
import { createOmniChat } from '../../../relay/upstream/omni-chat/omni-chat.ts';
import { createRecogniser } from '../../../relay/upstream/recogniser/recogniser.ts';
import { createFakeOmni, type FakeOmni } from '../../fakes/omni-server.ts';
import type { OmniScript } from '../../fakes/omni-script.ts';
import { createFakeRecogniser } from '../../fakes/transcription-server.ts';

/** A whole relay on the loopback, as it is started for people, with a model and a recogniser that are scripted. */
export interface Stage {
  port: number;
  model: string;
  upstream: FakeOmni;
  /** Ends the relay alone, as a restart does. */
  stopRelay(): Promise<void>;
  stop(): Promise<void>;
}

/** Without keys anybody on this machine may use the relay. */
export async function setStage(script: Partial<OmniScript> = {}, apiKeys: readonly string[] = []): Promise<Stage> {
  const upstream = await createFakeOmni({ script });
  const ears = await createFakeRecogniser();
  const app = createApp({
    config: { allowedHosts: [], apiKeys },
    upstream: createOmniChat({ baseUrl: upstream.baseUrl, model: upstream.model }),
    recogniser: createRecogniser({ baseUrl: ears.baseUrl }),
    webRoot: mkdtempSync(join(tmpdir(), 'earshot-no-web-')),
    version: '0.0.0-test',
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let isUp = true;
  const stopRelay = async (): Promise<void> => {
    if (!isUp) return;
    isUp = false;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await app.registry.drain(0);
    await app.closeLive();
    server.closeAllConnections();
    await closed;
  };
  const stop = async (): Promise<void> => {
    await stopRelay();
    await Promise.all([upstream.close(), ears.close()]);
  };
  return { port, model: upstream.model, upstream, stopRelay, stop };
}
