import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { LIMITS } from '#protocol';
import type { Conversation } from './conversation.ts';
import { Registry } from './registry.ts';
import { RecordingPeer } from './testing/recording-peer.ts';
import { ScriptedUpstream } from './testing/scripted-upstream.ts';
import { hello, settle, Speaker } from './testing/speaker.ts';

let clock: VirtualClock;
let upstream: ScriptedUpstream;
let registry: Registry;
let forgotten: string[];

beforeEach(() => {
  clock = new VirtualClock();
  upstream = new ScriptedUpstream();
  forgotten = [];
  const onForgotten = (id: string) => void forgotten.push(id);
  registry = new Registry({ upstream, clock, logger: silentLogger, maxConversations: 2, onForgotten });
});

function open(conversation: string, fence = 1): { peer: RecordingPeer; conversation: Conversation } {
  const peer = new RecordingPeer();
  const outcome = registry.open(peer, hello({ conversation, fence }), 's');
  if (typeof outcome === 'string') throw new Error(outcome);
  return { peer, conversation: outcome };
}

async function ask(conversation: Conversation, speaker: Speaker): Promise<void> {
  conversation.receive(speaker.begin());
  for (let n = 0; n < speaker.frames; n++) conversation.receiveAudio(speaker.frame(n));
  conversation.receive(speaker.commit());
  await settle();
}

describe('who speaks for a conversation', () => {
  it('is the higher fence: the older holder is told', () => {
    const first = open('c', 1);
    const second = open('c', 2);
    expect(first.peer.ended).toBe('superseded');
    expect(second.conversation).toBe(first.conversation);
    expect(registry.open(new RecordingPeer(), hello({ conversation: 'c', fence: 1 }), 's')).toBe('superseded');
    expect(second.peer.ended).toBeUndefined();
  });

  it('is the same holder when it comes back: its dead connection is just dropped', () => {
    const first = open('c', 1);
    const second = open('c', 1);
    expect(first.peer.ended).toBe('dropped');
    expect(second.peer.last('welcome')).toMatchObject({ resumed: true, epoch: first.conversation.epoch });
  });

  it('is exactly one of many that race, the one with the highest fence', () => {
    const fences = [3, 9, 1, 7, 9, 2, 8];
    const peers = fences.map((fence) => {
      const peer = new RecordingPeer();
      const outcome = registry.open(peer, hello({ conversation: 'c', fence }), 's');
      if (outcome === 'superseded') peer.close('superseded');
      return peer;
    });
    expect(peers.map((peer) => peer.ended)).toEqual([
      ...['superseded', 'dropped', 'superseded', 'superseded', undefined, 'superseded', 'superseded'],
    ]);
  });
});

describe('how long a conversation is kept', () => {
  it('is the resume window after its connection was lost, its answer going on meanwhile', async () => {
    const { peer, conversation } = open('c');
    await ask(conversation, new Speaker('u', 1));
    registry.release(peer, conversation);
    clock.advance(LIMITS.resumeWindowMs - 1);
    expect(upstream.last.signal.aborted).toBe(false);
    expect(registry.size).toBe(1);
    clock.advance(1);
    expect(upstream.last.signal.aborted).toBe(true);
    expect(registry.size).toBe(0);
    expect(forgotten).toEqual(['c']);
  });

  it('starts again with every resume', () => {
    const first = open('c');
    registry.release(first.peer, first.conversation);
    clock.advance(LIMITS.resumeWindowMs - 1);
    const second = open('c');
    clock.advance(10 * LIMITS.resumeWindowMs);
    expect(registry.size).toBe(1);
    expect(second.conversation.epoch).toBe(first.conversation.epoch);
  });

  it('is told by the epoch once it is over', () => {
    const first = open('c');
    registry.release(first.peer, first.conversation);
    clock.advance(LIMITS.resumeWindowMs);
    const second = open('c');
    expect(second.peer.last('welcome')).toMatchObject({ resumed: false });
    expect(second.conversation.epoch).not.toBe(first.conversation.epoch);
  });
});

describe('a full relay', () => {
  it('turns new conversations away and keeps serving the others', () => {
    open('a');
    open('b');
    expect(registry.open(new RecordingPeer(), hello({ conversation: 'c' }), 's')).toBe('full');
    expect(open('a').conversation.id).toBe('a');
  });

  it('gives up a conversation at rest that nobody is connected to', () => {
    const a = open('a');
    open('b');
    registry.release(a.peer, a.conversation);
    open('c');
    expect(forgotten).toEqual(['a']);
  });
});

describe('draining', () => {
  it('says goodbye, lets running answers finish, and ends every conversation', async () => {
    const { peer, conversation } = open('a');
    await ask(conversation, new Speaker('u', 1));
    const drained = registry.drain(10_000);
    expect(peer.last('goaway')).toEqual({ type: 'goaway', deadlineMs: 10_000 });
    expect(registry.open(new RecordingPeer(), hello({ conversation: 'b' }), 's')).toBe('full');
    clock.advance(5_000);
    await settle();
    expect(peer.ended).toBeUndefined();
    upstream.last.text('Noon.').end();
    await settle();
    expect(peer.last('final')).toBeDefined();
    clock.advance(200);
    await drained;
    expect(peer.ended).toBe('goaway');
    expect(registry.size).toBe(0);
  });

  it('does not wait beyond its deadline', async () => {
    const { peer, conversation } = open('a');
    await ask(conversation, new Speaker('u', 1));
    const drained = registry.drain(1_000);
    for (let i = 0; i < 20; i++) {
      clock.advance(100);
      await settle();
    }
    await drained;
    expect(peer.ended).toBe('goaway');
    expect(upstream.last.signal.aborted).toBe(true);
  });
});
