import { describe, expect, it } from 'vitest';
import { LIMITS } from '#protocol';
import { FakeJournal } from './fakes/fake-journal.ts';
import { FakeLink } from './fakes/fake-link.ts';
import { Recorder } from './recorder.ts';

const FRAME = LIMITS.frameSamples;

function bench() {
  const journal = new FakeJournal();
  const link = new FakeLink();
  const recorder = new Recorder(journal, link);
  let next = 0;
  /** Frame n is filled with n, so that what arrives can be told apart. */
  const hear = (frames: number) => {
    for (let i = 0; i < frames; i++) recorder.push(new Int16Array(FRAME).fill(next++));
  };
  const recorded = (utterance: string) => link.frames.get(utterance)?.map((pcm) => new Int16Array(pcm.buffer)[0]) ?? [];
  return { journal, link, recorder, hear, recorded };
}

describe('Recorder', () => {
  it('takes the sound from before the utterance along, from the frame that holds its first sample', () => {
    const { recorder, hear, recorded } = bench();
    hear(10);
    recorder.open('c', 'u', 7 * FRAME + 100);
    hear(2);
    expect(recorded('u')).toEqual([7, 8, 9, 10, 11]);
  });

  it('journals every frame it sends, the same bytes', () => {
    const { journal, link, recorder, hear } = bench();
    hear(3);
    recorder.open('c', 'u', 0);
    hear(3);
    expect(journal.frames.get('u')).toEqual(link.frames.get('u'));
    expect(journal.frames.get('u')).toHaveLength(6);
  });

  it('goes on without a gap when a pause turns out to be one', () => {
    const { recorder, hear, recorded } = bench();
    recorder.open('c', 'u', 0);
    hear(3);
    recorder.pause();
    hear(4);
    recorder.resume('u', 0);
    hear(1);
    expect(recorded('u')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('leaves out the silence between two stretches when told where the second begins', () => {
    const { recorder, hear, recorded } = bench();
    recorder.open('c', 'u', 0);
    hear(2);
    recorder.pause();
    hear(20);
    recorder.resume('u', 18 * FRAME);
    hear(1);
    expect(recorded('u')).toEqual([0, 1, 18, 19, 20, 21, 22]);
  });

  it('never records a frame twice', () => {
    const { recorder, hear, recorded } = bench();
    recorder.open('c', 'u', 0);
    hear(5);
    recorder.pause();
    recorder.resume('u', 0);
    hear(1);
    expect(recorded('u')).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('remembers about eight seconds and no more', () => {
    const { recorder, hear, recorded } = bench();
    hear(500);
    recorder.open('c', 'u', 0);
    expect(recorded('u').length * FRAME).toBeGreaterThanOrEqual(8 * LIMITS.inputRateHz);
    expect(recorded('u').length * FRAME).toBeLessThan(8.1 * LIMITS.inputRateHz);
  });

  it('copies what it is given: the buffer goes back to the worklet', () => {
    const { recorder, link } = bench();
    recorder.open('c', 'u', 0);
    const buffer = new Int16Array(FRAME).fill(7);
    recorder.push(buffer);
    buffer.fill(9);
    expect(new Int16Array(link.frames.get('u')?.[0]?.buffer ?? new ArrayBuffer(0))[0]).toBe(7);
  });
});
