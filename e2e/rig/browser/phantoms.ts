import type { Browser } from '@playwright/test';
import { toInt16 } from '../../audio/voice.ts';
import { loadNoises, noiseCalls } from '../corpus/noises.ts';
import { RATE_HZ } from '../corpus/recorded-call.ts';
import type { ScenarioResult } from '../result.ts';
import { asCount, asRate } from './measures.ts';
import { Stage } from './stage.ts';

/** Longer sounds are played in pieces of this, so that the page need not be sent more at once. */
const PIECE_MS = 10_000;

/** Noise and music from very soft to as loud as people, while it listens and nobody speaks. */
export async function measurePhantoms(browser: Browser, minutes: number): Promise<ScenarioResult> {
  const calls = noiseCalls(await loadNoises(), minutes);
  const stage = await Stage.open(browser, { reply: 'Yes?' });
  try {
    const cases: { id: string; sent: number }[] = [];
    for (const { id, samples } of calls) {
      const before = stage.gpu.requests.length;
      await playAll(stage, samples);
      cases.push({ id, sent: stage.gpu.requests.length - before });
    }
    await stage.wait(1_500);
    const confirmed = await stage.app.facts('utterance.confirmed');
    const guilty = cases.filter(({ sent }) => sent > 0).map(({ id }) => id);
    return {
      scenario: 'noise and music',
      subject: 'earshot',
      where: 'browser',
      measures: [
        asCount('phantom turns', confirmed.length, { of: 'sum', atMost: 0 }),
        asRate(
          'sent to the model',
          cases.map(({ sent }) => sent > 0),
        ),
      ],
      notes: [
        `${minutes} minutes: ${calls.map(({ id }) => id).join(', ')}`,
        ...(guilty.length > 0 ? [`taken for somebody speaking: ${guilty.join(', ')}`] : []),
      ],
    };
  } finally {
    await stage.close();
  }
}

async function playAll(stage: Stage, samples: Float32Array): Promise<void> {
  const pieceSamples = (PIECE_MS * RATE_HZ) / 1000;
  for (let at = 0; at < samples.length; at += pieceSamples) {
    const piece = toInt16(samples.slice(at, at + pieceSamples));
    await stage.room.say(piece, RATE_HZ);
    await stage.wait((piece.length * 1000) / RATE_HZ);
    await stage.room.forget();
  }
}
