import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { spokenTextOf } from '../../../e2e/fakes/speech-server.ts';
import { toneVoice } from '../../../e2e/fakes/tone-voice.ts';
import { toBytes } from '../../../e2e/audio/wav.ts';
import { audioOf, collect, spokenTurn, textOf, toneOf } from '../upstream.contract.ts';
import type { ContextItem, ReplyEvent } from '../upstream.ts';
import { createCascade } from './cascade.ts';
import { createCascadeRig, type CascadeRig, type RigOptions } from './testing/cascade-rig.ts';

const open: CascadeRig[] = [];
afterEach(async () => {
  for (const rig of open.splice(0)) await rig.close();
});

async function start(options: RigOptions = {}): Promise<CascadeRig> {
  const rig = await createCascadeRig(options);
  open.push(rig);
  return rig;
}
const spokenBy = ({ voice }: CascadeRig) => voice.requests.map(spokenTextOf);
const messagesOf = ({ mind }: CascadeRig, index = 0) => mind.requests[index]?.body.messages;
const STORY =
  'This is the first sentence of it all. And here comes a second one. A third follows it. Then a fourth one. '.repeat(
    2,
  );

describe('a cascade', () => {
  it('tells what it understood, then the words as they are written, and speaks them sentence by sentence', async () => {
    const reply = 'Well. **Two** things are [important](https://example.org) here! See?\n```\ncode\n```\n🙂';
    const rig = await start({ writes: { reply } });
    const events = await collect(rig.cascade, spokenTurn(0.5));
    expect(events[0]).toEqual({ kind: 'transcript', text: 'I spoke for 0.5 seconds.' });
    expect(textOf(events)).toBe(reply);
    expect(events.filter(({ kind }) => kind === 'text').length).toBeGreaterThan(5);
    expect(spokenBy(rig)).toEqual(['Well.', 'Two things are important here!', 'See?']);
    const voice = toneVoice();
    const spoken = spokenBy(rig).map((text) => Buffer.from(toBytes(voice(text).samples)));
    expect(audioOf(events).equals(Buffer.concat(spoken))).toBe(true);
    expect(events.some(({ kind }) => kind === 'usage')).toBe(true);
  });

  it('begins to speak while the answer is still being written', async () => {
    const rig = await start({ writes: { reply: STORY.repeat(4) } });
    const kinds: string[] = [];
    for await (const { kind } of rig.cascade.respond(spokenTurn(0.5), new AbortController().signal)) kinds.push(kind);
    const firstAudio = kinds.indexOf('audio');
    expect(kinds.slice(firstAudio).filter((kind) => kind === 'text').length).toBeGreaterThan(20);
  });

  it('works two sentences ahead of its listener and no further, one at a time and in order', async () => {
    const rig = await start({ writes: { reply: STORY } });
    let heard = 0;
    let audioBytes = 0;
    const sentences = () => rig.voice.counters.finished;
    for await (const event of rig.cascade.respond(spokenTurn(0.5), new AbortController().signal)) {
      if (event.kind !== 'audio') continue;
      audioBytes += event.pcm.length;
      if (heard++ === 0) {
        await expect.poll(sentences).toBe(3);
        await sleep(150);
        expect(sentences()).toBe(3);
      }
    }
    expect(sentences()).toBe(8);
    expect(rig.voice.counters.peakRunning).toBe(1);
    expect(spokenBy(rig).join(' ')).toBe(STORY.trim());
    expect(audioBytes).toBe(spokenBy(rig).reduce((sum, { length }) => sum + 2 * Math.round(0.06 * length * 24_000), 0));
  });

  it('shows words at once, however far the listener is behind with the audio', async () => {
    const rig = await start({ writes: { reply: STORY } });
    const stream = rig.cascade.respond(spokenTurn(0.5), new AbortController().signal);
    let event = await stream.next();
    while (!event.done && event.value.kind !== 'audio') event = await stream.next();
    await sleep(600);
    const rest: ReplyEvent[] = [];
    for await (const next of stream) rest.push(next);
    const lastText = rest.findLastIndex(({ kind }) => kind !== 'audio');
    expect(rest.slice(0, lastText).every(({ kind }) => kind !== 'audio')).toBe(true);
  });

  it('brings every voice to its own rate, without a seam between sentences', async () => {
    for (const rateHz of [16_000, 22_050, 44_100]) {
      const rig = await start({ speaks: { wire: 'wav', speak: toneVoice(rateHz) } });
      const events = await collect(rig.cascade, spokenTurn(0.5));
      const expected = spokenBy(rig).reduce(
        (sum, { length }) => sum + Math.ceil((Math.round(0.06 * length * rateHz) * 24_000) / rateHz),
        0,
      );
      expect(audioOf(events).length / 2).toBe(expected);
    }
  });

  it.each(['', ' ', '[BLANK_AUDIO]', '(music) ♪', '*coughs*', '...'])('has no answer to "%s"', async (heard) => {
    const rig = await start({ hears: { hear: () => heard } });
    expect(await collect(rig.cascade, spokenTurn(0.5))).toEqual([]);
    expect(rig.mind.requests).toHaveLength(0);
  });

  it('answers in words alone where there is nothing to speak, or no voice', async () => {
    const mute = await start({ writes: { reply: '```\n1 + 1\n```\n' } });
    expect(textOf(await collect(mute.cascade, spokenTurn(0.5)))).toContain('1 + 1');
    expect(mute.voice.requests).toHaveLength(0);
    const { recogniser, chat } = mute.parts;
    const events = await collect(createCascade({ recogniser, chat }), spokenTurn(0.5));
    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(['transcript', 'text', 'usage']));
  });

  it('tells the chat the conversation in words, roles alternating, earlier speech by what stands for it', async () => {
    const rig = await start();
    const audio = toneOf(0.2);
    const context: ContextItem[] = [
      { kind: 'assistant', text: 'Hello.' },
      { kind: 'user', text: 'How are you?' },
      { kind: 'assistant', text: 'Fine.' },
      { kind: 'user', audio },
      { kind: 'assistant', text: 'I see.' },
      { kind: 'user', audio, text: 'Known words.' },
      { kind: 'user', audio },
      { kind: 'assistant', text: 'Yes.' },
      { kind: 'user', text: 'Never heard' },
      { kind: 'system', text: 'It is noon.' },
      { kind: 'user' },
    ];
    await collect(rig.cascade, spokenTurn(0.5, { settings: { systemPrompt: 'Be brief.' }, context }));
    expect(messagesOf(rig)).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: '(spoken message)' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'How are you?' },
      { role: 'assistant', content: 'Fine.' },
      { role: 'user', content: '(spoken message)' },
      { role: 'assistant', content: 'I see.' },
      { role: 'user', content: 'Known words.\n(spoken message)' },
      { role: 'assistant', content: 'Yes.' },
      { role: 'user', content: 'Never heard\n(Note: It is noon.)\nI spoke for 0.5 seconds.' },
    ]);
    expect(rig.ears.requests).toHaveLength(1);
  });

  it('listens to all that was said since its last answer, at once, and tells what it understood last', async () => {
    const rig = await start();
    const context: ContextItem[] = [
      { kind: 'user', audio: toneOf(0.2) },
      { kind: 'assistant', text: 'Yes.' },
      { kind: 'user', audio: toneOf(0.3) },
      { kind: 'user', text: 'And this.' },
    ];
    const events = await collect(rig.cascade, spokenTurn(0.5, { context }));
    expect(messagesOf(rig)?.at(-1)?.content).toBe('I spoke for 0.3 seconds.\nAnd this.\nI spoke for 0.5 seconds.');
    expect(events.filter(({ kind }) => kind === 'transcript')).toEqual([
      { kind: 'transcript', text: 'I spoke for 0.5 seconds.' },
    ]);
    expect([rig.ears.requests.length, rig.ears.counters.peakRunning]).toEqual([2, 2]);
  });

  it('does not listen again to what has words already, and says words before it calls', async () => {
    const calls = [{ name: 'look', arguments: '{"at":"sea"}' }];
    const rig = await start({ writes: { markup: 'One moment. ', calls } });
    const items: ContextItem[] = [{ kind: 'user', audio: toneOf(0.5), text: 'What is there?' }];
    const events = await collect(rig.cascade, { settings: {}, items, tools: [{ name: 'look' }] });
    expect(rig.ears.requests).toHaveLength(0);
    expect(spokenBy(rig)).toEqual(['One moment.']);
    expect(events.findIndex(({ kind }) => kind === 'tool-call')).toBe(events.length - 1);
    expect(audioOf(events).length).toBeGreaterThan(0);
  });

  it('speaks in the language it heard, where a voice is known for it', async () => {
    const rig = await start({
      hears: { wire: 'json' },
      synthesiser: { languageVoices: { en: 'af_heart' }, voice: 'alloy' },
    });
    await collect(rig.cascade, spokenTurn(0.5));
    expect(JSON.parse(rig.voice.requests[0]!.body.toString('utf8'))).toMatchObject({ voice: 'af_heart' });
  });

  it('is up when all of its parts are, and says of which models it is made', async () => {
    const rig = await start();
    expect(rig.cascade.model).toBe('whisper-1 + some-chat + tts-1');
    expect(rig.cascade.voices).toEqual([]);
    const health = await rig.cascade.check(new AbortController().signal);
    expect(health).toEqual({ state: 'up', latencyMs: expect.any(Number) });
    expect(rig.cascade.voices).toEqual(['af_heart', 'alloy']);
    rig.voice.isHealthy = false;
    expect(await rig.cascade.check(new AbortController().signal)).toMatchObject({
      state: 'down',
      detail: expect.stringMatching(/^synthesiser: upstream-busy/),
    });
  });
});

describe('an abort', () => {
  const abortAfter = async (rig: CascadeRig, isTime: (events: readonly ReplyEvent[]) => boolean): Promise<number> => {
    const caller = new AbortController();
    const events: ReplyEvent[] = [];
    let abortedMs = 0;
    const abort = () => {
      abortedMs = performance.now();
      caller.abort();
    };
    const watch = setInterval(() => {
      if (abortedMs === 0 && isTime(events)) abort();
    }, 5);
    for await (const event of rig.cascade.respond(spokenTurn(0.5), caller.signal)) events.push(event);
    clearInterval(watch);
    expect(abortedMs).toBeGreaterThan(0);
    expect(events.map(({ kind }) => kind)).not.toContain('failed');
    return abortedMs;
  };

  it('closes the request to the recogniser within 100 ms, and asks nobody else', async () => {
    const rig = await start({ hears: { firstWordMs: 1_000 } });
    const abortedMs = await abortAfter(rig, () => rig.ears.counters.running > 0);
    await expect.poll(() => rig.ears.requests[0]?.abortedAtMs).toBeDefined();
    expect(rig.ears.requests[0]!.abortedAtMs! - abortedMs).toBeLessThan(100);
    await sleep(50);
    expect([rig.mind.requests.length, rig.voice.requests.length]).toEqual([0, 0]);
  });

  it('closes the requests to chat and voice within 100 ms, both at once', async () => {
    const delays: number[] = [];
    for (let trial = 0; trial < 5; trial++) {
      const rig = await start({ writes: { reply: STORY.repeat(4) }, speaks: { wire: 'sse', pace: 1 } });
      const isRunning = () => rig.mind.counters.running > 0 && rig.voice.counters.running > 0;
      const abortedMs = await abortAfter(rig, (events) => isRunning() && events.some(({ kind }) => kind === 'audio'));
      const aborted = () => [rig.mind, rig.voice].map(({ requests }) => requests.at(-1)?.abortedAtMs);
      await expect.poll(aborted).toEqual([expect.any(Number), expect.any(Number)]);
      for (const atMs of aborted()) delays.push((atMs ?? Infinity) - abortedMs);
    }
    expect(Math.max(...delays)).toBeLessThan(100);
    process.stdout.write(`abort seen by chat and voice after at most ${Math.max(...delays).toFixed(1)} ms\n`);
  });

  it('while the listener is behind leaves nothing running', async () => {
    const rig = await start({ writes: { reply: STORY } });
    const caller = new AbortController();
    const stream = rig.cascade.respond(spokenTurn(0.5), caller.signal);
    let event = await stream.next();
    while (!event.done && event.value.kind !== 'audio') event = await stream.next();
    await sleep(200);
    caller.abort();
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    await sleep(100);
    expect([rig.mind, rig.voice].map(({ counters }) => counters.running)).toEqual([0, 0]);
    expect(rig.voice.requests).toHaveLength(3);
  });
});
