import type { PartName } from '../part.ts';
import type { ScenarioResult } from '../result.ts';

/** All that one run of the rig has to say: `results.json`. */
export interface RigReport {
  format: 'earshot-rig-1';
  /** ISO 8601. */
  startedAt: string;
  tookMs: number;
  machine: Machine;
  parts: PartOutcome[];
  results: ScenarioResult[];
}

/** `load`: processes that wanted a core, over the last minute, before and after. */
export interface Machine {
  cores: number;
  cpu: string;
  node: string;
  loadBefore: number;
  loadAfter: number;
}

export type PartOutcome = { name: PartName; tookMs: number } | { name: PartName; notRun: string };
