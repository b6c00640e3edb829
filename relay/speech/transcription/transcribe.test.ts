import { describe, expect, it } from 'vitest';
import { ScriptedRecogniser } from '../testing/scripted-recogniser.ts';
import type { Piece } from './piece.ts';
import { transcribe, type TranscriptionEvent, type TranscriptionOptions } from './transcribe.ts';

const never = new AbortController().signal;

function piece(startMs: number, endMs: number, changes: Partial<Piece> = {}): Piece {
  return { startMs, endMs, samples: new Int16Array(16), overlapsMs: 0, isSilent: false, ...changes };
}

async function run(
  recogniser: ScriptedRecogniser,
  pieces: Piece[],
  options: Partial<TranscriptionOptions> = {},
): Promise<TranscriptionEvent[]> {
  const source = (async function* () {
    yield* pieces;
  })();
  const events: TranscriptionEvent[] = [];
  const all = { isTimed: true, maxMs: 1e9, ...options };
  for await (const event of transcribe(recogniser, source, all, never)) events.push(event);
  return events;
}

describe('writing a recording down', () => {
  it('puts segments at their place in the whole, and tells how far it is', async () => {
    const recogniser = new ScriptedRecogniser((_, nth) => [
      { kind: 'segment', text: `part ${nth}`, startMs: 500, endMs: 900 },
      { kind: 'done', text: `part ${nth}`, language: 'en' },
    ]);
    const events = await run(recogniser, [piece(0, 20_000), piece(20_000, 30_000)]);
    expect(events).toEqual([
      { kind: 'text', text: 'part 1', segments: [{ text: 'part 1', startMs: 500, endMs: 900 }], doneMs: 20_000 },
      { kind: 'text', text: ' part 2', segments: [{ text: 'part 2', startMs: 20_500, endMs: 20_900 }], doneMs: 30_000 },
      {
        kind: 'done',
        text: 'part 1 part 2',
        segments: [
          { text: 'part 1', startMs: 500, endMs: 900 },
          { text: 'part 2', startMs: 20_500, endMs: 20_900 },
        ],
        durationMs: 30_000,
        language: 'en',
      },
    ]);
  });

  it('tells the recogniser what was said before, in which language, and whether times are wanted', async () => {
    const recogniser = new ScriptedRecogniser((_, nth) => [{ kind: 'done', text: `text ${nth}`, language: 'de' }]);
    await run(recogniser, [piece(0, 1), piece(1, 2)], { isTimed: false });
    await run(recogniser, [piece(0, 1)], { language: 'fr' });
    expect(recogniser.asked.map(({ request: { audio: _, ...rest } }) => rest)).toEqual([
      {},
      { prompt: 'text 1', language: 'de' },
      { language: 'fr', timed: true },
    ]);
  });

  it('has a segment a piece where the recogniser gives no times', async () => {
    const events = await run(new ScriptedRecogniser(), [piece(0, 1_000), piece(500, 2_000, { overlapsMs: 500 })]);
    expect(events.at(-1)).toMatchObject({
      segments: [
        { startMs: 0, endMs: 1_000 },
        { startMs: 1_000, endMs: 2_000 },
      ],
    });
  });

  it('says words that two pieces share once', async () => {
    const recogniser = new ScriptedRecogniser((_, nth) =>
      nth === 1
        ? [{ kind: 'done', text: 'over the river' }]
        : [
            { kind: 'segment', text: 'The river', startMs: 0, endMs: 900 },
            { kind: 'segment', text: 'and home.', startMs: 900, endMs: 2_000 },
            { kind: 'done', text: 'The river and home.' },
          ],
    );
    const events = await run(recogniser, [piece(0, 30_000), piece(29_000, 40_000, { overlapsMs: 1_000 })]);
    expect(events.at(-1)).toMatchObject({
      text: 'over the river and home.',
      segments: [{ text: 'over the river' }, { text: 'and home.', startMs: 30_000, endMs: 31_000 }],
    });
  });

  it('asks nobody about silence', async () => {
    const recogniser = new ScriptedRecogniser();
    const events = await run(recogniser, [piece(0, 1_000, { isSilent: true })]);
    expect(recogniser.asked).toHaveLength(0);
    expect(events.at(-1)).toEqual({ kind: 'done', text: '', segments: [], durationMs: 1_000 });
  });

  it('ends with a failure, and asks for nothing after it', async () => {
    const recogniser = new ScriptedRecogniser(() => [
      { kind: 'failed', problem: { kind: 'upstream-died', retry: 'now' } },
    ]);
    const events = await run(recogniser, [piece(0, 1), piece(1, 2)]);
    expect(events).toMatchObject([{ kind: 'failed', problem: { kind: 'upstream-died' } }]);
    expect(recogniser.asked).toHaveLength(1);
  });

  it('takes a recogniser that just stops for one that died', async () => {
    expect(await run(new ScriptedRecogniser(() => []), [piece(0, 1)])).toMatchObject([
      { kind: 'failed', problem: { kind: 'upstream-died' } },
    ]);
  });

  it('gives up on what is too long or holds no sound', async () => {
    expect(await run(new ScriptedRecogniser(), [piece(0, 30), piece(30, 61)], { maxMs: 60 })).toMatchObject([
      { kind: 'text' },
      { kind: 'unusable', reason: 'audio-too-long' },
    ]);
    expect(await run(new ScriptedRecogniser(), [])).toEqual([{ kind: 'unusable', reason: 'audio-invalid' }]);
  });
});
