import { beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '#protocol';
import { settle, Speaker } from './testing/speaker.ts';
import { Stage } from './testing/stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

const one = new Speaker('u1', 1);
const two = new Speaker('u2', 2);
const credited = (LIMITS.creditMs * LIMITS.outputRateHz) / 1000;

describe('play-out credit', () => {
  it('never lets the relay run further ahead than the limit, and keeps the order', async () => {
    await stage.ask(one);
    stage.upstream.last.audio(10_000).text('the end').end();
    await settle();
    expect(stage.peer.samples).toBe(credited);
    expect(stage.peer.text).toBe('');
    for (let heard = 0; heard < 240_000; heard += 6_000) {
      stage.receive({ type: 'played', utterance: 'u1', attempt: 1, sample: heard });
      expect(stage.peer.samples).toBeLessThanOrEqual(heard + credited);
    }
    expect(stage.peer.samples).toBe(240_000);
    expect(stage.peer.text).toBe('the end');
    expect(stage.peer.order).toEqual(stage.peer.order.map((_, n) => n));
    expect(stage.peer.last('final')).toMatchObject({ count: 103, samples: 240_000 });
  });

  it('is not granted for audio that was never sent', async () => {
    await stage.ask(one);
    stage.upstream.last.audio(60_000).end();
    await settle();
    stage.receive({ type: 'played', utterance: 'u1', attempt: 1, sample: 0xffff_ffff });
    expect(stage.peer.samples).toBe(2 * credited);
  });

  it('stops reading the upstream when the unsent audio fills its buffer, and goes on with the credit', async () => {
    stage = new Stage({ maxReplyBufferBytes: 480_000 });
    await stage.ask(one);
    for (let i = 0; i < 40; i++) stage.upstream.last.audio(1_000);
    await settle();
    expect(stage.upstream.last.taken).toBe(15);
    stage.receive({ type: 'played', utterance: 'u1', attempt: 1, sample: 72_000 });
    await settle();
    expect(stage.upstream.last.taken).toBe(18);
  });

  it('lets an attempt be cancelled while its upstream is held back', async () => {
    stage = new Stage({ maxReplyBufferBytes: 48_000 });
    await stage.ask(one);
    stage.upstream.last.audio(10_000).audio(10_000);
    await settle();
    stage.receive({ type: 'cancel', utterance: 'u1', attempt: 1, heardSample: 0 });
    await stage.ask(two);
    expect(stage.upstream.answers[0]).toMatchObject({ taken: 1, signal: { aborted: true } });
    expect(stage.upstream.answers).toHaveLength(2);
  });
});

describe('interruption', () => {
  it('stops the upstream at once and remembers what was heard', async () => {
    await stage.ask(one);
    stage.upstream.last.text('High water is at noon.').audio(1_000);
    await settle();
    stage.receive({ type: 'cancel', utterance: 'u1', attempt: 1, heardSample: 12_000 });
    expect(stage.upstream.last.signal.aborted).toBe(true);
    expect(stage.peer.last('cancelled')).toEqual({ type: 'cancelled', utterance: 'u1', attempt: 1 });
    const before = stage.peer.order.length;
    stage.upstream.last.text('late').audio(100).end();
    await stage.ask(two);
    stage.upstream.last.text('On time.');
    await settle();
    expect(stage.peer.order.slice(before)).toEqual([0, 1]);
    expect(stage.upstream.last.context).toEqual([
      { kind: 'user', audio: one.pcm },
      { kind: 'assistant', text: 'High water' },
    ]);
  });

  it('cuts an answer that was already stored when the speaker interrupts its sound', async () => {
    await stage.ask(one);
    stage.upstream.last.text('High water is at noon.').audio(1_000).end();
    await settle();
    stage.receive({ type: 'receipt', utterance: 'u1', attempt: 1 });
    stage.receive({ type: 'cancel', utterance: 'u1', attempt: 1, heardSample: 12_000 });
    await stage.ask(two);
    expect(stage.upstream.last.context[1]).toEqual({ kind: 'assistant', text: 'High water' });
  });

  it('by an older attempt leaves the running one alone', async () => {
    await stage.ask(one, 1);
    stage.receive({ type: 'cancel', utterance: 'u1', attempt: 1, heardSample: 0 });
    expect(stage.peer.last('cancelled')?.attempt).toBe(1);
    expect(stage.upstream.last.signal.aborted).toBe(false);
  });

  it('of something unknown is answered all the same', () => {
    stage.receive({ type: 'cancel', utterance: 'lost', attempt: 3, heardSample: 0 });
    expect(stage.peer.last('cancelled')).toEqual({ type: 'cancelled', utterance: 'lost', attempt: 3 });
  });

  it('of a waiting turn means that it is never asked', async () => {
    await stage.ask(one);
    await stage.ask(two);
    stage.receive({ type: 'cancel', utterance: 'u2', attempt: 1, heardSample: 0 });
    stage.upstream.last.end();
    await settle();
    expect(stage.upstream.answers).toHaveLength(1);
  });
});

describe('a failing upstream', () => {
  it.each([0, 1, 5, 50])(
    'is told at once after %i chunks, and the same audio starts the next attempt',
    async (chunks) => {
      await stage.ask(one);
      for (let i = 0; i < chunks; i++) stage.upstream.last.audio(20);
      stage.upstream.last.fail('upstream-busy', 2_000);
      await settle();
      expect(stage.peer.last('error')).toEqual({
        ...{ type: 'error', code: 'upstream-busy', retry: 'later', message: 'the answer failed' },
        ...{ utterance: 'u1', attempt: 1, retryAfterMs: 2000 },
      });
      expect(stage.peer.last('final')).toBeUndefined();
      stage.receive(one.commit(1));
      await settle();
      expect(stage.peer.last('accepted')?.attempt).toBe(2);
      expect(Buffer.from(stage.upstream.last.spoken).equals(one.pcm)).toBe(true);
      stage.upstream.last.text('again').end();
      await settle();
      expect(stage.peer.last('final')).toMatchObject({ attempt: 2, count: 2 });
    },
  );

  it('leaves an utterance that may grow before it is asked again', async () => {
    const grown = new Speaker('u1', 1, 12);
    stage.speak(grown, 0, 10);
    stage.receive(grown.commit(0, 10));
    await settle();
    stage.upstream.last.fail('upstream-died');
    await settle();
    stage.detach();
    stage.attach({ open: [{ utterance: 'u1', attempt: 0, received: 0 }] });
    stage.speak(grown, 10);
    expect(stage.receive(grown.commit())).toBeUndefined();
    await settle();
    expect(stage.peer.last('accepted')?.attempt).toBe(2);
    expect(stage.upstream.last.spoken).toHaveLength(grown.pcm.length);
  });

  it('makes a cancel drop the utterance, as any other attempt', async () => {
    await stage.ask(one);
    stage.upstream.last.fail('upstream-died');
    await settle();
    stage.receive({ type: 'cancel', utterance: 'u1', attempt: 1, heardSample: 0 });
    expect(stage.receive(one.commit(1))).toMatchObject({ kind: 'unknown-utterance' });
  });

  it('lets the next turn go on', async () => {
    await stage.ask(one);
    await stage.ask(two);
    stage.upstream.last.fail('upstream-died');
    await settle();
    expect(stage.upstream.answers).toHaveLength(2);
  });

  it('that throws is a failure like any other', async () => {
    stage.upstream.respond = () => {
      throw new Error('a bug');
    };
    await stage.ask(one);
    expect(stage.peer.last('error')).toMatchObject({ code: 'upstream-faulty', attempt: 1 });
  });

  it('that only calls a tool, although it was offered none, has failed; a call after words is not heard of', async () => {
    const call = { kind: 'tool-call', callId: 'c', name: 'look', arguments: '{}' } as const;
    await stage.ask(one);
    for (let attempt = 1; attempt <= 2; attempt++) {
      stage.upstream.last.push(call, { kind: 'usage', usage: {} }).end();
      await settle();
    }
    expect(stage.peer.last('error')).toMatchObject({ code: 'upstream-faulty', attempt: 2 });
    await stage.ask(two);
    stage.upstream.last.text('Noon.').push(call).end();
    await settle();
    expect(stage.peer.last('final')).toMatchObject({ utterance: 'u2', count: 2 });
  });

  it('is retried after a resume: the turn waits with all its frames', async () => {
    await stage.ask(one);
    stage.detach();
    stage.upstream.last.fail('upstream-died');
    await settle();
    stage.attach({ open: [{ utterance: 'u1', attempt: 1, received: 1 }] });
    expect(stage.peer.last('welcome')?.turns).toEqual({ u1: { state: 'assembling', frames: 10, attempt: 0 } });
    stage.receive(one.begin());
    stage.receive(one.commit(1));
    await settle();
    expect(stage.peer.last('accepted')?.attempt).toBe(2);
  });
});

describe('a lost connection', () => {
  it('before the commit keeps the frames that arrived', async () => {
    stage.speak(one, 0, 6);
    stage.detach();
    stage.attach({ open: [{ utterance: 'u1', attempt: 0, received: 0 }] });
    expect(stage.peer.last('welcome')?.turns).toEqual({ u1: { state: 'assembling', frames: 6, attempt: 0 } });
    stage.speak(one, 6);
    stage.receive(one.commit());
    await settle();
    expect(Buffer.from(stage.upstream.last.spoken).equals(one.pcm)).toBe(true);
  });

  it('in mid-answer loses and repeats nothing: the answer goes on where the client says', async () => {
    await stage.ask(one);
    stage.upstream.last.text('High ').audio(300);
    await settle();
    stage.detach();
    stage.upstream.last.audio(300, 7_200).text('water').end();
    await settle();
    // `started`, the text, `audio-started` and one frame.
    const received = 4;
    const { peer } = stage;
    const next = stage.attach({ open: [{ utterance: 'u1', attempt: 1, received }] });
    expect(next.last('welcome')?.turns).toEqual({ u1: { state: 'done', frames: 10, attempt: 1 } });
    expect(next.order).toEqual([]);
    stage.receive({ ...one.begin(), handle: 44 });
    expect(next.order).toEqual([4, 5, 6, 7, 8, 9]);
    expect(next.frames.every((frame) => frame.handle === 44)).toBe(true);
    const samples = [...peer.frames.slice(0, 1), ...next.frames].flatMap(({ pcm }) => [
      ...new Int16Array(pcm.slice().buffer),
    ]);
    expect(samples).toEqual(Array.from({ length: 14_400 }, (_, i) => i));
    expect(next.last('final')).toMatchObject({ count: 10, samples: 14_400 });
  });

  it('after the final sends the final again', async () => {
    await stage.ask(one);
    stage.upstream.last.text('Noon.').end();
    await settle();
    stage.detach();
    const next = stage.attach({ open: [{ utterance: 'u1', attempt: 1, received: 2 }] });
    stage.receive(one.begin());
    expect(next.order).toEqual([]);
    expect(next.last('final')).toMatchObject({ attempt: 1, count: 2 });
  });

  it('starts an answer from its first event when the client knows another attempt', async () => {
    await stage.ask(one, 1);
    stage.upstream.last.text('a').text('b');
    await settle();
    stage.detach();
    const next = stage.attach({ open: [{ utterance: 'u1', attempt: 1, received: 2 }] });
    stage.receive(one.begin());
    expect(next.order).toEqual([0, 1, 2]);
  });

  it('stops an answer the client no longer lists', async () => {
    await stage.ask(one);
    stage.detach();
    stage.attach({ history: [{ utterance: 'u1', assistant: 'High', interrupted: true }] });
    expect(stage.upstream.last.signal.aborted).toBe(true);
    await stage.ask(two);
    expect(stage.upstream.last.context).toEqual([
      { kind: 'user', audio: one.pcm },
      { kind: 'assistant', text: 'High' },
    ]);
  });

  it('keeps the credit honest: an answer asked for again is not sent further ahead than was heard', async () => {
    await stage.ask(one);
    stage.upstream.last.audio(10_000).end();
    await settle();
    stage.receive({ type: 'played', utterance: 'u1', attempt: 1, sample: 48_000 });
    stage.detach();
    const next = stage.attach({ open: [{ utterance: 'u1', attempt: 1, received: 0 }] });
    stage.receive(one.begin());
    expect(next.samples).toBe(credited);
  });

  it('is not noticed by the upstream, and ending the conversation is', async () => {
    await stage.ask(one);
    stage.detach();
    expect(stage.upstream.last.signal.aborted).toBe(false);
    stage.conversation.dispose();
    expect(stage.upstream.last.signal.aborted).toBe(true);
  });

  it('of an older connection does not silence the newer one', async () => {
    const { peer } = stage;
    const next = stage.attach();
    expect(stage.conversation.detach(peer)).toBe(false);
    await stage.ask(one);
    expect(next.last('accepted')).toBeDefined();
  });
});
