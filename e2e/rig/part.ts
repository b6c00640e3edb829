import type { ScenarioResult } from './result.ts';

export const PART_NAMES = ['lab', 'ears', 'browser', 'sound-card', 'wire'] as const;
export type PartName = (typeof PART_NAMES)[number];

export interface PartOptions {
  /** How long answers are played against their own echo. */
  minutes: number;
  /** Another server to measure the wire of, such as `wss://host/v1/realtime`. */
  server?: string;
  /** Called with a line for whoever waits. */
  say(line: string): void;
}

/** One way of measuring, with what it needs of the machine. */
export interface Part {
  /** Why it cannot run here; undefined if it can. */
  obstacle(options: PartOptions): Promise<string | undefined>;
  run(options: PartOptions): Promise<ScenarioResult[]>;
}
