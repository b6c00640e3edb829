/** How busy a core was under a load. */
export interface Point {
  streams: number;
  cpu: number;
}

/**
 * The load at which a core is `limit` busy, by a straight line through the two measured points nearest to it; beyond
 * the largest load the line through the last two goes on. Undefined with fewer than two points, or if cost does not
 * grow with load.
 */
export function streamsAt(limit: number, points: readonly Point[]): number | undefined {
  const sorted = [...points].sort((a, b) => a.streams - b.streams);
  const above = sorted.findIndex(({ cpu }) => cpu > limit);
  const right = Math.max(1, above < 0 ? sorted.length - 1 : above);
  const [from, to] = [sorted[right - 1], sorted[right]];
  if (!from || !to || to.cpu <= from.cpu) return undefined;
  const streams = from.streams + ((limit - from.cpu) * (to.streams - from.streams)) / (to.cpu - from.cpu);
  return Math.max(0, streams);
}
