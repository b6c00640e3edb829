/** One subject under one load. */
export interface Sample {
  streams: number;
  seconds: number;
  /** For each stream. */
  downPerSecond: number;
  up: { sent: number; arrived: number; held: number };
  down: { sent: number; arrived: number; misplaced: number; foreign: number };
  /** `share`: frames sent of those that were due; below 0.99 the generator was the bottleneck. */
  generator: { share: number; worstLagMs: number };
  /** From the upstream's sending of a down frame to the client's having it. */
  latencyMs: { p50: number; p99: number; p999: number };
  /** Of one core. `mainLoop`: how much of the time the main thread was busy. */
  process?: { cpu: number; mainLoop: number; rssBytes: number };
  /** Over `seconds`. */
  heapGrowthBytes?: number;
}

export interface SubjectResult {
  subject: string;
  /** What it does with the frames, where that is not handing them on. */
  note?: string;
  samples: Sample[];
  /** Full-duplex streams at the allowed share of one core, by the line nearest to all measured loads. */
  streamsPerCore?: number;
  /** CPU microseconds. */
  perUpFrameUs?: number;
  perDownFrameUs?: number;
  rssPerStreamBytes?: number;
  /** Why there is nothing. */
  notMeasured?: string;
}

export interface Bar {
  name: string;
  value: number;
  unit: 'streams' | 'ratio' | 'ms';
  atLeast?: number;
  atMost?: number;
}

/** `results.json`. */
export interface CapacityReport {
  format: 'earshot-capacity-1';
  startedAt: string;
  tookMs: number;
  machine: { cores: number; cpu: string; node: string; isPinned: boolean; loadBefore: number; loadAfter: number };
  load: {
    upFramesPerSecond: number;
    upBytes: number;
    downFramesPerSecond: number;
    downBytes: number;
    cpuLimit: number;
  };
  results: SubjectResult[];
  bars: Bar[];
}
