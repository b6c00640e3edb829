/**
 * Where lifecycle lines go. `info` is one line per lifecycle transition, nothing faster than about once a second.
 * Fields are ids, sizes, timings and codes only: never audio, words, keys or device names.
 */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export type LogFields = Record<string, string | number | boolean | undefined>;

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
