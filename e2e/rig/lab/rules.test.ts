import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Heard } from '../../../web/conversation/events.ts';
import { createRandom } from '../corpus/random.ts';
import { USUAL_LINE } from './line.ts';
import { performByRule } from './rule-run.ts';
import { fixedSilence, follow, VAD_WEB } from './rules.ts';

const FRAME_MS = 32;

function heardOf(probabilities: readonly number[]): Heard[] {
  const sound = { lastLoudSample: 0, levelDb: -26, floorDb: -66, echo: 0, interjection: 0 };
  return probabilities.map((probability, i) => ({ ...sound, probability, endSample: (i + 1) * 512 }));
}

const run = (count: number, probability: number): number[] => Array.from({ length: count }, () => probability);

describe('a rule of fixed silence', () => {
  it('ends a turn after so much silence and not before', () => {
    const heard = heardOf([...run(10, 0), ...run(20, 0.9), ...run(40, 0.1)]);
    const events = [...follow(fixedSilence(500), heard)];
    expect(events.map(({ type }) => type)).toEqual(['began', 'ended']);
    // 15 whole frames are 480 ms.
    expect(events[1]?.frame).toBe(10 + 20 + 15 - 1);
  });

  it('makes no turn of a click', () => {
    expect([...follow(fixedSilence(500), heardOf([...run(2, 0.9), ...run(60, 0)]))]).toEqual([]);
  });

  it('is heard after the silence, the way there and back, and the upstream', () => {
    const heard = heardOf([...run(20, 0.9), ...run(60, 0)]);
    const { audible, ends, requests } = performByRule(fixedSilence(800), heard, USUAL_LINE);
    const { captureMs, networkMs, upstreamMs, playbackMs, answerMs } = USUAL_LINE;
    const endMs = (20 + 25) * FRAME_MS + captureMs;
    expect(ends).toEqual([endMs]);
    expect(requests).toBe(1);
    const fromMs = endMs + 2 * networkMs + upstreamMs + playbackMs;
    expect(audible).toEqual([{ fromMs, toMs: fromMs + answerMs, askedMs: endMs }]);
  });

  it('takes an answer back that nobody has heard yet when the voice goes on', () => {
    const heard = heardOf([...run(20, 0.9), ...run(18, 0), ...run(20, 0.9), ...run(60, 0)]);
    const { audible, ends } = performByRule(fixedSilence(500), heard, USUAL_LINE);
    expect(ends).toHaveLength(2);
    expect(audible).toHaveLength(1);
  });
});

describe('the defaults of vad-web', () => {
  it('end turns at the very frames at which the library ends them', async () => {
    const random = createRandom(5);
    const probabilities = Array.from({ length: 200 }, () => run(1 + Math.floor(60 * random()), random() ** 2)).flat();
    const ours = [...follow(VAD_WEB, heardOf(probabilities))].flatMap((event) =>
      event.type === 'ended' ? event.frame : [],
    );
    expect(ours.length).toBeGreaterThan(5);
    expect(ours).toEqual(await endsByLibrary(probabilities));
  });
});

interface Library {
  FrameProcessor: new (
    judge: () => Promise<{ isSpeech: number; notSpeech: number }>,
    reset: () => void,
    options: unknown,
    frameMs: number,
  ) => { resume(): void; process(frame: Float32Array, tell: (event: { msg: string }) => void): Promise<void> };
  defaultFrameProcessorOptions: unknown;
}

async function endsByLibrary(probabilities: readonly number[]): Promise<number[]> {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@ricky0123/vad-web'));
  const library = require(join(folder, 'frame-processor.js')) as Library;
  const ends: number[] = [];
  let at = 0;
  const judge = () => Promise.resolve({ isSpeech: probabilities[at] ?? 0, notSpeech: 0 });
  const processor = new library.FrameProcessor(judge, () => undefined, library.defaultFrameProcessorOptions, FRAME_MS);
  processor.resume();
  for (; at < probabilities.length; at++) {
    await processor.process(new Float32Array(1), ({ msg }) => {
      if (msg === 'SPEECH_END') ends.push(at);
    });
  }
  return ends;
}
