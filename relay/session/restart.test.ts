import { beforeEach, describe, expect, it } from 'vitest';
import { settle, Speaker } from './testing/speaker.ts';
import { Stage } from './testing/stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

const one = new Speaker('u1', 1);
const two = new Speaker('u2', 2);

describe('an answer that breaks off', () => {
  const dies = { kind: 'failed', problem: { kind: 'upstream-died', retry: 'now' } } as const;

  it('is asked for once more at once, and the new attempt starts from its beginning', async () => {
    await stage.ask(one);
    stage.upstream.last.text('High ').audio(300).push(dies);
    await settle();
    expect(stage.peer.all('accepted').map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(stage.peer.last('error')).toBeUndefined();
    expect(Buffer.from(stage.upstream.last.spoken).equals(one.pcm)).toBe(true);
    stage.upstream.last.text('Noon.').audio(100, 50).end();
    await settle();
    expect(stage.peer.last('final')).toMatchObject({ attempt: 2, count: 4, samples: 2_400 });
    const second = stage.peer.frames.filter(({ attempt }) => attempt === 2);
    expect(second.map(({ sequence, sample }) => [sequence, sample])).toEqual([[3, 0]]);
    await stage.ask(two);
    expect(stage.upstream.last.context).toEqual([
      { kind: 'user', audio: one.pcm },
      { kind: 'assistant', text: 'Noon.' },
    ]);
  });

  it('twice has failed, and is told so', async () => {
    await stage.ask(one);
    stage.upstream.last.text('High ').push(dies);
    await settle();
    stage.upstream.last.text('High ').push(dies);
    await settle();
    expect(stage.upstream.answers).toHaveLength(2);
    expect(stage.peer.last('error')).toMatchObject({ code: 'upstream-died', attempt: 2 });
    stage.receive(one.commit(2));
    await settle();
    expect(stage.peer.last('accepted')?.attempt).toBe(3);
  });

  it('before it has begun has failed: the upstream has tried what there was to try', async () => {
    await stage.ask(one);
    stage.upstream.last.push(dies);
    await settle();
    expect(stage.peer.last('error')).toMatchObject({ code: 'upstream-died', attempt: 1 });
    expect(stage.upstream.answers).toHaveLength(1);
  });

  it('can be cancelled by the number the client knew, and what was heard of it stays', async () => {
    await stage.ask(one);
    stage.upstream.last.text('High water is at noon.').audio(1_000).push(dies);
    await settle();
    stage.upstream.last.text('It is ');
    stage.receive({ type: 'cancel', utterance: 'u1', attempt: 1, heardSample: 12_000 });
    expect(stage.upstream.last.signal.aborted).toBe(true);
    await stage.ask(two);
    expect(stage.upstream.last.context).toEqual([
      { kind: 'user', audio: one.pcm },
      { kind: 'assistant', text: 'High water' },
    ]);
  });

  it('while nobody is connected goes on, for whoever comes back', async () => {
    await stage.ask(one);
    stage.upstream.last.text('High ');
    await settle();
    stage.detach();
    stage.upstream.last.push(dies);
    await settle();
    stage.upstream.last.text('Noon.').end();
    await settle();
    const next = stage.attach({ open: [{ utterance: 'u1', attempt: 1, received: 2 }] });
    stage.receive(one.begin());
    expect(next.last('welcome')?.turns['u1']).toMatchObject({ state: 'done', attempt: 2 });
    expect(next.text).toBe('Noon.');
  });
});

describe('an upstream that chooses among several', () => {
  it("is named as it names itself, at its rate, and the time it waited is not the server's", async () => {
    await stage.ask(one);
    const started = { kind: 'started', upstream: 'gpu-2', model: 'm2', rateHz: 16_000, waitedMs: 300 } as const;
    stage.upstream.last.push(started).audio(150).end();
    await settle();
    const { waitedMs, ...part } = started;
    expect(stage.peer.all('reply')[0]).toMatchObject({ n: 0, part });
    expect(stage.peer.last('final')?.timings).toMatchObject({ upstreamSentMs: waitedMs });
    // 150 ms at the upstream's usual 24 kHz, cut at 100 ms of the rate that was told.
    expect(stage.peer.frames.map(({ pcm }) => pcm.length / 2)).toEqual([1_600, 1_600, 400]);
  });

  it('keeps the speaker told of the place in its queue', async () => {
    await stage.ask(one);
    stage.upstream.last.push(
      { kind: 'queued', position: 2, etaMs: 3_000 },
      { kind: 'queued', position: 1, etaMs: 900 },
    );
    await settle();
    expect(stage.peer.all('queued')).toEqual([
      { type: 'queued', utterance: 'u1', position: 2, etaMs: 3_000 },
      { type: 'queued', utterance: 'u1', position: 1, etaMs: 900 },
    ]);
    expect(stage.peer.order).toEqual([]);
  });

  it('is told which conversation a turn belongs to', async () => {
    await stage.ask(one);
    expect(stage.upstream.last.turn.conversation).toBe('c1');
  });
});
