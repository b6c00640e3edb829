import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { Metrics } from '../observe/metrics.ts';
import { settle } from '../session/testing/speaker.ts';
import { Narrator } from './narrator.ts';
import { READ_LEAD_MS, Reading } from './reading.ts';
import { SpeechCache } from './speech-cache.ts';
import { ScriptedSynthesiser } from './testing/scripted-synthesiser.ts';

let clock: VirtualClock;
let synthesiser: ScriptedSynthesiser;
let heardMs: number;
let end: string | undefined;

beforeEach(() => {
  clock = new VirtualClock();
  synthesiser = new ScriptedSynthesiser();
  heardMs = 0;
  end = undefined;
});

function read(): Reading {
  const narrator = new Narrator({ synthesiser, cache: new SpeechCache(clock), metrics: new Metrics(), clock });
  return new Reading(narrator, { text: 'Words.' }, clock, {
    audio: (pcm) => (heardMs += pcm.length / 48),
    ended: (durationMs) => (end = `ended after ${durationMs}`),
    failed: ({ kind }) => (end = kind),
  });
}

/** Everything that can happen without time passing. */
async function quiet(): Promise<void> {
  for (let i = 0; i < 60; i++) await settle();
}

async function pass(ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 100) {
    clock.advance(100);
    await quiet();
  }
}

describe('reading to a listener', () => {
  it('keeps at most five seconds ahead of the ear', async () => {
    synthesiser.onRequest = (speech) => speech.audio(12_000).end();
    read();
    await quiet();
    expect(heardMs).toBe(READ_LEAD_MS + 200);
    await pass(2_000);
    expect(heardMs).toBeLessThanOrEqual(READ_LEAD_MS + 2_200);
    expect(heardMs).toBeGreaterThanOrEqual(READ_LEAD_MS + 2_000);
    await pass(6_000);
    expect([heardMs, end]).toEqual([12_000, 'ended after 12000']);
  });

  it('sends nothing while held, and has not got ahead by it afterwards', async () => {
    synthesiser.onRequest = (speech) => speech.audio(30_000).end();
    const reading = read();
    await pass(1_000);
    reading.hold();
    const before = heardMs;
    await pass(60_000);
    expect(heardMs).toBe(before);
    reading.release();
    await quiet();
    expect(heardMs).toBeLessThanOrEqual(before + 200);
    await pass(1_000);
    expect(heardMs).toBeLessThanOrEqual(before + 1_200);
  });

  it('does not say it ended while held', async () => {
    synthesiser.onRequest = (speech) => speech.audio(100).end();
    const reading = read();
    reading.hold();
    await quiet();
    expect(end).toBeUndefined();
    reading.release();
    await quiet();
    expect(end).toBe('ended after 100');
  });

  it.each(['held', 'ahead', 'waiting for the server'])('stops for good when it is %s', async (state) => {
    synthesiser.onRequest = (speech) => speech.audio(state === 'waiting for the server' ? 100 : 20_000);
    const reading = read();
    await quiet();
    if (state === 'held') reading.hold();
    reading.stop();
    const before = heardMs;
    await quiet();
    expect(synthesiser.asked[0]!.isLeft).toBe(true);
    await pass(30_000);
    expect([heardMs, end]).toEqual([before, undefined]);
  });

  it('lets a listener who ran dry catch up with no rush', async () => {
    synthesiser.onRequest = (speech) => speech.audio(100);
    read();
    await pass(20_000);
    synthesiser.asked[0]!.audio(20_000);
    await quiet();
    expect(heardMs).toBeLessThanOrEqual(100 + READ_LEAD_MS + 200);
  });

  it.each([
    ['fails', (speech: ScriptedSynthesiser['asked'][0]) => void speech?.fail('upstream-stalled'), 'upstream-stalled'],
    [
      'throws',
      () => {
        throw new Error('a bug');
      },
      'upstream-faulty',
    ],
  ])('tells when the server %s', async (_, onRequest, told) => {
    synthesiser.onRequest = onRequest;
    read();
    await quiet();
    expect(end).toBe(told);
  });
});
