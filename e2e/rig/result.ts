/**
 * What the rig finds out, wherever it was measured. One file of these (`ScenarioResult[]`, JSON) is what reports,
 * comparisons and plots are made from.
 */
export interface ScenarioResult {
  /** kebab-case, such as `pause-in-mid-sentence`. */
  scenario: string;
  /** What was scored: `earshot`, `silence 800 ms`, `vad-web defaults`, a server's address. */
  subject: string;
  /** `lab`: recordings through the real detector and the real machine on a virtual clock. `sound card`: PulseAudio. */
  where: 'lab' | 'browser' | 'sound card' | 'wire';
  measures: Measure[];
  /** In words: what limits it, what was left out. */
  notes?: string[];
  /** For the plots: what one run sounded like. */
  trace?: Trace;
}

export interface Measure {
  /** `voice to voice`, `false cut-offs`, `duck`, `stop` … the same words for every subject. */
  name: string;
  unit: 'ms' | 'µs' | '%' | 'count' | 'dB' | 'ratio';
  /** Every single value, in the order measured; a rate is 100 or 0 for each case. */
  values: number[];
  bar?: Bar;
}

/** What it has to reach; `rate` is the mean of the values. */
export interface Bar {
  of: 'median' | 'p95' | 'max' | 'min' | 'rate' | 'sum';
  atMost?: number;
  atLeast?: number;
}

/** Envelopes in dBFS, one value every `stepMs`, and what happened when. */
export interface Trace {
  stepMs: number;
  microphoneDb: number[];
  pageDb: number[];
  marks: { atMs: number; what: string }[];
}
