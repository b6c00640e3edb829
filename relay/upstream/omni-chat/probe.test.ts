import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createFakeOmni, type FakeOmni } from '../../../e2e/fakes/omni-server.ts';
import { probeOmniService } from './probe.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function startFake(model: string): Promise<FakeOmni> {
  const fake = await createFakeOmni({ model });
  open.push(fake);
  return fake;
}

function startServer(answer: Parameters<typeof createServer>[1]): Promise<number> {
  const server: Server = createServer(answer ?? (() => {}));
  open.push({ close: () => server.close().closeAllConnections() });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

const portOf = ({ baseUrl }: FakeOmni) => Number(new URL(baseUrl).port);

describe('the probe', () => {
  it('finds the first server in order whose model hears, and names both', async () => {
    const text = await startFake('Qwen/Qwen3-30B-A3B');
    const omni = await startFake('Qwen/Qwen3-Omni-30B-A3B-Instruct');
    const other = await startFake('Qwen/Qwen2.5-Omni-7B');
    const found = await probeOmniService([text, omni, other].map(portOf));
    expect(found).toEqual({ baseUrl: omni.baseUrl, model: omni.model });
  });

  it('believes what llama.cpp says a model takes, whatever its name', async () => {
    const serve = (id: string, modalities: string[]) =>
      startServer((_, response) =>
        response.end(JSON.stringify({ data: [{ id, architecture: { input_modalities: modalities } }] })),
      );
    const deaf = await serve('qwen2.5-omni-text-only.gguf', ['text']);
    const hearing = await serve('voxtral.gguf', ['text', 'audio']);
    expect(await probeOmniService([deaf, hearing])).toEqual({
      baseUrl: `http://127.0.0.1:${hearing}`,
      model: 'voxtral.gguf',
    });
  });

  it('finds nothing among closed ports, silent servers and other services, and is quick about it', async () => {
    const silent = await startServer(() => {});
    const page = await startServer((_, response) => response.end('<html>'));
    const closed = await startServer(() => {});
    await open.pop()?.close();
    const startedMs = performance.now();
    expect(await probeOmniService([silent, page, closed])).toBeUndefined();
    expect(performance.now() - startedMs).toBeLessThan(600);
  });
});
