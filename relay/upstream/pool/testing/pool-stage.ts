import { setImmediate as settle } from 'node:timers/promises';
import { VirtualClock } from '#kernel/clock';
import type { ContextItem, ReplyEvent, UpstreamTurn } from '../../upstream.ts';
import { Pool, type PoolOptions } from '../pool.ts';
import { EVEN, serverOptions, TimedUpstream } from './timed-upstream.ts';

const STEP_MS = 50;
export const UTTERANCE: ContextItem = { kind: 'user', audio: new Uint8Array(640) };

/** One turn put to the pool, with the time of everything it was told. */
export class Ask {
  readonly told: { atMs: number; event: ReplyEvent }[] = [];
  readonly caller = new AbortController();
  endedAtMs: number | undefined;
  readonly startedAtMs: number;

  constructor(pool: Pool, clock: VirtualClock, turn: Partial<UpstreamTurn> = {}) {
    this.startedAtMs = clock.nowMs();
    void this.#run(pool, clock, { settings: {}, items: [{ kind: 'assistant', text: 'Hello.' }, UTTERANCE], ...turn });
  }

  get kinds(): string {
    return this.told.map(({ event }) => event.kind).join(' ');
  }

  get last(): ReplyEvent | undefined {
    return this.told.at(-1)?.event;
  }

  /** Who answered. */
  get server(): string | undefined {
    return this.told.map(({ event }) => (event.kind === 'started' ? event.upstream : '')).find(Boolean);
  }

  get isAnswered(): boolean {
    return this.endedAtMs !== undefined && this.last?.kind === 'text';
  }

  /** The longest time without a word. */
  get longestSilenceMs(): number {
    const times = [this.startedAtMs, ...this.told.map(({ atMs }) => atMs), this.endedAtMs ?? this.startedAtMs];
    return Math.max(...times.slice(1).map((atMs, i) => atMs - (times[i] ?? 0)));
  }

  async #run(pool: Pool, clock: VirtualClock, turn: UpstreamTurn): Promise<void> {
    for await (const event of pool.respond(turn, this.caller.signal)) this.told.push({ atMs: clock.nowMs(), event });
    this.endedAtMs = clock.nowMs();
  }
}

/** A pool of timed servers, one per group unless said otherwise, on a virtual clock. */
export class PoolStage {
  readonly clock = new VirtualClock();
  readonly pool: Pool;
  readonly servers: readonly TimedUpstream[];

  constructor(
    groups: readonly (readonly { maxConcurrent?: number; firstMs?: number; restMs?: number }[])[],
    options: Partial<PoolOptions> = {},
  ) {
    const servers: TimedUpstream[] = [];
    const named = groups.map((group, g) => ({
      name: `g${g}`,
      servers: group.map(({ maxConcurrent = 2, ...times }, s) => {
        const upstream = new TimedUpstream(this.clock, times);
        servers.push(upstream);
        return serverOptions(upstream, { name: `${g}.${s}`, maxConcurrent });
      }),
    }));
    this.servers = servers;
    this.pool = new Pool({ groups: named, clock: this.clock, random: EVEN, ...options });
  }

  server(index: number): TimedUpstream {
    const server = this.servers[index];
    if (!server) throw new Error(`no server ${index}`);
    return server;
  }

  ask(turn: Partial<UpstreamTurn> = {}): Ask {
    return new Ask(this.pool, this.clock, turn);
  }

  /** Time passes, and everything that waits for a promise goes on. */
  async pass(ms: number): Promise<void> {
    await settle();
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.clock.advance(Math.min(left, STEP_MS));
      await settle();
    }
  }

  async answered(ask: Ask, limitMs = 60_000): Promise<void> {
    for (let left = limitMs; ask.endedAtMs === undefined && left > 0; left -= STEP_MS) await this.pass(STEP_MS);
  }
}
