import type { UpstreamProblem } from '../upstream.ts';
import type { Condition, Server } from './server.ts';

/** Servers that stand for each other. Groups are ordered: the first that can answers. */
export interface Group {
  name: string;
  servers: readonly Server[];
  /** Also used while the group before it is full; otherwise turns wait for that one. */
  takesOverflow: boolean;
}

export type Choice =
  | { kind: 'server'; server: Server }
  /** Waiting helps: `places` are all taken, or rest for `restMs`. */
  | { kind: 'full'; places: number; restMs: number }
  | { kind: 'none'; retryAfterMs: number; problem: UpstreamProblem | undefined };

const CONDITIONS: readonly Condition[] = ['ready', 'recovering', 'doubtful'];
/** Differences below this are noise and must not move turns. */
const LATENCY_RATIO_THAT_COUNTS = 1.5;

/** Who is to answer the next turn: the best group that can, there the server with the least to do. */
export function choose(groups: readonly Group[], except: ReadonlySet<Server>): Choice {
  for (const condition of CONDITIONS) {
    const inPlay = groupsInPlay(groups, condition, except);
    for (const servers of inPlay) {
      const server = leastLoaded(servers.filter(({ room }) => room > 0));
      if (server) return { kind: 'server', server };
    }
    const servers = inPlay.flat();
    if (servers.length > 0) {
      const places = servers.reduce((sum, { places }) => sum + places, 0);
      return { kind: 'full', places, restMs: Math.min(...servers.map(({ restMs }) => restMs)) };
    }
  }
  const closed = groups.flatMap(({ servers }) => servers).sort((a, b) => a.closedMs - b.closedMs);
  const problem = closed.find(({ lastProblem }) => lastProblem)?.lastProblem;
  return { kind: 'none', retryAfterMs: Math.round(closed[0]?.closedMs ?? 0), problem };
}

function groupsInPlay(groups: readonly Group[], condition: Condition, except: ReadonlySet<Server>): Server[][] {
  const inPlay: Server[][] = [];
  for (const { servers, takesOverflow } of groups) {
    if (inPlay.length > 0 && !takesOverflow) break;
    const fit = servers.filter((server) => server.condition === condition && !except.has(server));
    if (fit.length > 0) inPlay.push(fit);
  }
  return inPlay;
}

/**
 * Fewest turns outstanding per weight, counting a clearly slower server's turns for more. One relay knows exactly what
 * it has asked, so all are compared; drawing two at random is for many that do not know of each other.
 */
function leastLoaded(servers: readonly Server[]): Server | undefined {
  const fastestMs = Math.min(...servers.map(({ firstEventMs }) => firstEventMs ?? Infinity));
  const load = (server: Server): number => {
    const ratio = Math.max(1, (server.firstEventMs ?? fastestMs) / fastestMs) || 1;
    return ((server.outstanding + 1) * (ratio > LATENCY_RATIO_THAT_COUNTS ? ratio : 1)) / server.options.weight;
  };
  const order = (a: Server, b: Server) =>
    Number(a.isSuspect) - Number(b.isSuspect) ||
    load(a) - load(b) ||
    (a.firstEventMs ?? 0) - (b.firstEventMs ?? 0) ||
    a.asked / a.options.weight - b.asked / b.options.weight;
  return [...servers].sort(order)[0];
}
