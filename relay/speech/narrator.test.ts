import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { Metrics } from '../observe/metrics.ts';
import { settle } from '../session/testing/speaker.ts';
import { Gate } from './gate.ts';
import { Narrator, toPassages, type NarrationEvent } from './narrator.ts';
import { SpeechCache } from './speech-cache.ts';
import { ScriptedSynthesiser } from './testing/scripted-synthesiser.ts';

const TEXT = 'The first sentence is here. The second sentence follows. The third one is the last.';
const never = new AbortController().signal;
let synthesiser: ScriptedSynthesiser;
let metrics: Metrics;
let narrator: Narrator;

beforeEach(() => {
  const clock = new VirtualClock();
  synthesiser = new ScriptedSynthesiser();
  metrics = new Metrics();
  narrator = new Narrator({ synthesiser, cache: new SpeechCache(clock), metrics, clock });
});

async function all(events: AsyncIterable<NarrationEvent>): Promise<NarrationEvent[]> {
  const list: NarrationEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}

const samplesOf = (events: NarrationEvent[]): number =>
  events.reduce((sum, event) => sum + (event.kind === 'audio' ? event.pcm.length / 2 : 0), 0);

describe('narrating', () => {
  it('speaks sentence by sentence, in order, with the voice asked for', async () => {
    synthesiser.onRequest = (speech) => speech.audio(100, synthesiser.asked.length).end();
    const events = await all(narrator.narrate({ text: TEXT, voice: 'Ada', speed: 1.5 }, never));
    expect(synthesiser.texts).toEqual(toPassages(TEXT));
    expect(synthesiser.texts).toHaveLength(3);
    expect(synthesiser.asked[2]?.request).toMatchObject({ voice: 'Ada', speed: 1.5 });
    const levels = events.map((event) => event.kind === 'audio' && Buffer.from(event.pcm).readInt16LE(0));
    expect(levels).toEqual([1, 2, 3]);
  });

  it('asks for the next sentence while one is being taken, and not before it was read', async () => {
    synthesiser.onRequest = () => {};
    const events = narrator.narrate({ text: TEXT }, never);
    const first = events.next();
    await settle();
    synthesiser.asked[0]?.audio(100);
    await first;
    await settle();
    expect(synthesiser.asked).toHaveLength(1);
    synthesiser.asked[0]?.end();
    await settle();
    expect(synthesiser.asked).toHaveLength(2);
    await events.return();
  });

  it('brings every rate to 24 kHz', async () => {
    synthesiser.onRequest = (speech) => speech.audio(100, 500, 22_050).audio(100, 500, 22_050).end();
    const events = await all(narrator.narrate({ text: 'One.' }, never));
    expect(samplesOf(events)).toBe(4_800);
  });

  it('reads only so far ahead of a reader that does not come', async () => {
    synthesiser.onRequest = (speech) => {
      for (let i = 0; i < 200; i++) speech.audio(1_000);
      speech.end();
    };
    const events = narrator.narrate({ text: 'A very long one.' }, never);
    await events.next();
    for (let i = 0; i < 200; i++) await settle();
    // A megabyte is 21.8 s.
    expect(synthesiser.asked[0]?.taken).toBeLessThanOrEqual(24);
    await events.return();
    await settle();
    expect(synthesiser.asked[0]?.isLeft).toBe(true);
  });

  it('reads nothing from the server while its gate is closed', async () => {
    synthesiser.onRequest = () => {};
    const gate = new Gate();
    const events = narrator.narrate({ text: 'One.' }, never, gate);
    const first = events.next();
    await settle();
    const speech = synthesiser.asked[0]!;
    speech.audio(100);
    await first;
    gate.close();
    const second = events.next();
    await settle();
    // What was being waited for when the gate closed still comes, and nothing after it.
    for (let i = 0; i < 5; i++) speech.audio(100);
    for (let i = 0; i < 20; i++) await settle();
    expect(speech.taken).toBe(2);
    gate.open();
    await second;
    for (let i = 0; i < 20; i++) await settle();
    expect(speech.taken).toBe(6);
    await events.return();
  });

  it('ends with the first failure and asks for nothing more', async () => {
    synthesiser.onRequest = (speech) =>
      synthesiser.asked.length === 2 ? speech.fail('upstream-busy', 900) : speech.audio(20).end();
    const events = await all(narrator.narrate({ text: TEXT }, never));
    expect(events.at(-1)).toMatchObject({ kind: 'failed', problem: { kind: 'upstream-busy', retryAfterMs: 900 } });
    expect(synthesiser.asked).toHaveLength(2);
  });

  it('takes a server that says nothing for a faulty one', async () => {
    synthesiser.onRequest = (speech) => speech.end();
    expect(await all(narrator.narrate({ text: 'One.' }, never))).toMatchObject([
      { kind: 'failed', problem: { kind: 'upstream-faulty' } },
    ]);
  });

  it.each(['the signal aborts', 'the reader leaves'])('ends the request at the server when %s', async (how) => {
    synthesiser.onRequest = (speech) => speech.audio(100);
    const abort = new AbortController();
    const events = narrator.narrate({ text: TEXT }, abort.signal);
    await events.next();
    const speech = synthesiser.asked[0]!;
    expect(speech.isLeft).toBe(false);
    if (how === 'the signal aborts') abort.abort();
    else await events.return();
    await settle();
    expect([speech.signal.aborted, speech.isLeft]).toEqual([true, true]);
    expect((await events.next()).done).toBe(true);
  });

  it('passes on what the client of a server throws', async () => {
    synthesiser.speak = () => {
      throw new Error('a bug');
    };
    await expect(all(narrator.narrate({ text: 'One.' }, never))).rejects.toThrow('a bug');
  });
});

describe('what was spoken before', () => {
  it('comes from memory, the same to the sample, and is counted', async () => {
    const first = await all(narrator.narrate({ text: TEXT }, never));
    const again = await all(narrator.narrate({ text: TEXT }, never));
    expect(Buffer.concat(again.map((event) => (event.kind === 'audio' ? event.pcm : Buffer.alloc(0))))).toEqual(
      Buffer.concat(first.map((event) => (event.kind === 'audio' ? event.pcm : Buffer.alloc(0)))),
    );
    expect(synthesiser.asked).toHaveLength(3);
    const page = await metrics.render();
    expect(page).toContain('voice_gateway_speech_cache_total{result="miss"} 3');
    expect(page).toContain('voice_gateway_speech_cache_total{result="hit"} 3');
  });

  it.each([{ voice: 'Bob' }, { language: 'de' }, { speed: 2 }])('is not used for another %o', async (change) => {
    await all(narrator.narrate({ text: 'One.' }, never));
    await all(narrator.narrate({ text: 'One.', ...change }, never));
    expect(synthesiser.asked).toHaveLength(2);
  });

  it('is kept only when it was whole', async () => {
    synthesiser.onRequest = (speech) => speech.audio(50).fail('upstream-died');
    await all(narrator.narrate({ text: 'One.' }, never));
    synthesiser.onRequest = (speech) => speech.audio(100).end();
    const events = narrator.narrate({ text: 'One.' }, never);
    expect(samplesOf(await all(events))).toBe(2_400);
  });
});

describe('the passages of a text', () => {
  it('are its words without marks, and nothing that no voice can say', () => {
    expect(toPassages('# Title\n\n**Bold** words here, all of them.\n\n---\n\n👍\n')).toEqual([
      'Title',
      'Bold words here, all of them.',
    ]);
    expect(toPassages('half \ud800 a character')).toEqual(['half a character']);
  });
});
