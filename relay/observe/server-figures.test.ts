import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { Metrics } from './metrics.ts';
import { FiguresReader, parseServerFigures } from './server-figures.ts';

const DCGM = `# HELP DCGM_FI_DEV_GPU_UTIL GPU utilization (in %).
# TYPE DCGM_FI_DEV_GPU_UTIL gauge
DCGM_FI_DEV_GPU_UTIL{gpu="0",UUID="GPU-1",modelName="NVIDIA H100"} 87
DCGM_FI_DEV_GPU_UTIL{gpu="1",UUID="GPU-2",modelName="NVIDIA H100"} 12
DCGM_FI_DEV_FB_USED{gpu="0",UUID="GPU-1"} 71234
`;

let server: Server | undefined;
afterEach(() => server?.close());

async function serve(status: number, page: string): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  server = createServer((_, response) => {
    asked++;
    response.writeHead(status).end(page);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`, asked: () => asked };
}

describe("a server's figures", () => {
  it('are those of the NVIDIA exporters', () => {
    expect(parseServerFigures('a', DCGM).gpus).toEqual([
      { gpu: '0', utilizationPercent: 87, memoryUsedMib: 71_234 },
      { gpu: '1', utilizationPercent: 12 },
    ]);
    const smi = 'nvidia_smi_utilization_gpu_ratio{uuid="x"} 0.5\nnvidia_smi_memory_used_bytes{uuid="x"} 1.048576e+09\n';
    expect(parseServerFigures('a', smi).gpus).toEqual([{ gpu: 'x', utilizationPercent: 50, memoryUsedMib: 1_000 }]);
  });

  it('are those of llama.cpp', () => {
    expect(parseServerFigures('a', 'llamacpp:predicted_tokens_seconds 41.5\n').tokensPerSecond).toBe(41.5);
  });

  it('are nothing where it says nothing of the kind, or nonsense', () => {
    for (const page of [
      '',
      'vllm:num_requests_running 3',
      'DCGM_FI_DEV_GPU_UTIL{gpu="0"} NaN',
      '__proto__ 1',
      '{} 1',
    ]) {
      expect(parseServerFigures('a', page)).toEqual({ server: 'a', gpus: [] });
    }
  });

  it('never throw, and never fill the memory', () => {
    const flood = Array.from({ length: 500 }, (_, i) => `DCGM_FI_DEV_GPU_UTIL{gpu="${i}"} 1`).join('\n');
    expect(parseServerFigures('a', flood).gpus).toHaveLength(32);
    fc.assert(fc.property(fc.string(), (page) => parseServerFigures('a', page).server === 'a'));
  });

  it('are shown under our names, and gone when the server is', async () => {
    const { url, asked } = await serve(200, DCGM);
    const clock = new VirtualClock();
    const metrics = new Metrics();
    const reader = new FiguresReader([{ server: 'gpu-box', url }], clock);
    metrics.serverFigures(await reader.read());
    await reader.read();
    expect(asked()).toBe(1);
    const page = await metrics.render();
    expect(page).toContain('voice_gateway_gpu_utilization_percent{server="gpu-box",gpu="0"} 87');
    expect(page).toContain('voice_gateway_gpu_memory_used_mb{server="gpu-box",gpu="0"} 71234');
    server?.close();
    server?.closeAllConnections();
    clock.advance(5_001);
    metrics.serverFigures(await reader.read());
    expect(await metrics.render()).not.toContain('gpu-box');
  });

  it('of a page that is none are none', async () => {
    const { url } = await serve(404, DCGM);
    expect(await new FiguresReader([{ server: 'a', url }], new VirtualClock()).read()).toEqual([
      { server: 'a', gpus: [] },
    ]);
  });
});
