import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '#protocol';
import type { ContextItem, ReplyEvent, Upstream, UpstreamTurn } from './upstream.ts';

/** An adapter and what stands behind it, made anew for each test. */
export interface UpstreamFixture {
  upstream: Upstream;
  /** Ends both. */
  close(): Promise<void>;
}

/** A rising tone: a different signal for each length. PCM16LE mono at LIMITS.inputRateHz. */
export function toneOf(seconds: number): Uint8Array {
  const audio = Buffer.alloc(2 * Math.round(seconds * LIMITS.inputRateHz));
  for (let n = 0; n < audio.length / 2; n++) {
    const s = n / LIMITS.inputRateHz;
    audio.writeInt16LE(Math.round(9000 * Math.sin(2 * Math.PI * (180 + 60 * s) * s)), 2 * n);
  }
  return audio;
}

type TurnExtra = Partial<Omit<UpstreamTurn, 'items'>> & { context?: readonly ContextItem[] };

/** A tone to be answered, after the context. */
export function spokenTurn(seconds: number, { context = [], ...extra }: TurnExtra = {}): UpstreamTurn {
  return { settings: {}, items: [...context, { kind: 'user', audio: toneOf(seconds) }], ...extra };
}

export async function collect(
  upstream: Upstream,
  turn: UpstreamTurn,
  signal = new AbortController().signal,
): Promise<ReplyEvent[]> {
  const events: ReplyEvent[] = [];
  for await (const event of upstream.respond(turn, signal)) events.push(event);
  return events;
}

export const audioOf = (events: readonly ReplyEvent[]): Buffer =>
  Buffer.concat(events.flatMap((event) => (event.kind === 'audio' ? [event.pcm] : [])));

export const textOf = (events: readonly ReplyEvent[]): string =>
  events.map((event) => (event.kind === 'text' ? event.text : '')).join('');

/** What every upstream does, with or without a server behind it. */
export function describeUpstream(createFixture: () => Promise<UpstreamFixture>): void {
  describe('as an upstream', () => {
    let fixture: UpstreamFixture;
    let upstream: Upstream;
    const unhandled: unknown[] = [];
    const remember = (reason: unknown) => unhandled.push(reason);

    beforeEach(async () => {
      process.on('unhandledRejection', remember);
      fixture = await createFixture();
      ({ upstream } = fixture);
    });
    afterEach(async () => {
      await fixture.close();
      await sleep(0);
      process.off('unhandledRejection', remember);
      expect(unhandled.splice(0)).toEqual([]);
    });

    it('answers in words and in whole samples of audio, and does not fail', async () => {
      const events = await collect(upstream, spokenTurn(1));
      expect(textOf(events)).not.toBe('');
      for (const event of events) {
        expect(event.kind).not.toBe('failed');
        if (event.kind === 'audio') expect(event.pcm.length % 2).toBe(0);
        if (event.kind === 'audio') expect(event.pcm.length).toBeGreaterThan(0);
      }
      expect(audioOf(events).length / 2 / upstream.outputRateHz).toBeGreaterThan(0.5);
      expect(upstream.outputRateHz).toBeGreaterThanOrEqual(8_000);
    });

    it('takes a conversation, settings it may not know, and the longest utterance', async () => {
      const audio = toneOf(0.5);
      const context: ContextItem[] = [
        { kind: 'assistant', text: 'Hello.' },
        { kind: 'user', audio },
        { kind: 'assistant', text: 'Yes.' },
        { kind: 'system', text: 'It is raining.' },
        { kind: 'user', text: 'And then?' },
        { kind: 'user', audio, text: 'Go on.' },
        { kind: 'assistant', text: 'Well.' },
        { kind: 'user' },
      ];
      const settings = { systemPrompt: 'Be brief.', voice: 'Nobody We Know', temperature: 0.3, maxTokens: 64 };
      const events = await collect(upstream, spokenTurn(LIMITS.maxUtteranceMs / 1000, { settings, context }));
      expect(events.filter(({ kind }) => kind === 'failed')).toEqual([]);
      expect(audioOf(events).length).toBeGreaterThan(0);
    });

    it('does not mix turns answered at the same time', async () => {
      const turns = [0.6, 1.1, 1.7].map((seconds) => spokenTurn(seconds));
      const alone: ReplyEvent[][] = [];
      for (const turn of turns) alone.push(await collect(upstream, turn));
      const together = await Promise.all(turns.map((turn) => collect(upstream, turn)));
      expect(new Set(alone.map(textOf)).size).toBe(turns.length);
      for (const [i, events] of together.entries()) {
        expect(textOf(events)).toBe(textOf(alone[i] ?? []));
        expect(audioOf(events).equals(audioOf(alone[i] ?? []))).toBe(true);
      }
    });

    it('gives nothing when it is aborted before it begins', async () => {
      expect(await collect(upstream, spokenTurn(1), AbortSignal.abort())).toEqual([]);
    });

    it('just ends when it is aborted in mid-answer, wherever that is', async () => {
      for (const after of [1, 2, 3]) {
        const caller = new AbortController();
        const events: ReplyEvent[] = [];
        for await (const event of upstream.respond(spokenTurn(2), caller.signal)) {
          events.push(event);
          if (events.length === after) caller.abort();
        }
        expect(events).toHaveLength(after);
        expect(events.at(-1)?.kind).not.toBe('failed');
      }
    });

    it('answers again after answers that were left', async () => {
      for await (const event of upstream.respond(spokenTurn(1), new AbortController().signal)) {
        expect(event.kind).not.toBe('failed');
        break;
      }
      expect(audioOf(await collect(upstream, spokenTurn(1))).length).toBeGreaterThan(0);
    });

    it('lets the process do other things meanwhile', async () => {
      // Whatever the test's own server prepares in this process is not to be measured.
      await collect(upstream, spokenTurn(LIMITS.maxUtteranceMs / 1000));
      // Processor time, not time by the clock: other programs on the machine are none of this one's doing.
      const cpuMs = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
      let longestMs = 0;
      let isRunning = true;
      const watch = (async () => {
        for (let lastMs = cpuMs(); isRunning; lastMs = cpuMs()) {
          await new Promise((tick) => setImmediate(tick));
          longestMs = Math.max(longestMs, cpuMs() - lastMs);
        }
      })();
      await collect(upstream, spokenTurn(LIMITS.maxUtteranceMs / 1000));
      isRunning = false;
      await watch;
      // Tens of milliseconds go into base64 of a minute of audio; a second would be felt by every other call.
      expect(longestMs).toBeLessThan(250);
    });

    it('says that it is up, and does not throw when asked with an aborted signal', async () => {
      expect((await upstream.check(new AbortController().signal)).state).toBe('up');
      expect((await upstream.check(AbortSignal.abort())).state).not.toBe('down');
    });
  });
}
