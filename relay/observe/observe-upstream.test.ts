import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { ScriptedUpstream } from '../session/testing/scripted-upstream.ts';
import { settle } from '../session/testing/speaker.ts';
import type { UpstreamTurn } from '../upstream/upstream.ts';
import { Metrics } from './metrics.ts';
import { observeUpstream } from './observe-upstream.ts';

const turn: UpstreamTurn = { settings: {}, items: [{ kind: 'user', audio: new Uint8Array(2) }] };
let clock: VirtualClock;
let upstream: ScriptedUpstream;
let metrics: Metrics;
let abort: AbortController;

beforeEach(() => {
  clock = new VirtualClock();
  upstream = new ScriptedUpstream();
  metrics = new Metrics();
  abort = new AbortController();
});

/** What the caller of the observed upstream got, taken event by event. */
function answer() {
  const events: string[] = [];
  const stream = observeUpstream(upstream, metrics, clock).respond(turn, abort.signal);
  const done = (async () => {
    for await (const { kind } of stream) events.push(kind);
  })();
  return { events, done };
}

describe('an observed upstream', () => {
  it('answers as before, and its turns are counted and timed', async () => {
    const { events, done } = answer();
    await settle();
    clock.advance(300);
    upstream.last.text('Noon.');
    await settle();
    clock.advance(200);
    upstream.last.audio(100);
    await settle();
    expect(await metrics.render()).toContain('voice_gateway_active_streams{kind="realtime"} 1');
    clock.advance(500);
    upstream.last.push({ kind: 'usage', usage: { outputTokens: 50 } }).end();
    await done;
    expect(events).toEqual(['text', 'audio', 'usage']);
    const page = await metrics.render();
    expect(page).toContain('voice_gateway_requests_total{route="turn",method="WS",status="200"} 1');
    expect(page).toContain('voice_gateway_request_latency_seconds_sum{route="turn"} 0.3');
    expect(page).toContain('voice_gateway_audio_generation_latency_seconds_sum{source="scripted"} 0.5');
    expect(page).toContain('voice_gateway_tokens_per_second{source="scripted"} 50');
    expect(page).toContain('voice_gateway_active_streams{kind="realtime"} 0');
  });

  it('tells failures from answers that nobody wanted any more', async () => {
    const failing = answer();
    await settle();
    upstream.last.fail('upstream-died').end();
    await failing.done;
    const cancelled = answer();
    await settle();
    abort.abort();
    await cancelled.done;
    const page = await metrics.render();
    expect(page).toContain('voice_gateway_requests_total{route="turn",method="WS",status="502"} 1');
    expect(page).toContain('voice_gateway_requests_total{route="turn",method="WS",status="499"} 1');
    expect(page).not.toContain('status="200"');
  });

  it('names itself as the one behind it does at the time', () => {
    const observed = observeUpstream(upstream, metrics, clock);
    expect([observed.name, observed.model, observed.voices, observed.outputRateHz]).toEqual([
      ...['scripted', 'script-1', upstream.voices, 24_000],
    ]);
  });
});
