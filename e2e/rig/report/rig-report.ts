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

/** `notRun`: why it could not, or was not to. `brokeOff`: it began, and something was wrong with the rig itself. */
export type PartOutcome = { name: PartName } & ({ tookMs: number } | { notRun: string } | { brokeOff: string });

export function toOutcome(part: PartOutcome): string {
  if ('notRun' in part) return `${part.name} not run: ${part.notRun}`;
  if ('brokeOff' in part) return `${part.name} broke off: ${part.brokeOff}`;
  return `${part.name} ${toSeconds(part.tookMs)}`;
}

export const toSeconds = (ms: number): string => `${(ms / 1000).toFixed(0)} s`;
