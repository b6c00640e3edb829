import type { Limits } from '#protocol/limits';

/** LIMITS with its values open to change, so that tests can reach a bound without a minute of audio. */
export type Budgets = Readonly<Record<keyof Limits, number>>;
