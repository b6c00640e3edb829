import { mkdtempSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../../relay/app.ts';
import { createServer } from '../../../relay/http/server.ts';
import { createOmniChat } from '../../../relay/upstream/omni-chat/omni-chat.ts';
import { createRecogniser } from '../../../relay/upstream/recogniser/recogniser.ts';
import type { Upstream } from '../../../relay/upstream/upstream.ts';
import { OMNI_VOICES } from '../../fakes/omni-request.ts';
import { createFakeOmni, type FakeOmni } from '../../fakes/omni-server.ts';
import type { OmniScript } from '../../fakes/omni-script.ts';
import { createFakeRecogniser } from '../../fakes/transcription-server.ts';

const MODEL = 'Qwen/Qwen3-Omni-30B-A3B-Instruct';

/** What one client of a relay has to do with, and a model that is scripted for it alone. */
export interface Guest {
  port: number;
  model: string;
  upstream: FakeOmni;
  /** What the client has to give as its instructions for that model to answer it, where there are several. */
  instructions: string;
}

/** A whole relay on the loopback, as it is started for people, with a recogniser. */
export interface House {
  join(script?: Partial<OmniScript>): Promise<Guest>;
  /** Ends the relay alone, as a restart does. */
  stopRelay(): Promise<void>;
  stop(): Promise<void>;
}

/** A relay for one client alone. */
export type Stage = Guest & Omit<House, 'join'>;

/** Without keys anybody on this machine may use the relay. */
export async function openHouse(apiKeys: readonly string[] = []): Promise<House> {
  const guests: { guest: Guest; upstream: Upstream }[] = [];
  const ears = await createFakeRecogniser();
  const app = createApp({
    config: { allowedHosts: [], apiKeys },
    upstream: {
      ...{ name: 'guests', model: MODEL, outputRateHz: 24_000, voices: OMNI_VOICES },
      respond(turn, signal) {
        const { systemPrompt = '' } = turn.settings;
        const asked = guests.find(({ guest }) => systemPrompt.includes(guest.instructions)) ?? guests[0];
        if (!asked) throw new Error('nobody is there');
        return asked.upstream.respond(turn, signal);
      },
      check: () => Promise.resolve({ state: 'up' }),
    },
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
  return {
    async join(script = {}) {
      const upstream = await createFakeOmni({ script, model: MODEL });
      const instructions = `You are brief, and guest ${guests.length}.`;
      const guest = { port, model: MODEL, upstream, instructions };
      guests.push({ guest, upstream: createOmniChat({ baseUrl: upstream.baseUrl, model: MODEL }) });
      return guest;
    },
    stopRelay,
    async stop() {
      await stopRelay();
      await Promise.all([ears.close(), ...guests.map(({ guest }) => guest.upstream.close())]);
    },
  };
}

export async function setStage(script: Partial<OmniScript> = {}): Promise<Stage> {
  const { join: enter, ...house } = await openHouse();
  return { ...(await enter(script)), ...house };
}
