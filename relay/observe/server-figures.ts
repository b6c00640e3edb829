import { request } from 'undici';
import type { Clock } from '#kernel/clock';

export interface GpuFigures {
  /** As the server numbers it. */
  gpu: string;
  utilizationPercent?: number;
  memoryUsedMib?: number;
}

/** What one inference server says of its own load. */
export interface ServerFigures {
  server: string;
  gpus: GpuFigures[];
  tokensPerSecond?: number;
}

type Field = 'utilizationPercent' | 'memoryUsedMib';

const MIB = 1024 * 1024;

/** Who exposes what, in which unit: NVIDIA's DCGM exporter, the nvidia-smi exporter, Google's device plugin. */
const GPU_SERIES: Record<string, { field: Field; toUnit: (value: number) => number }> = {
  DCGM_FI_DEV_GPU_UTIL: { field: 'utilizationPercent', toUnit: (percent) => percent },
  DCGM_FI_DEV_FB_USED: { field: 'memoryUsedMib', toUnit: (mib) => mib },
  nvidia_smi_utilization_gpu_ratio: { field: 'utilizationPercent', toUnit: (ratio) => ratio * 100 },
  nvidia_smi_memory_used_bytes: { field: 'memoryUsedMib', toUnit: (bytes) => bytes / MIB },
  nvidia_gpu_duty_cycle: { field: 'utilizationPercent', toUnit: (percent) => percent },
  nvidia_gpu_memory_used_bytes: { field: 'memoryUsedMib', toUnit: (bytes) => bytes / MIB },
};

/** llama.cpp's and older vLLM's own rates. */
const TOKEN_SERIES = new Set(['llamacpp:predicted_tokens_seconds', 'vllm:avg_generation_throughput_toks_per_s']);

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const GPU_LABEL = /(?:^|,)\s*(?:gpu|uuid|minor_number|accelerator_id)="([\w.:-]{1,64})"/;

/** A server with more GPUs than this is not one we know; the bound keeps a faulty one from filling the memory. */
const MAX_GPUS = 32;

/** Reads what we know out of a page in the Prometheus text format; whatever else it holds is passed over. */
export function parseServerFigures(server: string, page: string): ServerFigures {
  const gpus = new Map<string, GpuFigures>();
  let tokensPerSecond: number | undefined;
  for (const line of page.split('\n')) {
    const [, name = '', labels = '', text] = SAMPLE.exec(line) ?? [];
    const value = Number(text);
    if (!Number.isFinite(value)) continue;
    if (TOKEN_SERIES.has(name)) tokensPerSecond = (tokensPerSecond ?? 0) + value;
    const series = Object.hasOwn(GPU_SERIES, name) ? GPU_SERIES[name] : undefined;
    if (!series) continue;
    const gpu = GPU_LABEL.exec(labels)?.[1] ?? '0';
    const known = gpus.get(gpu) ?? { gpu };
    if (gpus.size < MAX_GPUS || gpus.has(gpu)) gpus.set(gpu, { ...known, [series.field]: series.toUnit(value) });
  }
  return { server, gpus: [...gpus.values()], ...(tokensPerSecond !== undefined && { tokensPerSecond }) };
}

/** However often we are scraped, a server is asked no more often than this. */
const FRESH_MS = 5_000;
const TIMEOUT_MS = 1_000;
const MAX_PAGE_BYTES = 4 * MIB;

/** The metrics page of one inference server or of the exporter beside it. */
export interface MetricsPage {
  /** Name under which its figures are shown. */
  server: string;
  url: string;
}

/** Asks the servers for their figures; one that does not answer in time has none. */
export class FiguresReader {
  readonly #pages: readonly MetricsPage[];
  readonly #clock: Clock;
  #latest: { atMs: number; figures: Promise<ServerFigures[]> } | undefined;

  constructor(pages: readonly MetricsPage[], clock: Clock) {
    this.#pages = pages;
    this.#clock = clock;
  }

  read(): Promise<ServerFigures[]> {
    const nowMs = this.#clock.nowMs();
    if (!this.#latest || nowMs - this.#latest.atMs > FRESH_MS) {
      this.#latest = { atMs: nowMs, figures: Promise.all(this.#pages.map(readPage)) };
    }
    return this.#latest.figures;
  }
}

async function readPage({ server, url }: MetricsPage): Promise<ServerFigures> {
  const nothing = { server, gpus: [] };
  try {
    const response = await request(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of response.body as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > MAX_PAGE_BYTES) return nothing;
      pieces.push(piece);
    }
    return response.statusCode === 200 ? parseServerFigures(server, Buffer.concat(pieces).toString('utf8')) : nothing;
  } catch {
    return nothing;
  }
}
