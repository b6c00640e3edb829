import { describe, expect, test } from 'vitest';
import { LinkBench } from './fakes/link-bench.ts';
import { AudioKind, encodeAudio } from '#protocol';

const frame = (value: number, bytes = 8) => new Uint8Array(bytes).fill(value);

describe('an answer', () => {
  async function answering() {
    const bench = new LinkBench();
    await bench.open();
    bench.link.begin('u');
    for (let i = 0; i < 3; i++) bench.link.append('u', frame(i));
    bench.link.commit('u', false);
    await bench.run();
    return bench;
  }
  const kinds = (bench: LinkBench) => bench.events.map(({ type }) => type);

  test('goes on where it was after a lost connection, without being asked twice', async () => {
    const bench = await answering();
    for (let i = 0; i < 3; i++) bench.relay.produce();
    await bench.run();
    bench.network.cut();
    bench.relay.produce();
    await bench.pass(1_000);
    await bench.answer();
    expect(kinds(bench)).toEqual(['accepted', 'part', 'audio', 'part', 'audio', 'part', 'audio', 'final']);
    expect(bench.relay.inferences).toHaveLength(1);
  });

  test('starts over as a higher attempt when the relay has lost its memory', async () => {
    const bench = await answering();
    bench.relay.produce();
    await bench.run();
    bench.relay.kill();
    bench.network.cut();
    await bench.pass(1_000);
    await bench.answer();
    expect(bench.events.filter(({ type }) => type === 'accepted')).toEqual([
      { type: 'accepted', utterance: 'u', attempt: 1 },
      { type: 'accepted', utterance: 'u', attempt: 2 },
    ]);
    expect(bench.events.at(-1)).toMatchObject({ type: 'final', attempt: 2 });
  });

  test('with a hole is asked for again from the hole', async () => {
    const bench = await answering();
    bench.relay.produce();
    bench.relay.shed();
    bench.relay.produce();
    await bench.answer();
    await bench.pass(1_000);
    await bench.answer();
    expect(kinds(bench)).toEqual(['accepted', 'part', 'audio', 'part', 'audio', 'part', 'audio', 'final']);
    expect(bench.link.counters().gaps).toBe(1);
  });

  test('whose hole stays fails, and a commit asks for a new attempt', async () => {
    const bench = await answering();
    // All six events, and all six again when they are asked for.
    for (let i = 0; i < 12; i++) bench.relay.shed();
    await bench.answer();
    await bench.pass(1_000);
    expect(bench.events.at(-1)).toMatchObject({ type: 'failed', problem: { kind: 'reply-incomplete', retry: 'now' } });
    bench.link.commit('u', false);
    await bench.run();
    await bench.answer();
    expect(bench.events.at(-1)).toMatchObject({ type: 'final', attempt: 2 });
  });

  test('says nothing more after a cancel', async () => {
    const bench = await answering();
    bench.relay.produce();
    await bench.run();
    const before = bench.events.length;
    bench.relay.produce();
    bench.network.inject(
      encodeAudio({ kind: AudioKind.reply, attempt: 1, handle: 0, sequence: 1, sample: 0, pcm: frame(1) }),
    );
    bench.link.cancel('u', 1, 0, '');
    await bench.run();
    await bench.answer();
    expect(bench.events).toHaveLength(before);
    expect(bench.link.counters().staleEvents).toBeGreaterThan(0);
  });

  test('cancelled while offline is not asked for again', async () => {
    const bench = await answering();
    bench.network.cut();
    bench.link.cancel('u', 1, 0, '');
    await bench.pass(1_000);
    await bench.answer();
    expect(kinds(bench)).toEqual(['accepted']);
  });
});
