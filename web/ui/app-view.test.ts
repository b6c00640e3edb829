import { describe, expect, it } from 'vitest';
import type { LogEntry, LogFact } from '../conversation/log.ts';
import { IDLE_VIEW, type Status } from '../conversation/status.ts';
import { DEFAULT_SETTINGS } from './app-settings.ts';
import { AppView } from './app-view.svelte.ts';

let seq = 0;
const entry = (fact: LogFact, conversation = 'c1'): LogEntry => ({ conversation, seq: seq++, atMs: 0, ...fact });

/** One turn up to the moment the answer has arrived. */
const answering = (utterance: string, text: string): LogEntry[] => [
  entry({ type: 'utterance.started', utterance }),
  entry({ type: 'utterance.confirmed', utterance, durationMs: 1_000 }),
  entry({ type: 'transcript', utterance, text: `question ${utterance}` }),
  entry({ type: 'reply.started', utterance, attempt: 1, rateHz: 24_000, upstream: 'omni-chat', model: 'm' }),
  entry({ type: 'reply.text', utterance, attempt: 1, text }),
  entry({ type: 'reply.finished', utterance, attempt: 1, samples: 24_000 }),
];

function opened(...entries: LogEntry[]): AppView {
  const view = new AppView();
  view.openLog('c1', entries);
  return view;
}

describe('AppView', () => {
  it('shows a stored conversation and goes on with what is logged after it', () => {
    const view = opened(...answering('a.1', 'One.'));
    for (const fact of answering('a.2', 'Two.')) view.addEntry(fact);
    expect(view.turns.map(({ reply }) => reply?.text)).toEqual(['One.', 'Two.']);
  });

  it('takes no facts of another conversation', () => {
    const view = opened(...answering('a.1', 'One.'));
    view.addEntry(entry({ type: 'utterance.started', utterance: 'b.1' }, 'c2'));
    expect(view.turns).toHaveLength(1);
  });

  it('forgets the turns when another conversation is opened', () => {
    const view = opened(...answering('a.1', 'One.'));
    view.openLog();
    expect(view.turns).toEqual([]);
    expect(view.conversation).toBeUndefined();
  });

  it('leaves the other turns untouched by a word more in the last one', () => {
    const view = opened(...answering('a.1', 'One.'), ...answering('a.2', 'Two'));
    const [first, second] = view.turns;
    view.addEntry(entry({ type: 'reply.text', utterance: 'a.2', attempt: 1, text: ' and more' }));
    expect(view.turns[0]).toBe(first);
    expect(view.turns[1]).not.toBe(second);
    expect(view.turns[1]?.reply?.text).toBe('Two and more');
  });

  it('drops a turn that turned out to be no speech', () => {
    const view = opened(...answering('a.1', 'One.'), entry({ type: 'utterance.started', utterance: 'a.2' }));
    view.addEntry(entry({ type: 'utterance.discarded', utterance: 'a.2' }));
    expect(view.turns.map(({ utterance }) => utterance)).toEqual(['a.1']);
  });

  it('announces a finished turn once, not its words as they come', () => {
    const view = opened();
    for (const fact of answering('a.1', 'One.')) view.addEntry(fact);
    expect(view.turnAnnouncement.id).toBe(0);
    view.addEntry(entry({ type: 'reply.heard', utterance: 'a.1', attempt: 1 }));
    expect(view.turnAnnouncement).toEqual({ id: 1, text: 'You: question a.1\nAnswer: One.' });
  });

  it('announces only what was heard of an interrupted answer, and that it was cut', () => {
    const view = opened();
    for (const fact of answering('a.1', 'One two three four.')) view.addEntry(fact);
    const half = { heardSample: 12_000, totalSamples: 24_000 };
    view.addEntry(entry({ type: 'reply.interrupted', utterance: 'a.1', attempt: 1, ...half }));
    expect(view.turnAnnouncement.text).toContain('Answer: One two');
    expect(view.turnAnnouncement.text).not.toContain('four');
    expect(view.turnAnnouncement.text).toContain('Interrupted');
  });

  it('keeps quiet about turns if asked to, and about those it merely loads', () => {
    const view = opened(...answering('a.1', 'One.'), entry({ type: 'reply.heard', utterance: 'a.1', attempt: 1 }));
    expect(view.turnAnnouncement.id).toBe(0);
    view.settings = { ...DEFAULT_SETTINGS, isAnnouncing: false };
    for (const fact of answering('a.2', 'Two.')) view.addEntry(fact);
    view.addEntry(entry({ type: 'reply.heard', utterance: 'a.2', attempt: 1 }));
    expect(view.turnAnnouncement.id).toBe(0);
  });

  it('announces what cannot be heard of a call, and not who is speaking', () => {
    const view = opened();
    const said = (
      ['connecting', 'listening', 'hearing', 'thinking', 'speaking', 'listening', 'muted', 'idle'] as Status[]
    ).map((status) => {
      const before = view.statusAnnouncement.id;
      view.call = { ...IDLE_VIEW, status };
      return view.statusAnnouncement.id === before ? undefined : view.statusAnnouncement.text;
    });
    expect(said).toEqual([
      'Connecting',
      'Listening',
      undefined,
      undefined,
      undefined,
      undefined,
      'Muted',
      'Call ended',
    ]);
  });

  it('asks aloud whether anybody is there, once for each silence', () => {
    const view = opened();
    const listening = { ...IDLE_VIEW, status: 'listening' } as const;
    view.call = listening;
    const before = view.statusAnnouncement.id;
    for (const call of [
      { ...listening, isAskingWhoIsThere: true },
      { ...listening, isAskingWhoIsThere: true },
    ])
      view.call = call;
    expect(view.statusAnnouncement).toEqual({ id: before + 1, text: 'Still there?' });
  });

  it('puts the problem of the call before one of the page', () => {
    const view = opened();
    view.pageProblem = { kind: 'audio-blocked', retry: 'now' };
    expect(view.problem?.kind).toBe('audio-blocked');
    view.call = { ...IDLE_VIEW, status: 'trouble', problem: { kind: 'mic-denied', retry: 'now' } };
    expect(view.problem?.kind).toBe('mic-denied');
  });

  it('does not tell a problem twice when the failed turn tells it', () => {
    const view = opened(entry({ type: 'utterance.started', utterance: 'a.1' }));
    view.addEntry(entry({ type: 'reply.failed', utterance: 'a.1', problem: 'upstream-died' }));
    view.call = { ...IDLE_VIEW, status: 'listening', problem: { kind: 'upstream-died', retry: 'now' } };
    expect(view.problem).toBeUndefined();
    view.call = { ...IDLE_VIEW, status: 'trouble', problem: { kind: 'relay-busy', retry: 'later' } };
    expect(view.problem?.kind).toBe('relay-busy');
  });

  it('takes a word more in a conversation of 500 turns in well under a frame', () => {
    const view = opened(...Array.from({ length: 500 }, (_, i) => answering(`a.${i}`, 'Some words.')).flat());
    const startedMs = performance.now();
    for (let i = 0; i < 100; i++)
      view.addEntry(entry({ type: 'reply.text', utterance: 'a.499', attempt: 1, text: ' x' }));
    expect((performance.now() - startedMs) / 100).toBeLessThan(8);
  });
});
