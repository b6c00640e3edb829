import { createFakeOmni } from '../../../e2e/fakes/omni-server.ts';
import { createOmniChat } from '../omni-chat/omni-chat.ts';
import { describeUpstream, type UpstreamFixture } from '../upstream.contract.ts';
import { Pool } from './pool.ts';

async function createFixture(): Promise<UpstreamFixture> {
  const fakes = [await createFakeOmni({ script: { pace: 0 } }), await createFakeOmni({ script: { pace: 0 } })];
  const clients = fakes.map(({ baseUrl, model }) => createOmniChat({ baseUrl, model }));
  const servers = clients.map((upstream, i) => ({
    name: `gpu-${i}`,
    upstream,
    maxConcurrent: 2,
    weight: 1,
    warmsUp: false,
  }));
  const pool = new Pool({ groups: [{ name: 'gpu', servers }] });
  pool.start();
  return {
    upstream: pool,
    close: async () => {
      pool.stop();
      await Promise.all([...clients, ...fakes].map((one) => one.close()));
    },
  };
}

describeUpstream(createFixture);
