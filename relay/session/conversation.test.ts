import { beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '#protocol';
import { DEFAULT_SYSTEM_PROMPT } from './instructions.ts';
import { settle, Speaker } from './testing/speaker.ts';
import { Stage } from './testing/stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

const one = new Speaker('u1', 1);
const two = new Speaker('u2', 2);

describe('a turn', () => {
  it('is answered with numbered events and a final that counts them', async () => {
    await stage.ask(one);
    expect(stage.peer.all('accepted')).toEqual([{ type: 'accepted', utterance: 'u1', attempt: 1 }]);
    stage.clock.advance(210);
    stage.upstream.last.text('High water ').push({ kind: 'transcript', text: 'When?' });
    await settle();
    stage.clock.advance(130);
    stage.upstream.last
      .audio(250)
      .text('is at noon.')
      .push({ kind: 'usage', usage: { outputTokens: 9 } })
      .end();
    await settle();
    expect(stage.peer.order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(stage.peer.frames.map((frame) => [frame.handle, frame.attempt, frame.sample, frame.pcm.length / 2])).toEqual(
      [
        [1, 1, 0, 2400],
        [1, 1, 2400, 2400],
        [1, 1, 4800, 1200],
      ],
    );
    expect(stage.peer.text).toBe('High water is at noon.');
    expect(stage.peer.last('final')).toEqual({
      ...{ type: 'final', utterance: 'u1', attempt: 1, count: 8, samples: 6000, language: 'en' },
      usage: { outputTokens: 9 },
      timings: { upstreamSentMs: 0, firstTextMs: 210, firstAudioMs: 340, finishedMs: 340 },
    });
  });

  it('reaches the upstream byte for byte, with the default prompt and the settings', async () => {
    stage.receive({ type: 'configure', settings: { voice: 'Bob' } });
    await stage.ask(one);
    expect(Buffer.from(stage.upstream.last.spoken).equals(one.pcm)).toBe(true);
    expect(stage.upstream.last.turn.settings).toEqual({ systemPrompt: DEFAULT_SYSTEM_PROMPT, voice: 'Bob' });
  });

  it('forwards the first audio in the very step it was taken', async () => {
    await stage.ask(one);
    stage.upstream.last.audio(10);
    await settle();
    expect(stage.peer.samples).toBe(240);
  });

  it('is inferred once however often it is committed', async () => {
    await stage.ask(one);
    stage.receive(one.commit());
    stage.upstream.last.text('Noon.').end();
    await settle();
    stage.receive(one.commit(1));
    stage.receive({ type: 'receipt', utterance: 'u1', attempt: 1 });
    stage.receive(one.commit(1));
    await settle();
    expect(stage.upstream.answers).toHaveLength(1);
    expect(stage.peer.all('accepted').map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
  });

  it('numbers its attempt above what the client knows', async () => {
    await stage.ask(one, 6);
    expect(stage.peer.last('accepted')?.attempt).toBe(7);
  });

  it('refuses the attempt after the last', async () => {
    stage.speak(one);
    expect(stage.receive(one.commit(LIMITS.maxAttempts))).toMatchObject({ kind: 'too-many-attempts' });
    expect(stage.upstream.answers).toHaveLength(0);
  });

  it('waits for the one before it and is told so', async () => {
    await stage.ask(one);
    await stage.ask(two);
    expect(stage.upstream.answers).toHaveLength(1);
    expect(stage.peer.last('queued')).toMatchObject({ utterance: 'u2', position: 1, etaMs: 4000 });
    stage.upstream.last.end();
    await settle();
    expect(stage.upstream.answers).toHaveLength(2);
  });

  it('waits no longer when the one before it is cancelled', async () => {
    await stage.ask(one);
    await stage.ask(two);
    stage.receive({ type: 'cancel', utterance: 'u1', attempt: 1, heardSample: 0 });
    await settle();
    expect(stage.upstream.answers).toHaveLength(2);
    expect(stage.upstream.answers[0]?.signal.aborted).toBe(true);
  });

  it('carries the earlier turns as context', async () => {
    await stage.ask(one);
    stage.upstream.last.text('At noon.').push({ kind: 'transcript', text: 'When?' }).end();
    await settle();
    await stage.ask(two);
    expect(stage.upstream.last.context).toEqual([
      { kind: 'user', audio: one.pcm, text: 'When?' },
      { kind: 'assistant', text: 'At noon.' },
    ]);
  });
});

describe('assembling', () => {
  it('asks for the first missing frame, once for each gap', () => {
    stage.speak(one, 0, 3);
    for (const n of [5, 6, 7]) stage.receiveAudio(one.frame(n));
    expect(stage.peer.all('nak')).toEqual([{ type: 'nak', utterance: 'u1', have: 3 }]);
    for (const n of [3, 4, 6]) stage.receiveAudio(one.frame(n));
    expect(stage.peer.last('nak')).toMatchObject({ have: 5 });
  });

  it('asks for what is missing at the commit', async () => {
    stage.speak(one, 0, 9);
    stage.receive(one.commit());
    expect(stage.peer.last('nak')).toMatchObject({ have: 9 });
    stage.receiveAudio(one.frame(9));
    stage.receive(one.commit());
    await settle();
    expect(stage.upstream.answers).toHaveLength(1);
  });

  it('starts over on another hash and never shows such audio to the upstream', async () => {
    stage.speak(one);
    stage.receive({ ...one.commit(), sha256: 'a'.repeat(64) });
    expect(stage.peer.last('nak')).toMatchObject({ have: 0 });
    expect(stage.upstream.answers).toHaveLength(0);
    await stage.ask(one);
    expect(Buffer.from(stage.upstream.last.spoken).equals(one.pcm)).toBe(true);
  });

  it('forgets a half-sent utterance after its time, counted from its last frame', () => {
    stage.speak(one, 0, 3);
    stage.clock.advance(LIMITS.assemblyTtlMs - 1);
    expect(stage.receiveAudio(one.frame(3))).toBeUndefined();
    stage.clock.advance(LIMITS.assemblyTtlMs - 1);
    expect(stage.receiveAudio(one.frame(4))).toBeUndefined();
    stage.clock.advance(LIMITS.assemblyTtlMs);
    expect(stage.receiveAudio(one.frame(5))).toMatchObject({ kind: 'unknown-handle', retry: 'now' });
  });

  it('complains once of frames it has no utterance for', () => {
    expect(stage.receiveAudio(one.frame(0))).toMatchObject({ kind: 'unknown-handle' });
    expect(stage.receiveAudio(one.frame(1))).toBeUndefined();
  });

  it('keeps a minute of speech and drops the frame after it', async () => {
    const frames = (LIMITS.maxUtteranceMs * LIMITS.inputRateHz) / 1000 / LIMITS.frameSamples;
    const long = new Speaker('long', 3, frames + 2);
    stage.speak(long, 0, frames);
    expect(stage.receiveAudio(long.frame(frames))).toMatchObject({ kind: 'utterance-too-long', utterance: 'long' });
    expect(stage.receiveAudio(long.frame(frames))).toBeUndefined();
    stage.receive(long.commit(0, frames));
    await settle();
    expect(stage.upstream.last.spoken).toHaveLength(LIMITS.maxUtteranceMs * 32);
  });

  it('takes as many utterances at a time as the limit and not one more', () => {
    for (let n = 0; n < LIMITS.maxOpenUtterances; n++) stage.speak(new Speaker(`n${n}`, n), 0, 1);
    expect(stage.receive(new Speaker('more', 99).begin())).toMatchObject({ kind: 'too-many-utterances' });
    stage.receive({ type: 'discard', utterance: 'n0' });
    expect(stage.receive(new Speaker('more', 99).begin())).toBeUndefined();
  });

  it('makes room by forgetting an answer the client never acknowledged', async () => {
    stage.upstream.onRequest = (answer) => answer.text('x').end();
    for (let n = 0; n <= LIMITS.maxOpenUtterances; n++) await stage.ask(new Speaker(`n${n}`, n));
    expect(stage.upstream.answers).toHaveLength(LIMITS.maxOpenUtterances + 1);
  });

  it('does not let one handle name two utterances', () => {
    stage.speak(one, 0, 1);
    expect(stage.receive(new Speaker('other', 1).begin())).toMatchObject({ kind: 'handle-in-use' });
  });

  it('wants a reopen before more audio of a committed utterance', async () => {
    const grown = new Speaker('u1', 1, 12);
    stage.speak(grown, 0, 10);
    stage.receive(grown.commit(0, 10));
    await settle();
    expect(stage.receiveAudio(grown.frame(4))).toBeUndefined();
    expect(stage.receiveAudio(grown.frame(10))).toMatchObject({ kind: 'utterance-committed' });
    expect(stage.receive(grown.commit())).toMatchObject({ kind: 'commit-conflict' });
    stage.receive({ type: 'reopen', utterance: 'u1' });
    expect(stage.upstream.last.signal.aborted).toBe(true);
    stage.receiveAudio(grown.frame(10));
    stage.receiveAudio(grown.frame(11));
    stage.receive(grown.commit(1));
    await settle();
    expect(stage.peer.last('accepted')?.attempt).toBe(2);
    expect(stage.upstream.last.spoken).toHaveLength(grown.pcm.length);
    expect(stage.upstream.last.context).toEqual([]);
  });

  it('forgets a discarded utterance, its running answer and its place in the context', async () => {
    await stage.ask(one);
    stage.receive({ type: 'discard', utterance: 'u1' });
    expect(stage.upstream.last.signal.aborted).toBe(true);
    await stage.ask(two);
    expect(stage.upstream.last.context).toEqual([]);
  });
});

describe('history audio', () => {
  const history = [{ utterance: 'h1', user: 'When?', assistant: 'At noon.' }];

  it('is asked for, taken without an answer and used as context', async () => {
    const spoken = new Speaker('h1', 9);
    stage.attach({ history });
    expect(stage.peer.last('welcome')?.need).toEqual(['h1']);
    stage.receive(spoken.begin('history'));
    for (let n = 0; n < spoken.frames; n++) stage.receiveAudio(spoken.frame(n));
    stage.receive(spoken.commit());
    await stage.ask(one);
    expect(stage.peer.all('accepted').map(({ utterance }) => utterance)).toEqual(['u1']);
    expect(stage.upstream.answers).toHaveLength(1);
    expect(stage.upstream.last.context).toEqual([
      { kind: 'user', audio: spoken.pcm, text: 'When?' },
      { kind: 'assistant', text: 'At noon.' },
    ]);
  });

  it('gives way to its words when it never arrives', async () => {
    stage.attach({ history });
    await stage.ask(one);
    expect(stage.upstream.last.context).toEqual([
      { kind: 'user', text: 'When?' },
      { kind: 'assistant', text: 'At noon.' },
    ]);
  });

  it('of a turn outside the history is refused', () => {
    expect(stage.receive(new Speaker('h9', 9).begin('history'))).toMatchObject({ kind: 'unknown-utterance' });
  });
});
