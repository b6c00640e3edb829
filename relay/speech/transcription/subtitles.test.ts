import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toSrt, toVtt, type Segment } from './subtitles.ts';

const SEGMENTS: Segment[] = [
  { text: 'Hello & welcome.', startMs: 0, endMs: 1_500 },
  { text: ' It is <late>\n\nnow ', startMs: 3_661_042.4, endMs: 3_662_000 },
];

/** By the grammar of the format; the text as a player shows it. */
function parse(subtitles: string, kind: 'srt' | 'vtt'): Segment[] {
  const body = kind === 'vtt' ? subtitles.replace(/^WEBVTT\n\n/, '') : subtitles;
  const mark = kind === 'srt' ? ',' : '\\.';
  const cue = new RegExp(
    `^${kind === 'srt' ? '(\\d+)\\n' : '()'}(\\d{2,}):(\\d\\d):(\\d\\d)${mark}(\\d{3}) --> (\\d{2,}):(\\d\\d):(\\d\\d)${mark}(\\d{3})\\n(.*)$`,
  );
  const cues = body.split('\n\n').filter((part) => part !== '');
  return cues.map((part, i) => {
    const match = cue.exec(part);
    if (!match) throw new Error(`no cue: ${part}`);
    const [, number, ...rest] = match;
    if (kind === 'srt') expect(Number(number)).toBe(i + 1);
    const times = rest.slice(0, 8).map(Number);
    const [h1 = 0, m1 = 0, s1 = 0, ms1 = 0, h2 = 0, m2 = 0, s2 = 0, ms2 = 0] = times;
    const text = rest[8] ?? '';
    return {
      startMs: ((h1 * 60 + m1) * 60 + s1) * 1000 + ms1,
      endMs: ((h2 * 60 + m2) * 60 + s2) * 1000 + ms2,
      text: kind === 'vtt' ? text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&') : text,
    };
  });
}

describe('subtitles', () => {
  it('are SubRip as players expect it', () => {
    expect(toSrt(SEGMENTS)).toBe(
      '1\n00:00:00,000 --> 00:00:01,500\nHello & welcome.\n\n' +
        '2\n01:01:01,042 --> 01:01:02,000\nIt is <late> now\n\n',
    );
  });

  it('are WebVTT, its marks escaped', () => {
    expect(toVtt(SEGMENTS)).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHello &amp; welcome.\n\n' +
        '01:01:01.042 --> 01:01:02.000\nIt is &lt;late&gt; now\n\n',
    );
    expect(toVtt([])).toBe('WEBVTT\n\n');
    expect(toSrt([])).toBe('');
  });

  it('can be read back, whatever was said', () => {
    const segment = fc.record({
      text: fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('-->', 'a --> b', '\n\n', '&lt;', '1\n2', '\u2028'),
      ),
      startMs: fc.double({ min: 0, max: 400_000_000, noNaN: true }),
      endMs: fc.double({ min: 0, max: 400_000_000, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 5 }), (segments) => {
        const expected = segments
          .map(({ text, startMs, endMs }) => ({
            text: text.replace(/\s+/gu, ' ').trim(),
            startMs: Math.round(startMs),
            endMs: Math.round(endMs),
          }))
          .filter(({ text }) => text !== '');
        expect(parse(toSrt(segments), 'srt')).toEqual(expected);
        expect(parse(toVtt(segments), 'vtt')).toEqual(expected);
      }),
    );
  });
});
