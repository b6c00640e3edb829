import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audioOf, collect, spokenTurn, textOf, type UpstreamFixture } from './upstream.contract.ts';
import type { ContextItem, ReplyEvent, Tool, ToolCall, Upstream, UpstreamTurn } from './upstream.ts';

/** An adapter whose server calls tools, made anew for each test. The server refuses what real ones refuse. */
export interface ToolsFixture extends UpstreamFixture {
  /** From now on these are called where they are offered and the user has the last word; else this is said. */
  arrange(script: { calls: readonly Pick<ToolCall, 'name' | 'arguments'>[]; reply: string }): void;
  /** All that the server was told for its last answer, as JSON. */
  lastAsked(): string;
}

const TOOLS: Tool[] = [
  {
    name: 'get_temperature',
    description: 'How warm it is.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
  { name: 'get_time' },
];
const TEMPERATURE = { name: 'get_temperature', arguments: '{"city":"Oslo"}' };
const TIME = { name: 'get_time', arguments: '{}' };
const REPLY = 'It is eighteen degrees.';

const callsOf = (events: readonly ReplyEvent[]) => events.filter((event) => event.kind === 'tool-call');
const failuresOf = (events: readonly ReplyEvent[]) => events.filter(({ kind }) => kind === 'failed');
const resultOf = ({ callId }: ToolCall, output = '18 degrees'): ContextItem => ({
  kind: 'tool-result',
  callId,
  output,
});

/** What every upstream does whose model may call tools. */
export function describeTools(createFixture: () => Promise<ToolsFixture>): void {
  describe('with tools', () => {
    let fixture: ToolsFixture;
    let upstream: Upstream;

    beforeEach(async () => {
      fixture = await createFixture();
      ({ upstream } = fixture);
    });
    afterEach(() => fixture.close());

    const ask = (items: readonly ContextItem[], extra: Partial<UpstreamTurn> = {}) =>
      collect(upstream, { settings: {}, tools: TOOLS, conversation: 'c', items, ...extra });

    it('calls one it was offered without a sound, and speaks of what it has told', async () => {
      fixture.arrange({ calls: [TEMPERATURE], reply: REPLY });
      const { items } = spokenTurn(0.5);
      const first = await ask(items);
      expect(failuresOf(first)).toEqual([]);
      expect(textOf(first).trim()).toBe('');
      expect(audioOf(first)).toHaveLength(0);
      const [call, ...others] = callsOf(first);
      expect(others).toEqual([]);
      expect(call).toMatchObject({ name: TEMPERATURE.name, callId: expect.stringMatching(/./) });
      expect(JSON.parse(call!.arguments)).toEqual({ city: 'Oslo' });
      const asked = [...items, call!, resultOf(call!)];
      const second = await ask(asked);
      expect(textOf(second)).toBe(REPLY);
      expect(audioOf(second).length / 2 / upstream.outputRateHz).toBeGreaterThan(0.5);
      expect([...callsOf(second), ...failuresOf(second)]).toEqual([]);
      expect(fixture.lastAsked()).toContain('18 degrees');
      fixture.arrange({ calls: [], reply: 'You are welcome.' });
      const third = await ask([...asked, { kind: 'assistant', text: REPLY }, ...spokenTurn(0.4).items]);
      expect(textOf(third)).toBe('You are welcome.');
    });

    it('calls several at once, and takes their results in any order', async () => {
      fixture.arrange({ calls: [TEMPERATURE, TIME], reply: REPLY });
      const { items } = spokenTurn(0.5);
      const [temperature, time, ...others] = callsOf(await ask(items));
      expect([temperature?.name, time?.name, ...others]).toEqual([TEMPERATURE.name, TIME.name]);
      expect(temperature!.callId).not.toBe(time!.callId);
      const results = [resultOf(time!, 'noon'), resultOf(temperature!)];
      const events = await ask([...items, temperature!, time!, ...results]);
      expect([textOf(events), ...failuresOf(events)]).toEqual([REPLY]);
    });

    it('bears that somebody speaks while the tool is at work', async () => {
      fixture.arrange({ calls: [TEMPERATURE], reply: REPLY });
      const { items } = spokenTurn(0.5);
      const [call] = callsOf(await ask(items));
      fixture.arrange({ calls: [], reply: REPLY });
      const hurried: ContextItem[] = [...items, call!, { kind: 'user', text: 'Hurry!' }];
      expect(failuresOf(await ask(hurried))).toEqual([]);
      const events = await ask([...hurried, resultOf(call!)]);
      expect([textOf(events), ...failuresOf(events)]).toEqual([REPLY]);
      expect(fixture.lastAsked()).toContain('Hurry!');
    });

    it('gives faulty arguments as they are, and goes on when it is told so', async () => {
      fixture.arrange({ calls: [{ ...TEMPERATURE, arguments: '{"city": Oslo}' }], reply: REPLY });
      const { items } = spokenTurn(0.5);
      const [call] = callsOf(await ask(items));
      expect(call?.arguments).toBe('{"city": Oslo}');
      // On a connection of its own, where all of it has to be told again.
      fixture.arrange({ calls: [], reply: REPLY });
      const events = await ask([...items, call!, resultOf(call!, 'faulty arguments')], { conversation: 'other' });
      expect([textOf(events), ...failuresOf(events)]).toEqual([REPLY]);
      expect(fixture.lastAsked()).toContain('faulty arguments');
    });

    it('calls none that it may not call', async () => {
      fixture.arrange({ calls: [TEMPERATURE], reply: REPLY });
      const events = await ask(spokenTurn(0.5).items, { toolChoice: 'none' });
      expect([textOf(events), ...callsOf(events)]).toEqual([REPLY]);
    });

    it('answers what is written, and in words alone where no more is wanted', async () => {
      fixture.arrange({ calls: [], reply: REPLY });
      const items: ContextItem[] = [
        { kind: 'assistant', text: 'Hello.' },
        { kind: 'system', text: 'It is raining.' },
        { kind: 'user', text: 'How warm is it?' },
      ];
      const events = await ask(items, { isSilent: true });
      expect([textOf(events), ...failuresOf(events)]).toEqual([REPLY]);
      expect(audioOf(events)).toHaveLength(0);
      for (const words of ['Hello.', 'It is raining.', 'How warm is it?']) expect(fixture.lastAsked()).toContain(words);
    });
  });
}
