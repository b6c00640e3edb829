import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toBytes } from '../audio/wav.ts';
import { agentsClient, type AgentsClient } from './testing/agents-client.ts';
import { LONG_ANSWER } from './testing/spoken-conversation.ts';
import { setStage, type Stage } from './testing/stage.ts';
import { fourQuestions } from './testing/utterances.ts';
import type { AppTool } from './testing/voice-client.ts';

const tool: AppTool = { name: 'unused', description: 'Is never called.', parameters: [], run: () => '' };

describe('@openai/agents-realtime', () => {
  let stage: Stage;
  let client: AgentsClient;

  beforeEach(async () => {
    stage = await setStage({ reply: 'Very well.' });
    client = await agentsClient({
      ...{ ...stage, instructions: 'You are brief.', tool },
      config: { audio: { input: { turnDetection: null } } },
    });
    await client.ledger.next('session.updated', 2);
  });
  afterEach(async () => {
    client.close();
    await stage.stop();
  });

  const said = (): string[] =>
    client.history.flatMap((item) => {
      if (item.type !== 'message' || item.role !== 'assistant') return [];
      return item.content.map((part) => (part.type === 'output_audio' ? (part.transcript ?? '') : part.text));
    });

  it('is answered when it writes', async () => {
    client.session.sendMessage('Are you there?');
    const { status } = await client.ledger.done(1);
    expect([status, said()]).toEqual(['completed', ['Very well.']]);
    expect(JSON.stringify(stage.upstream.requests[0]?.body.messages)).toContain('Are you there?');
    expect(client.ledger.faults()).toEqual([]);
  });

  it('is answered at the push of a button, with turn detection off', async () => {
    const [question] = await fourQuestions();
    client.session.sendAudio(toBytes(question!.samples).buffer, { commit: true });
    client.session.transport.requestResponse?.();
    const { status } = await client.ledger.done(1);
    expect([status, said()]).toEqual(['completed', ['Very well.']]);
    expect(stage.upstream.requests[0]?.audios[0]?.durationMs).toBeGreaterThan(1_000);
    expect(client.ledger.faults()).toEqual([]);
  });

  it('stops an answer at the push of a button, and forgets what was not heard', async () => {
    stage.upstream.next({ reply: LONG_ANSWER, chunkMs: 200, pace: 1 });
    client.session.sendMessage('How is the weather?');
    await client.ledger.next(client.ledger.names.audioDelta);
    // Less than a word would leave the whole answer on the SDK's display: it takes no words for words not known.
    await sleep(1_200);
    client.session.interrupt();
    const { status, status_details: details } = await client.ledger.done(1);
    expect([status, details?.reason]).toEqual(['cancelled', 'client_cancelled']);
    await client.ledger.next('conversation.item.retrieved');
    client.session.sendMessage('And tomorrow?');
    await client.ledger.done(2);
    const [kept = '', next] = said();
    expect(LONG_ANSWER.startsWith(kept)).toBe(true);
    expect(kept.length).toBeLessThan(LONG_ANSWER.length / 3);
    expect(next).toBe('Very well.');
    expect(client.ledger.faults()).toEqual([]);
  });

  it('goes on after an answer that failed', async () => {
    stage.upstream.next({ fault: { kind: 'die', afterChunks: 3 } });
    client.session.sendMessage('Are you there?');
    expect((await client.ledger.done(1)).status).toBe('failed');
    client.session.sendMessage('And now?');
    expect((await client.ledger.done(2)).status).toBe('completed');
    expect(client.ledger.faults()).toEqual([]);
  });

  it('learns that the relay goes away', async () => {
    await stage.stopRelay();
    await client.closed;
  });
});
