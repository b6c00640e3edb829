import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { LIMITS } from '#protocol';
import type { UpstreamTurn } from '../upstream.ts';
import type { Server } from './server.ts';

/** Between two checks of a server that is well. */
export const HEALTH_INTERVAL_MS = 10_000;
/** While it is not: coming back should be noticed soon, and a first bad check be confirmed. */
const TROUBLE_INTERVAL_MS = 2_000;
/** Checks of several servers, and of several relays, must not fall together. */
const JITTER = 0.2;
const CHECK_TIMEOUT_MS = 2_000;
/** Weights are still being loaded, kernels compiled. */
const WARM_UP_TIMEOUT_MS = 60_000;
const WARM_UP_AUDIO_MS = 300;

export interface HealthWatchOptions {
  clock: Clock;
  random: () => number;
  intervalMs: number;
  logger: Logger;
  /** The server may have room now that it had not before. */
  onChange(): void;
}

/** Keeps looking at one server: is it there, has it warmed up, may its breaker let a turn through. */
export class HealthWatch {
  readonly server: Server;
  readonly #options: HealthWatchOptions;
  readonly #stopped = new AbortController();
  #cancel: () => void = () => {};
  #running: Promise<void> | undefined;
  #isStarted = false;

  constructor(server: Server, options: HealthWatchOptions) {
    this.server = server;
    this.#options = options;
  }

  start(): void {
    this.#isStarted = true;
    this.#look();
  }

  stop(): void {
    this.#isStarted = false;
    this.#stopped.abort();
    this.#cancel();
  }

  checkSoon(): void {
    if (this.#isStarted && !this.#running) this.#look();
  }

  /** One check; several that ask at the same time share it. */
  checkNow(signal: AbortSignal): Promise<void> {
    this.#running ??= this.#check(signal).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  #look(): void {
    this.#cancel();
    void this.checkNow(this.#stopped.signal).then(() => {
      if (this.#isStarted) this.#cancel = this.#options.clock.after(this.#delayMs(), () => this.#look());
    });
  }

  #delayMs(): number {
    const { intervalMs, random } = this.#options;
    const { breaker, health, isCold } = this.server;
    if (breaker.state === 'open') return Math.max(100, breaker.probeInMs);
    const isWell = health.state === 'up' && breaker.state === 'closed' && !isCold;
    const delayMs = isWell ? intervalMs : Math.min(intervalMs, TROUBLE_INTERVAL_MS);
    return delayMs * (1 + JITTER * (2 * random() - 1));
  }

  async #check(signal: AbortSignal): Promise<void> {
    const { server } = this;
    const before = server.condition;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(CHECK_TIMEOUT_MS)]);
    const health = await server.options.upstream.check(limit);
    if (signal.aborted) return;
    // Out of time is an answer too.
    server.checked(limit.aborted && health.state === 'unknown' ? { state: 'down', detail: 'check timed out' } : health);
    const isWell = health.state === 'up' && (!server.isCold || (await this.#warmUp(signal)));
    if (server.breaker.state === 'open' && server.breaker.probeInMs === 0) server.breaker.probed(isWell);
    this.#tell(before);
  }

  #tell(before: string): void {
    const { name } = this.server.options;
    const { condition, breaker } = this.server;
    if (condition !== before)
      this.#options.logger.info('pool.server', { server: name, condition, breaker: breaker.state });
    this.#options.onChange();
  }

  /** A moment of silence is answered like speech: the first answer of a cold server may take a minute. */
  async #warmUp(signal: AbortSignal): Promise<boolean> {
    const audio = new Uint8Array(2 * Math.round((WARM_UP_AUDIO_MS * LIMITS.inputRateHz) / 1000));
    const limit = AbortSignal.any([signal, AbortSignal.timeout(WARM_UP_TIMEOUT_MS)]);
    const turn: UpstreamTurn = { settings: { maxTokens: 8 }, items: [{ kind: 'user', audio }] };
    for await (const event of this.server.options.upstream.respond(turn, limit)) {
      if (event.kind === 'failed') return false;
    }
    if (limit.aborted) return false;
    this.server.warmed();
    return true;
  }
}
