import { systemClock, type Clock } from '#kernel/clock';
import { silentLogger, type Logger } from '#kernel/logger';
import type { ReplyEvent, Upstream, UpstreamHealth, UpstreamProblem, UpstreamTurn } from '../upstream.ts';
import { Admission, ADMISSION_LIMITS, type AdmissionLimits, type News } from './admission.ts';
import { Asking, type Failure } from './asking.ts';
import { choose, type Group } from './choose.ts';
import { HealthWatch, HEALTH_INTERVAL_MS } from './health-watch.ts';
import { Mailbox } from './mailbox.ts';
import { toReport, type ServerReport } from './report.ts';
import { Server, type ServerOptions } from './server.ts';

export interface PoolOptions {
  /** In order of preference; the first server of the first group speaks for the pool until another one has to. */
  groups: readonly { name: string; servers: readonly ServerOptions[]; takesOverflow?: boolean }[];
  admission?: Partial<AdmissionLimits>;
  healthIntervalMs?: number;
  clock?: Clock;
  /** In [0, 1). */
  random?: () => number;
  logger?: Logger;
}

const NONE: ReadonlySet<Server> = new Set();

/** Several servers as one upstream: the best that is well and has room answers, and those who wait are told. */
export class Pool implements Upstream {
  readonly #groups: readonly Group[];
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #admission: Admission;
  readonly #watches: readonly HealthWatch[];

  constructor(options: PoolOptions) {
    const { groups, clock = systemClock, random = Math.random, logger = silentLogger } = options;
    this.#clock = clock;
    this.#logger = logger;
    this.#groups = groups.map(({ name, servers, takesOverflow = false }) => ({
      ...{ name, takesOverflow },
      servers: servers.map((server) => new Server(server, clock, random)),
    }));
    const limits = { ...ADMISSION_LIMITS, ...options.admission };
    this.#admission = new Admission(clock, limits, (except) => choose(this.#groups, except));
    const intervalMs = options.healthIntervalMs ?? HEALTH_INTERVAL_MS;
    const onChange = () => this.#admission.pump();
    this.#watches = this.#servers.map(
      (server) => new HealthWatch(server, { clock, random, intervalMs, logger, onChange }),
    );
  }

  get name(): string {
    return this.#spokesman.name;
  }

  get model(): string {
    return this.#spokesman.model;
  }

  get outputRateHz(): number {
    return this.#spokesman.outputRateHz;
  }

  get voices(): readonly string[] {
    return this.#spokesman.voices;
  }

  /** Begins to look after the servers; waits for none of them. */
  start(): void {
    for (const watch of this.#watches) watch.start();
  }

  /** Stops looking. Turns being answered go on. */
  stop(): void {
    for (const watch of this.#watches) watch.stop();
  }

  /** Something happened to the server of this name: looks at it now rather than later. */
  checkSoon(name: string): void {
    this.#watches.find(({ server }) => server.options.name === name)?.checkSoon();
  }

  /** Every server in order of preference. */
  report(): ServerReport[] {
    return this.#groups.flatMap(({ name, servers }) => servers.map((server) => toReport(name, server)));
  }

  /** Turns that wait for a place. */
  get waiting(): number {
    return this.#admission.waiting;
  }

  async *respond(turn: UpstreamTurn, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
    const startedAtMs = this.#clock.nowMs();
    const except = new Set<Server>();
    for (let isRetry = false; !signal.aborted; isRetry = true) {
      const admitted = yield* this.#admitted(turn, except, signal);
      if (!admitted) return;
      if (admitted.kind === 'refused') return yield { kind: 'failed', problem: admitted.problem };
      const failure = yield* this.#ask(admitted.server, turn, signal, startedAtMs);
      if (!failure) return;
      if (isRetry || !this.#mayRetry(failure, admitted.server, except)) {
        return yield { kind: 'failed', problem: failure.problem };
      }
    }
  }

  /** Asks every server; up while any is. */
  async check(signal: AbortSignal): Promise<UpstreamHealth> {
    await Promise.all(this.#watches.map((watch) => watch.checkNow(signal)));
    const healths = this.#servers.map(({ health }) => health);
    const best = ['up', 'unknown'].map((state) => healths.find((health) => health.state === state));
    return best.find((health) => health !== undefined) ?? healths[0] ?? { state: 'down' };
  }

  get #servers(): Server[] {
    return this.#groups.flatMap(({ servers }) => servers);
  }

  /** Whoever would answer now; rates and voices differ little within a list that makes sense. */
  get #spokesman(): Upstream {
    const choice = choose(this.#groups, NONE);
    const server = choice.kind === 'server' ? choice.server : this.#servers[0];
    if (!server) throw new Error('a pool without servers');
    return server.options.upstream;
  }

  /** Waits for a place, telling where in the queue. Undefined when the caller has left. */
  async *#admitted(
    turn: UpstreamTurn,
    except: ReadonlySet<Server>,
    signal: AbortSignal,
  ): AsyncGenerator<ReplyEvent, Exclude<News, { kind: 'queued' }> | undefined> {
    const mail = new Mailbox<News>();
    const { conversation = '', items } = turn;
    const leave = this.#admission.enter({
      ...{ conversation, except, tell: mail.put },
      isFirst: except.size === 0 && items.slice(0, -1).every(({ kind }) => kind === 'system'),
    });
    let held: Server | undefined;
    const abort = () => {
      leave();
      mail.close();
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      for (;;) {
        const news = mail.take() ?? (await mail.next());
        if (news?.kind === 'admitted') held = news.server;
        if (!news || signal.aborted) return undefined;
        if (news.kind === 'queued') yield news;
        else {
          held = undefined;
          return news;
        }
      }
    } finally {
      signal.removeEventListener('abort', abort);
      leave();
      // Admitted in the very moment of leaving: nobody else would give the place back.
      const missed = mail.take();
      const place = held ?? (missed?.kind === 'admitted' ? missed.server : undefined);
      if (place) this.#admission.giveBack(place);
    }
  }

  async *#ask(
    server: Server,
    turn: UpstreamTurn,
    signal: AbortSignal,
    startedAtMs: number,
  ): AsyncGenerator<ReplyEvent, Failure | undefined> {
    const heldFromMs = this.#clock.nowMs();
    try {
      const failure = yield* new Asking(server, this.#clock).run(turn, signal, startedAtMs);
      if (failure) this.#noteFailure(server, failure.problem);
      return failure;
    } finally {
      this.#admission.release(server, this.#clock.nowMs() - heldFromMs);
    }
  }

  #noteFailure(server: Server, { kind, detail }: UpstreamProblem): void {
    const { name } = server.options;
    this.#logger.warn('pool.failure', { server: name, code: kind, detail, breaker: server.breaker.state });
    if (kind === 'upstream-unreachable') this.checkSoon(name);
  }

  /**
   * Another server may be asked once, as long as nothing of the answer has been heard and the request is not wrong in
   * itself. Where there is no other, a connection that broke is worth a second try, a server that said nothing is not.
   */
  #mayRetry({ problem, hasBegun }: Failure, server: Server, except: Set<Server>): boolean {
    if (hasBegun || problem.kind === 'upstream-rejected') return false;
    except.add(server);
    if (choose(this.#groups, except).kind !== 'none') return true;
    except.clear();
    return problem.retry === 'now' || problem.kind === 'upstream-unreachable';
  }
}
