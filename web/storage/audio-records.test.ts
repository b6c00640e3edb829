import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AudioChunk, concat, intact, joinAudio, joinReply, toFrames, UtteranceRecord } from './audio-records.ts';

const chunk = (byte: number, ...bytes: number[]) => ({ utterance: 'u', byte, pcm: new Uint8Array(bytes) });

test('frames joined again are the audio they were cut from', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 10_000 }), (bytes) => {
      const pcm = new Uint8Array(bytes);
      const frames = toFrames(pcm);
      expect(concat(frames)).toEqual(pcm);
      expect(frames.slice(0, -1).every((frame) => frame.length === 1024)).toBe(true);
    }),
    { seed: 4 },
  );
});

test('audio ends before a missing chunk, and never within a sample', () => {
  expect(joinAudio([chunk(4, 5, 6), chunk(0, 1, 2, 3, 4), chunk(8, 9, 9)])).toEqual(new Uint8Array([1, 2, 3, 4, 5, 6]));
  expect(joinAudio([chunk(0, 1, 2, 3)])).toEqual(new Uint8Array([1, 2]));
  expect(joinAudio([chunk(2, 1, 2)])).toEqual(new Uint8Array(0));
});

test('answer audio keeps its places around a missing piece', () => {
  const reply = (sample: number, ...bytes: number[]) => ({
    utterance: 'u',
    attempt: 1,
    rateHz: 24_000,
    sample,
    pcm: new Uint8Array(bytes),
  });
  expect(joinReply([reply(3, 7, 8), reply(0, 1, 2, 3, 4)])).toEqual(new Uint8Array([1, 2, 3, 4, 0, 0, 7, 8]));
});

test('damaged records are left out and the others read', () => {
  const good = chunk(0, 1, 2);
  expect(intact(AudioChunk, [good, { ...good, pcm: 'no' }, { ...good, byte: -1 }, null, 7])).toEqual([good]);
  fc.assert(
    fc.property(fc.array(fc.anything()), (anything) => {
      expect(intact(UtteranceRecord, anything).every(({ utterance }) => utterance.length > 0)).toBe(true);
    }),
    { seed: 5 },
  );
});
