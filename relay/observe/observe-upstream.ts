import type { Clock } from '#kernel/clock';
import type { ReplyEvent, Upstream, UpstreamTurn } from '../upstream/upstream.ts';
import type { Metrics } from './metrics.ts';

/** The same upstream, with its turns counted and timed. Name, model and voices are read anew each time they are asked. */
export function observeUpstream(upstream: Upstream, metrics: Metrics, clock: Clock): Upstream {
  return {
    get name() {
      return upstream.name;
    },
    get model() {
      return upstream.model;
    },
    get outputRateHz() {
      return upstream.outputRateHz;
    },
    get voices() {
      return upstream.voices;
    },
    respond: (turn, signal) => observeTurn(upstream, turn, signal, metrics, clock),
    check: (signal) => upstream.check(signal),
  };
}

async function* observeTurn(
  upstream: Upstream,
  turn: UpstreamTurn,
  signal: AbortSignal,
  metrics: Metrics,
  clock: Clock,
): AsyncGenerator<ReplyEvent> {
  const startedAtMs = clock.nowMs();
  const source = upstream.name;
  const elapsedMs = () => clock.nowMs() - startedAtMs;
  const closed = metrics.streamOpened('realtime');
  let firstEventMs: number | undefined;
  let hasSpoken = false;
  // In the terms of HTTP: what the caller left before its end is 499, as servers log it.
  let status = '499';
  try {
    for await (const event of upstream.respond(turn, signal)) {
      firstEventMs ??= elapsedMs();
      if (event.kind === 'audio' && !hasSpoken) metrics.audioStarted(source, elapsedMs());
      hasSpoken ||= event.kind === 'audio';
      if (event.kind === 'failed') status = '502';
      const tokens = event.kind === 'usage' ? event.usage.outputTokens : undefined;
      if (tokens) metrics.tokenRate(source, (tokens * 1000) / Math.max(1, elapsedMs()));
      yield event;
    }
    if (status === '499' && !signal.aborted) status = '200';
  } finally {
    closed();
    metrics.requestDone({ route: 'turn', method: 'WS', status }, firstEventMs ?? elapsedMs());
  }
}
