import pino, { type DestinationStream } from 'pino';
import type { Logger, LogFields } from '#kernel/logger';
import type { LogLevel } from '../config.ts';

/** The only fields that reach a log line: ids, sizes, timings, codes. A field not named here is dropped. */
const ALLOWED = new Set([
  'attempt',
  'breaker',
  'code',
  'condition',
  'conversation',
  'detail',
  'exit',
  'host',
  'latencyMs',
  'model',
  'pid',
  'port',
  'reason',
  'restartInMs',
  'resumed',
  'server',
  'signal',
  'tookMs',
  'upstream',
  'utterance',
  'version',
]);

/** JSON lines. `destination` is standard error, so that the few lines meant for people stand alone on the output. */
export function createLogger(level: LogLevel, destination: DestinationStream = pino.destination(2)): Logger {
  const log = pino({ level, base: null }, destination);
  return {
    debug: (event, fields) => log.debug(allowed(fields), event),
    info: (event, fields) => log.info(allowed(fields), event),
    warn: (event, fields) => log.warn(allowed(fields), event),
    error: (event, fields) => log.error(allowed(fields), event),
  };
}

function allowed(fields: LogFields = {}): LogFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => ALLOWED.has(name)));
}
