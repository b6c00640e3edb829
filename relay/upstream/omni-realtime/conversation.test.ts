import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import type { ContextItem } from '../upstream.ts';
import { collect, spokenTurn, textOf, toneOf } from '../upstream.contract.ts';
import { start as startEnds, Talk, type Ends } from './testing/talk.ts';

const MINUTE_MS = 60_000;
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

async function start(...options: Parameters<typeof startEnds>): Promise<Ends> {
  const ends = await startEnds(...options);
  open.push(ends);
  return ends;
}

describe('a conversation', () => {
  it('goes on where it was on one socket, and costs no second opening', async () => {
    const { fake, upstream } = await start();
    const talk = new Talk(upstream);
    for (const seconds of [0.4, 0.5, 0.6]) await talk.say(seconds);
    expect(fake.counters.connections).toBe(1);
    expect(fake.turns.map(({ history }) => history.length)).toEqual([0, 2, 4]);
    expect(fake.turns[2]?.session['instructions']).toBeUndefined();
    expect(fake.openSockets).toBe(1);
  });

  it('never hears another one', async () => {
    const { fake, upstream } = await start();
    const one = new Talk(upstream);
    const two = new Talk(upstream);
    await one.say(0.4);
    await two.say(0.5, { conversation: 'c2' });
    await one.say(0.6);
    await collect(upstream, spokenTurn(0.7));
    expect(fake.turns.map(({ connection, history }) => [connection, history.length])).toEqual([
      [1, 0],
      [2, 0],
      [1, 2],
      [3, 0],
    ]);
    await expect.poll(() => fake.openSockets).toBe(2);
  });

  it.each([
    ['an answer was cut short', (talk: Talk) => (talk.context[1] = { kind: 'assistant', text: 'I heard you' })],
    ['the user said something else', (talk: Talk) => (talk.context[0] = { kind: 'user', audio: toneOf(0.9) })],
    ['it was begun anew', (talk: Talk) => talk.context.splice(0)],
    [
      'a turn was answered elsewhere',
      (talk: Talk) => talk.context.push({ kind: 'user', text: 'Hm?' }, { kind: 'assistant', text: 'Yes.' }),
    ],
  ])('starts on a fresh socket where %s', async (_, change) => {
    const { fake, upstream } = await start();
    const talk = new Talk(upstream);
    await talk.say(0.4);
    change(talk);
    await talk.say(0.5);
    expect(fake.turns.map(({ connection }) => connection)).toEqual([1, 2]);
    await expect.poll(() => fake.openSockets).toBe(1);
  });

  it('tells a fresh socket of DashScope in its instructions what was said and heard', async () => {
    const { fake, upstream } = await start();
    const context: ContextItem[] = [
      { kind: 'user', audio: toneOf(0.5), text: 'How late is it?' },
      { kind: 'assistant', text: 'Half past' },
      { kind: 'user', audio: toneOf(0.6) },
    ];
    await collect(upstream, spokenTurn(0.4, { conversation: 'c', context, settings: { systemPrompt: 'Be kind.' } }));
    const instructions = String(fake.turns[0]?.session['instructions']);
    expect(instructions.startsWith('Be kind.\n\n')).toBe(true);
    expect(instructions).toContain('User: How late is it?\nYou: Half past\nUser: (spoken message)');
    expect(fake.turns[0]?.history).toEqual([]);
  });

  it.each(['openai', 'openai-beta'] as const)('gives a fresh socket of %s its history as items', async (dialect) => {
    const { fake, upstream } = await start({ dialect, model: 'm' });
    const context: ContextItem[] = [
      { kind: 'user', audio: toneOf(0.5) },
      { kind: 'assistant', text: 'Half past' },
      { kind: 'user', text: 'And now?' },
      { kind: 'assistant', text: 'Nine.' },
    ];
    await collect(upstream, spokenTurn(0.4, { context }));
    const history = fake.turns[0]?.history ?? [];
    expect(history.map(({ role, text }) => [role, text])).toEqual([
      ['user', undefined],
      ['assistant', 'Half past'],
      ['user', 'And now?'],
      ['assistant', 'Nine.'],
    ]);
    expect(history[0]?.audio?.durationMs).toBeCloseTo(500, 0);
  });

  it('goes on on its socket with what a tool has told, and asks the next question there', async () => {
    const calls = [{ name: 'look', arguments: '{"at":"sea"}' }];
    const { fake, upstream } = await start({ script: { calls, reply: 'A ship.' } });
    const talk = new Talk(upstream);
    const extra = { tools: [{ name: 'look' }] };
    const [call] = (await talk.say(0.4, extra)).filter((event) => event.kind === 'tool-call');
    const told = await talk.ask({ kind: 'tool-result', callId: call!.callId, output: 'A ship.' }, extra);
    expect(textOf(told)).toBe('A ship.');
    fake.script = { ...fake.script, calls: [] };
    await talk.say(0.5, extra);
    expect(fake.turns.map(({ connection, history }) => [connection, history.map(({ role }) => role)])).toEqual([
      [1, []],
      [1, ['user', 'call', 'tool']],
      [1, ['user', 'call', 'tool', 'assistant']],
    ]);
  });

  it('tells DashScope what is written in the instructions of a fresh socket, and goes on there', async () => {
    const { fake, upstream } = await start({ script: { reply: 'Nine.' } });
    const talk = new Talk(upstream);
    await talk.say(0.4);
    expect(textOf(await talk.ask({ kind: 'user', text: 'How late is it?' }))).toBe('Nine.');
    expect(textOf(await talk.say(0.5))).toBe('Nine.');
    expect(fake.turns.map(({ connection }) => connection)).toEqual([1, 2, 2]);
    expect(fake.turns[1]?.audio.durationMs).toBe(0);
    expect(String(fake.turns[1]?.session['instructions'])).toMatch(/User: How late is it\?\nNow it is your turn/);
  });

  it('of servers that know one turn of speech and nothing else refuses what is written, for good', async () => {
    const { upstream } = await start({ dialect: 'turn-streaming', model: 'm' });
    const events = await new Talk(upstream).ask({ kind: 'user', text: 'How late is it?' });
    expect(events).toMatchObject([{ problem: { kind: 'upstream-rejected' } }]);
  });

  it('goes on after its socket has gone, whether that was noticed or not', async () => {
    const { fake, upstream } = await start();
    const talk = new Talk(upstream);
    await talk.say(0.4);
    fake.endSessions(1001);
    await sleep(50);
    expect(textOf(await talk.say(0.5))).not.toBe('');
    // Before a word of anybody: also the user's own must not have been written down yet.
    fake.next({ transcriptMs: undefined, fault: { kind: 'die', afterDeltas: 0 } });
    expect((await talk.say(0.6)).filter(({ kind }) => kind === 'failed')).toEqual([]);
    expect(fake.turns.map(({ connection }) => connection)).toEqual([1, 2, 2, 3]);
  });

  it('stays on its socket after a cancelled answer of which nothing was said', async () => {
    const { fake, upstream } = await start({ script: { firstTokenMs: 400, firstAudioMs: 400 } });
    const caller = new AbortController();
    setTimeout(() => caller.abort(), 250);
    const turn = spokenTurn(0.4, { conversation: 'c' });
    expect((await collect(upstream, turn, caller.signal)).filter(({ kind }) => kind !== 'transcript')).toEqual([]);
    await expect.poll(() => fake.turns[0]?.outcome).toBe('aborted');
    await sleep(50);
    await collect(upstream, spokenTurn(0.5, { conversation: 'c', context: turn.items }));
    expect(fake.turns.map(({ connection }) => connection)).toEqual([1, 1]);
  });

  it('asks for no answer to an utterance that was taken back while it was being sent', async () => {
    const { fake, upstream } = await start({ dialect: 'openai', model: 'm' });
    const talk = new Talk(upstream);
    await talk.say(0.4);
    const caller = new AbortController();
    setTimeout(() => caller.abort(), 20);
    const long = spokenTurn(60, { conversation: 'c1', context: talk.context });
    expect(await collect(upstream, long, caller.signal)).toEqual([]);
    await expect.poll(() => fake.openSockets).toBe(0);
    expect(fake.turns).toHaveLength(1);
  });

  it('moves to a fresh socket at four fifths of the longest session, between turns', async () => {
    const clock = new VirtualClock();
    const { fake, upstream } = await start({}, { clock, idleMs: Infinity });
    const talk = new Talk(upstream);
    await talk.say(0.4);
    clock.advance(95 * MINUTE_MS);
    await talk.say(0.5);
    expect(fake.counters.connections).toBe(1);
    expect(fake.openSockets).toBe(1);
    clock.advance(MINUTE_MS);
    await expect.poll(() => fake.openSockets).toBe(0);
    await talk.say(0.6);
    expect(fake.turns.map(({ connection }) => connection)).toEqual([1, 1, 2]);
    expect(String(fake.turns[2]?.session['instructions'])).toContain('User: This is what I said.');
  });

  it('gives up a socket nobody has used for a while, and the longest unused of too many', async () => {
    const clock = new VirtualClock();
    const { fake, upstream } = await start({}, { clock, idleMs: MINUTE_MS, maxLines: 2 });
    for (const conversation of ['a', 'b', 'c']) await collect(upstream, spokenTurn(0.3, { conversation }));
    await expect.poll(() => fake.openSockets).toBe(2);
    clock.advance(MINUTE_MS);
    await expect.poll(() => fake.openSockets).toBe(0);
  });
});
