import type { Clock } from '#kernel/clock';
import { LIMITS } from '#protocol';
import { toUpstreamProblem } from '../../problem.ts';
import type { ReplyEvent, Upstream, UpstreamHealth, UpstreamProblemKind, UpstreamTurn } from '../../upstream.ts';
import { Server, type ServerOptions } from '../server.ts';

/** A server on a virtual clock: one word after `firstMs`, a second one `restMs` later, unless it is told to fail. */
export class TimedUpstream implements Upstream {
  readonly name = 'timed';
  readonly model = 'm';
  readonly outputRateHz = LIMITS.outputRateHz;
  readonly voices = [];
  says: ReplyEvent = { kind: 'text', text: 'Well, ' };
  firstMs: number;
  restMs: number;
  fails: { kind: UpstreamProblemKind; afterEvents: 0 | 1; retryAfterMs?: number } | undefined;
  health: UpstreamHealth = { state: 'up', latencyMs: 1 };
  asked = 0;
  running = 0;
  peakRunning = 0;
  aborted = 0;
  checks = 0;
  readonly #clock: Clock;

  constructor(clock: Clock, { firstMs = 100, restMs = 900 } = {}) {
    this.#clock = clock;
    this.firstMs = firstMs;
    this.restMs = restMs;
  }

  async *respond(_: UpstreamTurn, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
    this.asked++;
    this.peakRunning = Math.max(this.peakRunning, ++this.running);
    const { fails } = this;
    try {
      for (const [i, waitMs] of [this.firstMs, this.restMs].entries()) {
        await this.#sleep(waitMs, signal);
        if (signal.aborted) return void this.aborted++;
        if (fails?.afterEvents === i) {
          return yield { kind: 'failed', problem: toUpstreamProblem(fails.kind, 'told to', fails.retryAfterMs) };
        }
        yield i === 0 ? this.says : { kind: 'text', text: 'noon.' };
      }
    } finally {
      this.running--;
    }
  }

  check(): Promise<UpstreamHealth> {
    this.checks++;
    return Promise.resolve(this.health);
  }

  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const cancel = this.#clock.after(ms, resolve);
      signal.addEventListener('abort', () => (cancel(), resolve()), { once: true });
    });
  }
}

/** Without jitter. */
export const EVEN = () => 0.5;

export const serverOptions = (upstream: Upstream, changes: Partial<ServerOptions> = {}): ServerOptions => ({
  ...{ name: 's', upstream, maxConcurrent: 2, weight: 1, warmsUp: false },
  ...changes,
});

/** A server alone, for what does not need its answers. */
export const serverOn = (clock: Clock, changes: Partial<ServerOptions> = {}): Server =>
  new Server(serverOptions(new TimedUpstream(clock), changes), clock, EVEN);
