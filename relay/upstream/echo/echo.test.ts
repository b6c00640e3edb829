import { describe, expect, it } from 'vitest';
import { LIMITS } from '#protocol';
import { audioOf, collect, describeUpstream, spokenTurn, textOf, toneOf } from '../upstream.contract.ts';
import type { ContextItem } from '../upstream.ts';
import { createEcho } from './echo.ts';
import { prefaceTones } from './preface.ts';

const PREFACE_SAMPLES = 0.35 * LIMITS.outputRateHz;
const samplesOf = (pcm: Buffer) =>
  Float64Array.from({ length: pcm.length / 2 }, (_, i) => pcm.readInt16LE(2 * i) / 32768);
const peakDb = (samples: Float64Array) =>
  20 * Math.log10(samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0));

// There is no server behind it, so nothing of the network can fail: only the common part of the contract applies.
describeUpstream(() => Promise.resolve({ upstream: createEcho(), close: () => Promise.resolve() }));

describe('the echo', () => {
  it('says that no model is connected and how much it heard', async () => {
    const text = textOf(await collect(createEcho(), spokenTurn(2.4)));
    expect(text).toContain('No model is connected');
    expect(text).toContain('2.4 seconds');
  });

  it('plays the tones, then every sample of what was said at the rate of answers', async () => {
    for (const seconds of [0.0371, 0.5, 1, 3.21]) {
      const heard = toneOf(seconds).length / 2;
      const samples = samplesOf(audioOf(await collect(createEcho(), spokenTurn(seconds))));
      expect(samples.length).toBe(PREFACE_SAMPLES + Math.ceil((heard * 3) / 2));
    }
  });

  it('gives the signal back as it was: 50 dB above any difference', async () => {
    const answer = samplesOf(audioOf(await collect(createEcho(), spokenTurn(1)))).subarray(PREFACE_SAMPLES);
    let signal = 0;
    let difference = 0;
    // The same tone at 24 kHz; the edges ring, as any filter's do.
    for (let n = 2_400; n < answer.length - 2_400; n++) {
      const s = n / LIMITS.outputRateHz;
      const expected = (9000 / 32768) * Math.sin(2 * Math.PI * (180 + 60 * s) * s);
      signal += expected ** 2;
      difference += (expected - (answer[n] ?? 0)) ** 2;
    }
    expect(10 * Math.log10(signal / difference)).toBeGreaterThan(50);
  });

  it('begins softly: 350 ms of tones at about -12 dBFS without a click at either end', () => {
    const tones = samplesOf(prefaceTones(LIMITS.outputRateHz));
    expect(tones.length).toBe(PREFACE_SAMPLES);
    expect(peakDb(tones)).toBeGreaterThan(-13);
    expect(peakDb(tones)).toBeLessThan(-11.5);
    expect(peakDb(tones.subarray(0, 24))).toBeLessThan(-50);
    expect(peakDb(tones.subarray(-24))).toBeLessThan(-50);
    const steps = tones.subarray(1).map((sample, i) => Math.abs(sample - (tones[i] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(0.25 * 2 * Math.PI * (660 / LIMITS.outputRateHz) * 1.1);
  });

  it('makes a minute of audio many times faster than it plays', async () => {
    const startedMs = performance.now();
    await collect(createEcho(), spokenTurn(60));
    expect(performance.now() - startedMs).toBeLessThan(6_000);
  });

  it('answers silence and nothing at all', async () => {
    expect(audioOf(await collect(createEcho(), spokenTurn(0))).length / 2).toBe(PREFACE_SAMPLES);
  });

  it('says what was written to it, or told by a tool, and plays no more than its tones', async () => {
    const items: ContextItem[] = [
      { kind: 'user', text: 'Is it noon?' },
      { kind: 'tool-result', callId: 'c', output: '12:00' },
    ];
    for (const [item, words] of [
      [items[0]!, 'what you wrote: Is it noon?'],
      [items[1]!, 'what a tool has told: 12:00'],
    ] as const) {
      const events = await collect(createEcho(), { settings: {}, items: [item] });
      expect(textOf(events)).toBe(
        `No model is connected. This is ${item.kind === 'user' ? 'an echo of ' : ''}${words}`,
      );
      expect(audioOf(events).length / 2).toBe(PREFACE_SAMPLES);
    }
  });

  it('makes no sound where none is wanted', async () => {
    const events = await collect(createEcho(), spokenTurn(1, { isSilent: true }));
    expect(events.map(({ kind }) => kind)).toEqual(['text']);
  });
});
