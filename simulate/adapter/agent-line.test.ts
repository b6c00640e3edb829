import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_RATE_HZ, toMs } from '../sound/line.ts';
import { AgentLine } from './agent-line.ts';

type Step =
  | { kind: 'push'; samples: number }
  | { kind: 'words'; text: string }
  | { kind: 'complete' }
  | { kind: 'end' }
  | { kind: 'play'; samples: number }
  | { kind: 'cut' };

const step = (withCuts: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('push' as const), samples: fc.nat(3_000) }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('words' as const), text: fc.stringMatching(/^[a-z ]{0,12}$/) }),
    },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'complete' }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: 'end' }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('play' as const), samples: fc.nat(4_000) }) },
    ...(withCuts ? [{ weight: 1, arbitrary: fc.constant<Step>({ kind: 'cut' }) }] : []),
  );

/** What a server may do, in its order, and what the line made of it. No sample is 0, so silence is told from sound. */
function run(steps: readonly Step[]) {
  const line = new AgentLine();
  let next = 1;
  let answer = 0;
  let text = '';
  /** Sound by answer, as sent and as played. */
  const sent: number[][] = [[]];
  const texts = [''];
  const heard: number[] = [];
  let spoken = '';
  const cuts: { answer: number; heardMs: number; droppedMs: number; playedBefore: number }[] = [];
  let isComplete = false;
  const play = (samples: number): void => {
    const played = line.play(samples);
    expect(played.samples.length).toBe(samples);
    expect([...played.samples.subarray(played.soundSamples)].every((sample) => sample === 0)).toBe(true);
    heard.push(...played.samples.subarray(0, played.soundSamples));
    spoken += played.transcript;
  };
  for (const one of steps) {
    if (one.kind === 'push' && !isComplete) {
      const samples = Int16Array.from({ length: one.samples }, () => (next++ % 32_000) + 1);
      sent[answer]?.push(...samples);
      line.push(String(answer), samples);
    } else if (one.kind === 'words') {
      // Letters of its own for each answer, so that it is told by them.
      const words = one.text.replaceAll(/[a-z]/g, String.fromCharCode(0x4e00 + answer));
      text += words;
      texts[answer] += words;
      line.pushWords(String(answer), words);
    } else if (one.kind === 'complete') {
      isComplete = true;
      line.complete(String(answer));
    } else if (one.kind === 'end') {
      line.end(String(answer));
      answer++;
      sent.push([]);
      texts.push('');
      isComplete = false;
    } else if (one.kind === 'play') play(one.samples);
    else if (one.kind === 'cut') {
      const { bufferedMs } = line;
      const cut = line.cut();
      if (cut) {
        const { heardMs, droppedMs } = cut;
        cuts.push({ answer: Number(cut.answer), heardMs, droppedMs, playedBefore: heard.length });
        expect(droppedMs).toBeCloseTo(bufferedMs);
      }
      expect(line.bufferedMs).toBe(0);
    }
  }
  line.end(String(answer));
  return { line, sent, heard, cuts, text, texts, play, spoken: () => spoken };
}

const withoutSpaces = (text: string): string => text.replaceAll(' ', '');

describe('the agent’s side of the line', () => {
  it('plays what came in the order it came, nothing twice and nothing lost, and all of its words', () => {
    fc.assert(
      fc.property(fc.array(step(false), { maxLength: 60 }), (steps) => {
        const { sent, heard, text, play, spoken } = run(steps);
        play(sent.flat().length + 1);
        play(1);
        expect(heard).toEqual(sent.flat());
        expect(spoken()).toBe(text);
      }),
    );
  });

  it('loses sound by an interruption only, and knows to the sample how much of the answer was heard', () => {
    fc.assert(
      fc.property(fc.array(step(true), { maxLength: 60 }), (steps) => {
        const { sent, heard, cuts, play, spoken, texts } = run(steps);
        play(sent.flat().length + 1);
        // Each answer is heard from its first sample on, for some length, after the one before it.
        let at = 0;
        let words = withoutSpaces(spoken());
        for (const [i, samples] of sent.entries()) {
          const cut = cuts.find(({ answer }) => answer === i);
          let length = 0;
          while (length < samples.length && at + length < heard.length && heard[at + length] === samples[length])
            length++;
          if (cut) {
            expect(toMs(length)).toBeCloseTo(cut.heardMs);
            expect(at + length).toBe(cut.playedBefore);
          }
          at += length;
          const text = withoutSpaces(texts[i] ?? '');
          let given = 0;
          while (given < text.length && words[given] === text[given]) given++;
          words = words.slice(given);
        }
        expect(at).toBe(heard.length);
        expect(words).toBe('');
      }),
    );
  });

  it('drops what still comes of an answer that was broken off, and plays the next one', () => {
    const line = new AgentLine();
    line.push('a', Int16Array.of(1, 2, 3, 4));
    line.play(3);
    expect(line.cut()).toMatchObject({ answer: 'a', heardMs: toMs(3), droppedMs: toMs(1) });
    line.push('a', Int16Array.of(5));
    line.push('b', Int16Array.of(6));
    expect([...line.play(2).samples]).toEqual([6, 0]);
  });

  it('takes nothing for an interruption when there was nothing to be heard', () => {
    const line = new AgentLine();
    expect(line.cut()).toBeUndefined();
    line.push('a', Int16Array.of(1));
    line.end('a');
    line.play(2);
    expect(line.cut()).toBeUndefined();
    line.begin('b');
    expect(line.cut()).toBeUndefined();
    // Begun, and given up before its first sound.
    line.push('b', Int16Array.of(2));
    expect(line.play(1).soundSamples).toBe(0);
  });

  it('gives out words as their share of the sound is played, the last with the last sample', () => {
    const line = new AgentLine();
    const second = new Int16Array(LINE_RATE_HZ).fill(1);
    line.pushWords('a', 'one two three four ');
    line.pushWords('a', 'five six seven eight');
    line.push('a', second);
    line.push('a', second);
    line.complete('a');
    const texts = Array.from({ length: 4 }, () => line.play(LINE_RATE_HZ / 2).transcript);
    expect(texts).toEqual(['one two ', 'three four ', 'five six ', 'seven eight']);
  });

  it('does not give out all words with the first sound of an answer whose words came before it', () => {
    const line = new AgentLine();
    line.pushWords('a', 'This is a sentence of which hardly anything has been spoken so far.');
    line.push('a', new Int16Array(LINE_RATE_HZ / 10).fill(1));
    expect(line.play(LINE_RATE_HZ / 10).transcript.length).toBeLessThan(10);
  });

  it('gives out words that come after their sound', () => {
    const line = new AgentLine();
    line.push('a', Int16Array.of(1));
    line.complete('a');
    expect(line.play(2).transcript).toBe('');
    line.pushWords('a', 'Late.');
    expect(line.play(2).transcript).toBe('Late.');
  });
});
