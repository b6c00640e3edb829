/** What was ignored and how often; for logs and tests. Anything but zero on a healthy line is worth a look. */
export interface LinkCounters {
  /** Messages of a type newer than this program. */
  unknownMessages: number;
  /** Messages that were not what the protocol says. */
  faultyMessages: number;
  /** Events of attempts that are over. */
  staleEvents: number;
  /** Events that had already arrived. */
  duplicateEvents: number;
  /** Holes in an answer, which were asked for again. */
  gaps: number;
  /** Times the relay asked for audio again. */
  naks: number;
}

export const createLinkCounters = (): LinkCounters => ({
  unknownMessages: 0,
  faultyMessages: 0,
  staleEvents: 0,
  duplicateEvents: 0,
  gaps: 0,
  naks: 0,
});
