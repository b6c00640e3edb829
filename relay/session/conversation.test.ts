import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { LIMITS, type ClientMessageOf } from '#protocol';
import { Conversation } from './conversation.ts';
import { DEFAULT_SYSTEM_PROMPT } from './context.ts';
import { RecordingPeer } from './testing/recording-peer.ts';
import { ScriptedUpstream } from './testing/scripted-upstream.ts';
import { hello, settle, Speaker } from './testing/speaker.ts';

let clock: VirtualClock;
let upstream: ScriptedUpstream;
let conversation: Conversation;
let peer: RecordingPeer;

beforeEach(() => {
  clock = new VirtualClock();
  upstream = new ScriptedUpstream();
  conversation = new Conversation({ id: 'c1', upstream, clock, logger: silentLogger });
  peer = attach();
});

function attach(changes: Partial<ClientMessageOf<'hello'>> = {}): RecordingPeer {
  const next = new RecordingPeer();
  conversation.attach(next, hello(changes), 's1', true);
  return next;
}

/** Begins and sends frames `from` to the end; the fault of the first that was refused. */
function speak(speaker: Speaker, from = 0, to = speaker.frames): void {
  expect(conversation.receive(speaker.begin())).toBeUndefined();
  for (let n = from; n < to; n++) expect(conversation.receiveAudio(speaker.frame(n))).toBeUndefined();
}

async function ask(speaker: Speaker, after = 0): Promise<void> {
  speak(speaker);
  expect(conversation.receive(speaker.commit(after))).toBeUndefined();
  await settle();
}

const one = new Speaker('u1', 1);
const two = new Speaker('u2', 2);
const credited = (LIMITS.creditMs * LIMITS.outputRateHz) / 1000;

describe('a turn', () => {
  it('is answered with numbered events and a final that counts them', async () => {
    await ask(one);
    expect(peer.all('accepted')).toEqual([{ type: 'accepted', utterance: 'u1', attempt: 1 }]);
    clock.advance(210);
    upstream.last.text('High water ').push({ kind: 'transcript', text: 'When?' });
    await settle();
    clock.advance(130);
    upstream.last.audio(250).text('is at noon.').push({ kind: 'usage', usage: { outputTokens: 9 } }).end();
    await settle();
    expect(peer.order).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(peer.frames.map((frame) => [frame.handle, frame.attempt, frame.sample, frame.pcm.length / 2])).toEqual([
      [1, 1, 0, 2400],
      [1, 1, 2400, 2400],
      [1, 1, 4800, 1200],
    ]);
    expect(peer.text).toBe('High water is at noon.');
    expect(peer.last('final')).toEqual({
      ...{ type: 'final', utterance: 'u1', attempt: 1, count: 7, samples: 6000, usage: { outputTokens: 9 } },
      timings: { upstreamSentMs: 0, firstTextMs: 210, firstAudioMs: 340, finishedMs: 340 },
    });
  });

  it('reaches the upstream byte for byte, with the default prompt and the settings', async () => {
    conversation.receive({ type: 'configure', settings: { voice: 'Bob' } });
    await ask(one);
    expect(Buffer.from(upstream.last.turn.audio).equals(one.pcm)).toBe(true);
    expect(upstream.last.turn.settings).toEqual({ systemPrompt: DEFAULT_SYSTEM_PROMPT, voice: 'Bob' });
  });

  it('forwards the first audio in the very step it was taken', async () => {
    await ask(one);
    upstream.last.audio(10);
    await settle();
    expect(peer.samples).toBe(240);
  });

  it('is inferred once however often it is committed', async () => {
    await ask(one);
    conversation.receive(one.commit());
    upstream.last.text('Noon.').end();
    await settle();
    conversation.receive(one.commit(1));
    conversation.receive({ type: 'receipt', utterance: 'u1', attempt: 1 });
    conversation.receive(one.commit(1));
    await settle();
    expect(upstream.answers).toHaveLength(1);
    expect(peer.all('accepted').map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
  });

  it('numbers its attempt above what the client knows', async () => {
    await ask(one, 6);
    expect(peer.last('accepted')?.attempt).toBe(7);
  });

  it('refuses the attempt after the last', async () => {
    speak(one);
    expect(conversation.receive(one.commit(LIMITS.maxAttempts))).toMatchObject({ kind: 'too-many-attempts' });
    expect(upstream.answers).toHaveLength(0);
  });

  it('waits for the one before it and is told so', async () => {
    await ask(one);
    await ask(two);
    expect(upstream.answers).toHaveLength(1);
    expect(peer.last('queued')).toMatchObject({ utterance: 'u2', position: 1, etaMs: 4000 });
    upstream.last.end();
    await settle();
    expect(upstream.answers).toHaveLength(2);
  });

  it('waits no longer when the one before it is cancelled', async () => {
    await ask(one);
    await ask(two);
    conversation.receive({ type: 'cancel', utterance: 'u1', attempt: 1, heardSample: 0 });
    await settle();
    expect(upstream.answers).toHaveLength(2);
    expect(upstream.answers[0]?.signal.aborted).toBe(true);
  });

  it('carries the earlier turns as context', async () => {
    await ask(one);
    upstream.last.text('At noon.').push({ kind: 'transcript', text: 'When?' }).end();
    await settle();
    await ask(two);
    expect(upstream.last.turn.context).toEqual([{ userAudio: one.pcm, assistantText: 'At noon.' }]);
  });
});

describe('assembling', () => {
  it('asks for the first missing frame, once for each gap', () => {
    speak(one, 0, 3);
    for (const n of [5, 6, 7]) conversation.receiveAudio(one.frame(n));
    expect(peer.all('nak')).toEqual([{ type: 'nak', utterance: 'u1', have: 3 }]);
    for (const n of [3, 4, 6]) conversation.receiveAudio(one.frame(n));
    expect(peer.last('nak')).toMatchObject({ have: 5 });
  });

  it('asks for what is missing at the commit', async () => {
    speak(one, 0, 9);
    conversation.receive(one.commit());
    expect(peer.last('nak')).toMatchObject({ have: 9 });
    conversation.receiveAudio(one.frame(9));
    conversation.receive(one.commit());
    await settle();
    expect(upstream.answers).toHaveLength(1);
  });

  it('starts over on another hash and never shows such audio to the upstream', async () => {
    speak(one);
    conversation.receive({ ...one.commit(), sha256: 'a'.repeat(64) });
    expect(peer.last('nak')).toMatchObject({ have: 0 });
    expect(upstream.answers).toHaveLength(0);
    await ask(one);
    expect(Buffer.from(upstream.last.turn.audio).equals(one.pcm)).toBe(true);
  });

  it('forgets a half-sent utterance after its time, counted from its last frame', () => {
    speak(one, 0, 3);
    clock.advance(LIMITS.assemblyTtlMs - 1);
    expect(conversation.receiveAudio(one.frame(3))).toBeUndefined();
    clock.advance(LIMITS.assemblyTtlMs - 1);
    expect(conversation.receiveAudio(one.frame(4))).toBeUndefined();
    clock.advance(LIMITS.assemblyTtlMs);
    expect(conversation.receiveAudio(one.frame(5))).toMatchObject({ kind: 'unknown-handle', retry: 'now' });
  });

  it('complains once of frames it has no utterance for', () => {
    expect(conversation.receiveAudio(one.frame(0))).toMatchObject({ kind: 'unknown-handle' });
    expect(conversation.receiveAudio(one.frame(1))).toBeUndefined();
  });

  it('keeps a minute of speech and drops the frame after it', async () => {
    const frames = (LIMITS.maxUtteranceMs * LIMITS.inputRateHz) / 1000 / LIMITS.frameSamples;
    const long = new Speaker('long', 3, frames + 2);
    speak(long, 0, frames);
    expect(conversation.receiveAudio(long.frame(frames))).toMatchObject({ kind: 'utterance-too-long', utterance: 'long' });
    expect(conversation.receiveAudio(long.frame(frames))).toBeUndefined();
    conversation.receive(long.commit(0, frames));
    await settle();
    expect(upstream.last.turn.audio).toHaveLength(LIMITS.maxUtteranceMs * 32);
  });

  it('takes as many utterances at a time as the limit and not one more', () => {
    for (let n = 0; n < LIMITS.maxOpenUtterances; n++) speak(new Speaker(`n${n}`, n), 0, 1);
    expect(conversation.receive(new Speaker('more', 99).begin())).toMatchObject({ kind: 'too-many-utterances' });
    conversation.receive({ type: 'discard', utterance: 'n0' });
    expect(conversation.receive(new Speaker('more', 99).begin())).toBeUndefined();
  });

  it('makes room by forgetting an answer the client never acknowledged', async () => {
    upstream.onRequest = (answer) => answer.text('x').end();
    for (let n = 0; n <= LIMITS.maxOpenUtterances; n++) await ask(new Speaker(`n${n}`, n));
    expect(upstream.answers).toHaveLength(LIMITS.maxOpenUtterances + 1);
  });

  it('does not let one handle name two utterances', () => {
    speak(one, 0, 1);
    expect(conversation.receive(new Speaker('other', 1).begin())).toMatchObject({ kind: 'handle-in-use' });
  });

  it('wants a reopen before more audio of a committed utterance', async () => {
    const grown = new Speaker('u1', 1, 12);
    speak(grown, 0, 10);
    conversation.receive(grown.commit(0, 10));
    await settle();
    expect(conversation.receiveAudio(grown.frame(4))).toBeUndefined();
    expect(conversation.receiveAudio(grown.frame(10))).toMatchObject({ kind: 'utterance-committed' });
    expect(conversation.receive(grown.commit())).toMatchObject({ kind: 'commit-conflict' });
    conversation.receive({ type: 'reopen', utterance: 'u1' });
    expect(upstream.last.signal.aborted).toBe(true);
    conversation.receiveAudio(grown.frame(10));
    conversation.receiveAudio(grown.frame(11));
    conversation.receive(grown.commit(1));
    await settle();
    expect(peer.last('accepted')?.attempt).toBe(2);
    expect(upstream.last.turn.audio).toHaveLength(grown.pcm.length);
    expect(upstream.last.turn.context).toEqual([]);
  });

  it('forgets a discarded utterance, its running answer and its place in the context', async () => {
    await ask(one);
    conversation.receive({ type: 'discard', utterance: 'u1' });
    expect(upstream.last.signal.aborted).toBe(true);
    await ask(two);
    expect(upstream.last.turn.context).toEqual([]);
  });
});

describe('play-out credit', () => {
  it('never lets the relay run further ahead than the limit, and keeps the order', async () => {
    await ask(one);
    upstream.last.audio(10_000).text('the end').end();
    await settle();
    expect(peer.samples).toBe(credited);
    expect(peer.text).toBe('');
    for (let heard = 0; heard < 240_000; heard += 6_000) {
      conversation.receive({ type: 'played', utterance: 'u1', attempt: 1, sample: heard });
      expect(peer.samples).toBeLessThanOrEqual(heard + credited);
    }
    expect(peer.samples).toBe(240_000);
    expect(peer.text).toBe('the end');
    expect(peer.order).toEqual(peer.order.map((_, n) => n));
    expect(peer.last('final')).toMatchObject({ count: 102, samples: 240_000 });
  });

  it('is not granted for audio that was never sent', async () => {
    await ask(one);
    upstream.last.audio(60_000).end();
    await settle();
    conversation.receive({ type: 'played', utterance: 'u1', attempt: 1, sample: 0xffff_ffff });
    expect(peer.samples).toBe(2 * credited);
  });

  it('stops reading the upstream when the unsent audio fills its buffer, and goes on with the credit', async () => {
    const budgets = { ...LIMITS, maxReplyBufferBytes: 480_000 };
    conversation = new Conversation({ id: 'c2', upstream, clock, logger: silentLogger, budgets });
    peer = attach();
    await ask(one);
    for (let i = 0; i < 40; i++) upstream.last.audio(1_000);
    await settle();
    expect(upstream.last.taken).toBe(15);
    conversation.receive({ type: 'played', utterance: 'u1', attempt: 1, sample: 72_000 });
    await settle();
    expect(upstream.last.taken).toBe(18);
  });

  it('lets an attempt be cancelled while its upstream is held back', async () => {
    const budgets = { ...LIMITS, maxReplyBufferBytes: 48_000 };
    conversation = new Conversation({ id: 'c2', upstream, clock, logger: silentLogger, budgets });
    peer = attach();
    await ask(one);
    upstream.last.audio(10_000).audio(10_000);
    await settle();
    conversation.receive({ type: 'cancel', utterance: 'u1', attempt: 1, heardSample: 0 });
    await ask(two);
    expect(upstream.answers[0]).toMatchObject({ taken: 1, signal: { aborted: true } });
    expect(upstream.answers).toHaveLength(2);
  });
});

describe('interruption', () => {
  it('stops the upstream at once and remembers what was heard', async () => {
    await ask(one);
    upstream.last.text('High water is at noon.').audio(1_000);
    await settle();
    conversation.receive({ type: 'cancel', utterance: 'u1', attempt: 1, heardSample: 12_000 });
    expect(upstream.last.signal.aborted).toBe(true);
    expect(peer.last('cancelled')).toEqual({ type: 'cancelled', utterance: 'u1', attempt: 1 });
    const before = peer.order.length;
    upstream.last.text('late').audio(100).end();
    await ask(two);
    expect(peer.order.slice(before)).toEqual([0]);
    expect(upstream.last.turn.context).toEqual([{ userAudio: one.pcm, assistantText: 'High water' }]);
  });

  it('cuts an answer that was already stored when the speaker interrupts its sound', async () => {
    await ask(one);
    upstream.last.text('High water is at noon.').audio(1_000).end();
    await settle();
    conversation.receive({ type: 'receipt', utterance: 'u1', attempt: 1 });
    conversation.receive({ type: 'cancel', utterance: 'u1', attempt: 1, heardSample: 12_000 });
    await ask(two);
    expect(upstream.last.turn.context[0]?.assistantText).toBe('High water');
  });

  it('by an older attempt leaves the running one alone', async () => {
    await ask(one, 1);
    conversation.receive({ type: 'cancel', utterance: 'u1', attempt: 1, heardSample: 0 });
    expect(peer.last('cancelled')?.attempt).toBe(1);
    expect(upstream.last.signal.aborted).toBe(false);
  });

  it('of something unknown is answered all the same', () => {
    conversation.receive({ type: 'cancel', utterance: 'lost', attempt: 3, heardSample: 0 });
    expect(peer.last('cancelled')).toEqual({ type: 'cancelled', utterance: 'lost', attempt: 3 });
  });

  it('of a waiting turn means that it is never asked', async () => {
    await ask(one);
    await ask(two);
    conversation.receive({ type: 'cancel', utterance: 'u2', attempt: 1, heardSample: 0 });
    upstream.last.end();
    await settle();
    expect(upstream.answers).toHaveLength(1);
  });
});

describe('a failing upstream', () => {
  it.each([0, 1, 5, 50])('is told at once after %i chunks, and the same audio starts the next attempt', async (chunks) => {
    await ask(one);
    for (let i = 0; i < chunks; i++) upstream.last.audio(20);
    upstream.last.fail('upstream-busy', 2_000);
    await settle();
    expect(peer.last('error')).toEqual({
      ...{ type: 'error', code: 'upstream-busy', retry: 'later', message: 'the answer failed' },
      ...{ utterance: 'u1', attempt: 1, retryAfterMs: 2000 },
    });
    expect(peer.last('final')).toBeUndefined();
    conversation.receive(one.commit(1));
    await settle();
    expect(peer.last('accepted')?.attempt).toBe(2);
    expect(Buffer.from(upstream.last.turn.audio).equals(one.pcm)).toBe(true);
    upstream.last.text('again').end();
    await settle();
    expect(peer.last('final')).toMatchObject({ attempt: 2, count: 2 });
  });

  it('lets the next turn go on', async () => {
    await ask(one);
    await ask(two);
    upstream.last.fail('upstream-died');
    await settle();
    expect(upstream.answers).toHaveLength(2);
  });

  it('that throws is a failure like any other', async () => {
    upstream.respond = () => {
      throw new Error('a bug');
    };
    await ask(one);
    expect(peer.last('error')).toMatchObject({ code: 'upstream-faulty', attempt: 1 });
  });

  it('is retried after a resume: the turn waits with all its frames', async () => {
    await ask(one);
    conversation.detach(peer);
    upstream.last.fail('upstream-died');
    await settle();
    peer = attach({ open: [{ utterance: 'u1', attempt: 1, received: 1 }] });
    expect(peer.last('welcome')?.turns).toEqual({ u1: { state: 'assembling', frames: 10, attempt: 0 } });
    conversation.receive(one.begin());
    conversation.receive(one.commit(1));
    await settle();
    expect(peer.last('accepted')?.attempt).toBe(2);
  });
});

describe('a lost connection', () => {
  it('before the commit keeps the frames that arrived', async () => {
    speak(one, 0, 6);
    conversation.detach(peer);
    peer = attach({ open: [{ utterance: 'u1', attempt: 0, received: 0 }] });
    expect(peer.last('welcome')?.turns).toEqual({ u1: { state: 'assembling', frames: 6, attempt: 0 } });
    speak(one, 6);
    conversation.receive(one.commit());
    await settle();
    expect(Buffer.from(upstream.last.turn.audio).equals(one.pcm)).toBe(true);
  });

  it('in mid-answer loses and repeats nothing: the answer goes on where the client says', async () => {
    await ask(one);
    upstream.last.text('High ').audio(300);
    await settle();
    conversation.detach(peer);
    upstream.last.audio(300, 7_200).text('water').end();
    await settle();
    const received = 3;
    const next = attach({ open: [{ utterance: 'u1', attempt: 1, received }] });
    expect(next.last('welcome')?.turns).toEqual({ u1: { state: 'done', frames: 10, attempt: 1 } });
    expect(next.order).toEqual([]);
    conversation.receive({ ...one.begin(), handle: 44 });
    expect(next.order).toEqual([3, 4, 5, 6, 7, 8]);
    expect(next.frames.every((frame) => frame.handle === 44)).toBe(true);
    const samples = [...peer.frames.slice(0, 1), ...next.frames].flatMap(({ pcm }) => [...new Int16Array(pcm.slice().buffer)]);
    expect(samples).toEqual(Array.from({ length: 14_400 }, (_, i) => i));
    expect(next.last('final')).toMatchObject({ count: 9, samples: 14_400 });
  });

  it('after the final sends the final again', async () => {
    await ask(one);
    upstream.last.text('Noon.').end();
    await settle();
    conversation.detach(peer);
    const next = attach({ open: [{ utterance: 'u1', attempt: 1, received: 2 }] });
    conversation.receive(one.begin());
    expect(next.order).toEqual([]);
    expect(next.last('final')).toMatchObject({ attempt: 1, count: 2 });
  });

  it('starts an answer from its first event when the client knows another attempt', async () => {
    await ask(one, 1);
    upstream.last.text('a').text('b');
    await settle();
    conversation.detach(peer);
    const next = attach({ open: [{ utterance: 'u1', attempt: 1, received: 2 }] });
    conversation.receive(one.begin());
    expect(next.order).toEqual([0, 1, 2]);
  });

  it('stops an answer the client no longer lists', async () => {
    await ask(one);
    conversation.detach(peer);
    attach({ history: [{ utterance: 'u1', assistant: 'High', interrupted: true }] });
    expect(upstream.last.signal.aborted).toBe(true);
    await ask(two);
    expect(upstream.last.turn.context).toEqual([{ userAudio: one.pcm, assistantText: 'High' }]);
  });

  it('keeps the credit honest: an answer asked for again is not sent further ahead than was heard', async () => {
    await ask(one);
    upstream.last.audio(10_000).end();
    await settle();
    conversation.receive({ type: 'played', utterance: 'u1', attempt: 1, sample: 48_000 });
    conversation.detach(peer);
    const next = attach({ open: [{ utterance: 'u1', attempt: 1, received: 0 }] });
    conversation.receive(one.begin());
    expect(next.samples).toBe(credited);
  });

  it('is not noticed by the upstream, and ending the conversation is', async () => {
    await ask(one);
    conversation.detach(peer);
    expect(upstream.last.signal.aborted).toBe(false);
    conversation.dispose();
    expect(upstream.last.signal.aborted).toBe(true);
  });

  it('of an older connection does not silence the newer one', async () => {
    const next = attach();
    expect(conversation.detach(peer)).toBe(false);
    await ask(one);
    expect(next.last('accepted')).toBeDefined();
  });
});

describe('history audio', () => {
  const history = [{ utterance: 'h1', user: 'When?', assistant: 'At noon.' }];

  it('is asked for, taken without an answer and used as context', async () => {
    const spoken = new Speaker('h1', 9);
    peer = attach({ history });
    expect(peer.last('welcome')?.need).toEqual(['h1']);
    conversation.receive(spoken.begin('history'));
    for (let n = 0; n < spoken.frames; n++) conversation.receiveAudio(spoken.frame(n));
    conversation.receive(spoken.commit());
    await ask(one);
    expect(peer.all('accepted').map(({ utterance }) => utterance)).toEqual(['u1']);
    expect(upstream.answers).toHaveLength(1);
    expect(upstream.last.turn.context).toEqual([{ userAudio: spoken.pcm, assistantText: 'At noon.' }]);
  });

  it('gives way to its words when it never arrives', async () => {
    peer = attach({ history });
    await ask(one);
    expect(upstream.last.turn.context).toEqual([{ userText: 'When?', assistantText: 'At noon.' }]);
  });

  it('of a turn outside the history is refused', () => {
    expect(conversation.receive(new Speaker('h9', 9).begin('history'))).toMatchObject({ kind: 'unknown-utterance' });
  });
});
