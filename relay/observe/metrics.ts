import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ServerFigures } from './server-figures.ts';

/** What is open for longer than one answer takes. */
export type StreamKind = 'realtime' | 'read' | 'batch' | 'transcribe';

/** How the detectors of turns keep up, all together. */
export interface EarsFigures {
  /** Only grows. */
  readonly lostMs: number;
  readonly behindMs: number;
}

/** From an answer out of a cache to a long text made by a slow server. */
const LATENCY_BUCKETS_S = [0.005, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];

/**
 * What operators chart. Labels are bounded: route patterns, statuses, names out of the configuration; never an
 * address, an id or a word somebody said.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = this.#counter('voice_gateway_requests_total', 'Requests by route, method and HTTP status.', [
    ...['route', 'method', 'status'],
  ]);
  readonly #latency = this.#histogram(
    'voice_gateway_request_latency_seconds',
    'From a request to the head of its response; for streamed speech that is its first sound.',
    ['route'],
  );
  readonly #audioLatency = this.#histogram(
    'voice_gateway_audio_generation_latency_seconds',
    'From asking a server for speech to the first sound of it.',
    ['source'],
  );
  readonly #streams = this.#gauge('voice_gateway_active_streams', 'Calls and jobs in progress.', ['kind']);
  readonly #gpuLoad = this.#gauge(
    'voice_gateway_gpu_utilization_percent',
    'As the server exposes it; absent where it does not.',
    ['server', 'gpu'],
  );
  readonly #gpuMemory = this.#gauge(
    'voice_gateway_gpu_memory_used_mb',
    'In MiB, as the server exposes it; absent where it does not.',
    ['server', 'gpu'],
  );
  readonly #tokenRate = this.#gauge(
    'voice_gateway_tokens_per_second',
    'Of the last answer whose token count the server told, or as the server itself exposes it.',
    ['source'],
  );
  readonly #cache = this.#counter(
    'voice_gateway_speech_cache_total',
    'Sentences looked up among those spoken before.',
    ['result'],
  );

  readonly contentType = this.#registry.contentType;

  requestDone(labels: { route: string; method: string; status: string }, tookMs: number): void {
    this.#requests.inc(labels);
    this.#latency.observe({ route: labels.route }, tookMs / 1000);
  }

  audioStarted(source: string, afterMs: number): void {
    this.#audioLatency.observe({ source }, afterMs / 1000);
  }

  /** Returns what is to be called when the stream ends; calling it again does nothing. */
  streamOpened(kind: StreamKind): () => void {
    this.#streams.inc({ kind });
    let isOpen = true;
    return () => {
      if (isOpen) this.#streams.dec({ kind });
      isOpen = false;
    };
  }

  tokenRate(source: string, perSecond: number): void {
    this.#tokenRate.set({ source }, perSecond);
  }

  cacheLookup(result: 'hit' | 'miss'): void {
    this.#cache.inc({ result });
  }

  /** Replaces what was known of the servers' GPUs: of one that is gone nothing is shown any more. */
  serverFigures(figures: readonly ServerFigures[]): void {
    this.#gpuLoad.reset();
    this.#gpuMemory.reset();
    for (const { server, gpus, tokensPerSecond } of figures) {
      if (tokensPerSecond !== undefined) this.#tokenRate.set({ source: server }, tokensPerSecond);
      for (const { gpu, utilizationPercent, memoryUsedMib } of gpus) {
        if (utilizationPercent !== undefined) this.#gpuLoad.set({ server, gpu }, utilizationPercent);
        if (memoryUsedMib !== undefined) this.#gpuMemory.set({ server, gpu }, memoryUsedMib);
      }
    }
  }

  /** Their figures are read whenever somebody asks for all of them. */
  watchEars(ears: EarsFigures): void {
    const registers = [this.#registry];
    new Counter({
      ...{ name: 'earshot_ears_lost_ms_total', registers },
      help: 'Sound in which nobody looked for turns because the threads fell behind or died, in milliseconds.',
      collect() {
        this.reset();
        this.inc(ears.lostMs);
      },
    });
    new Gauge({
      ...{ name: 'earshot_ears_behind_ms', registers },
      help: 'Sound that the stream of turn detection which is furthest behind has still to hear, in milliseconds.',
      collect() {
        this.set(ears.behindMs);
      },
    });
  }

  /** In the Prometheus text format. */
  render(): Promise<string> {
    return this.#registry.metrics();
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, labelNames: string[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets: LATENCY_BUCKETS_S, registers: [this.#registry] });
  }
}
