import { afterAll, describe, expect, it } from 'vitest';
import { describeConversation } from './conversation.contract.ts';
import { agentsClient } from './testing/agents-client.ts';
import { browserClient, mintSecret } from './testing/browser-client.ts';
import { openAiClient } from './testing/openai-client.ts';
import { holdConversation, LAST_ANSWER, LONG_ANSWER, type Connect, type Talk } from './testing/spoken-conversation.ts';
import { openHouse } from './testing/stage.ts';
import { strictBetaClient } from './testing/strict-beta-client.ts';
import type { VoiceClient } from './testing/voice-client.ts';

/** Of every relay here: who has no key is refused. */
const API_KEY = 'key-of-the-house';
const SERVER_VAD = { type: 'server_vad' } as const;

const house = await openHouse([API_KEY]);
afterAll(() => house.stop());

/** All at the same time: most of a conversation is waiting for it. */
const begin = <C extends VoiceClient>(connect: Connect<C>): (() => Promise<Talk<C>>) => {
  const talk = holdConversation(connect, house);
  // Told of where it is awaited.
  talk.catch(() => {});
  afterAll(async () => (await talk).client.close());
  return () => talk;
};

describe('@openai/agents-realtime, with its defaults', () => {
  const hold = begin((stage, app) => agentsClient({ ...stage, ...app, apiKey: API_KEY }));
  describeConversation(hold);

  it('stops its player, and remembers what was heard', async () => {
    const { client } = await hold();
    expect(client.interruptions).toBeGreaterThan(0);
    const said = client.history.flatMap((item) => {
      if (item.type !== 'message' || item.role !== 'assistant') return [];
      return item.content.map((part) => (part.type === 'output_audio' ? (part.transcript ?? '') : part.text));
    });
    expect(said.at(-1)).toBe(LAST_ANSWER);
    const spokenOver = said.at(-2) ?? '';
    expect(spokenOver.length).toBeGreaterThan(0);
    expect(spokenOver.length).toBeLessThan(LONG_ANSWER.length);
    expect(LONG_ANSWER.startsWith(spokenOver)).toBe(true);
  });

  it('knows what the user said', async () => {
    const { client } = await hold();
    // Four transcripts and a truncation, after each of which it looks the item up.
    await client.ledger.next('conversation.item.retrieved', 5);
    const heard = client.history.flatMap((item) =>
      item.type === 'message' && item.role === 'user' ? item.content : [],
    );
    expect(heard).toHaveLength(4);
    for (const part of heard)
      expect(part).toMatchObject({ type: 'input_audio', transcript: expect.stringMatching(/^I spoke for/) as string });
  });
});

describe("npm's openai, with the names of today", () => {
  describeConversation(
    begin(({ port, model }, app) =>
      openAiClient({
        port,
        model,
        apiKey: API_KEY,
        ...app,
        vocabulary: 'ga',
        turnDetection: SERVER_VAD,
        asksOn: 'output',
      }),
    ),
  );
});

describe("npm's openai, with the names of the beta", () => {
  describeConversation(
    begin(({ port, model }, app) =>
      openAiClient({
        port,
        model,
        apiKey: API_KEY,
        ...app,
        vocabulary: 'beta',
        turnDetection: SERVER_VAD,
        asksOn: 'response-done',
      }),
    ),
  );
});

describe('an app of the beta that believes every event', () => {
  const hold = begin(({ port }, app) =>
    strictBetaClient({ port, apiKey: API_KEY, ...app, turnDetection: SERVER_VAD, asksOn: 'output' }),
  );
  describeConversation(hold);

  it('has the same conversation in mind as the server', async () => {
    const { client } = await hold();
    const { items } = client.conversation;
    expect(items.map(({ type, role }) => role ?? type)).toEqual([
      ...['user', 'function_call', 'function_call_output', 'assistant'],
      ...['user', 'assistant', 'user', 'assistant', 'user', 'assistant'],
    ]);
    expect(items.at(-1)?.transcript).toBe(LAST_ANSWER);
  });
});

describe('a page with nothing but a WebSocket and a secret', () => {
  const hold = begin(async ({ port, model }, app) =>
    browserClient({
      ...{ port, model, apiKey: await mintSecret(port, API_KEY), ...app, vocabulary: 'ga' },
      ...{ turnDetection: { type: 'semantic_vad', eagerness: 'high' }, asksOn: 'output' },
    }),
  );
  describeConversation(hold);

  it('is let in by that secret alone', async () => {
    const { port, model } = (await hold()).stage;
    const app = { instructions: '', turnDetection: null, asksOn: 'output', vocabulary: 'ga' } as const;
    const tool = { name: 'unused', description: 'Is never called.', parameters: [], run: () => '' };
    const stranger = browserClient({ port, model, apiKey: 'ek_guessed', tool, ...app });
    await stranger.closed;
    expect(stranger.ledger.events).toEqual([]);
  });
});
