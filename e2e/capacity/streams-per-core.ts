/** How busy a core was under a load. */
export interface Point {
  streams: number;
  cpu: number;
}

/**
 * The load at which a core is `limit` busy, by the straight line that lies nearest to all measured points: two of them
 * alone, close together, would be judged by their noise. Undefined with fewer than two loads, or if cost does not grow
 * with load.
 */
export function streamsAt(limit: number, points: readonly Point[]): number | undefined {
  const mean = (of: (point: Point) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [streams, cpu] = [mean((point) => point.streams), mean((point) => point.cpu)];
  const spread = mean((point) => (point.streams - streams) ** 2);
  const slope = mean((point) => (point.streams - streams) * (point.cpu - cpu)) / spread;
  return slope > 0 ? Math.max(0, streams + (limit - cpu) / slope) : undefined;
}
