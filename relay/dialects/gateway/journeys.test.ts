import { beforeEach, describe, expect, it } from 'vitest';
import { MU_LAW } from '#dsp/g711';
import type { WireFormat } from '../audio/wire-audio.ts';
import { DialectStage, settled, type StageClient } from '../testing/dialect-stage.ts';
import { openGateway } from './open-gateway.ts';

const PCM_24: WireFormat = { encoding: 'pcm16', rateHz: 24_000 };

let stage: DialectStage;
beforeEach(() => {
  stage = new DialectStage();
});

function connect(format: WireFormat = PCM_24, resumed?: string): StageClient {
  const client = stage.client();
  openGateway(client.socket, { format, resumed, key: undefined }, stage.parts);
  return client;
}

/** So many milliseconds, in frames of 100. */
function speak(client: StageClient, ms: number, bytesPerMs = 48): void {
  for (let at = 0; at < ms; at += 100) client.speak(new Uint8Array(100 * bytesPerMs).fill(1 + (at % 7)));
}

/** Somebody says something for a second, and the relay notices. */
async function sayAloud(client: StageClient, fromMs = 0): Promise<void> {
  speak(client, 1_200);
  stage.speech('started', fromMs + 400);
  stage.speech('stopped', fromMs + 1_000);
  await settled();
}

async function answered(text = 'Noon.', ms = 200): Promise<void> {
  stage.upstream.last.text(text).audio(ms).end();
  await settled();
}

const golden = (name: string) => expect(stage.transcript).toMatchFileSnapshot(`fixtures/${name}.txt`);

describe('journeys over /voice', () => {
  it('a spoken turn, and another', async () => {
    const client = connect();
    await sayAloud(client);
    stage.upstream.last.push({ kind: 'transcript', text: 'What time is it?', language: 'en' });
    await answered();
    expect(client.heard.length).toBe(200 * 48);
    stage.pass(1_000);
    await sayAloud(client, 1_200);
    expect(stage.upstream.last.context.map(({ kind }) => kind)).toEqual(['user', 'assistant']);
    await answered('Still noon.');
    await golden('spoken-turns');
  });

  it('speech into an answer that is being given', async () => {
    const client = connect();
    await sayAloud(client);
    stage.upstream.last.text('It is noon and').audio(400).audio(400);
    await settled();
    stage.pass(300);
    speak(client, 300);
    stage.speech('started', 1_300);
    await settled();
    expect(client.last('interrupted')).toMatchObject({ heardMs: 300 });
    expect(stage.upstream.last.signal.aborted).toBe(true);
    await golden('interrupted-by-speech');
  });

  it('speech into an answer that has all been sent and is still being played', async () => {
    const client = connect();
    await sayAloud(client);
    await answered('Noon, and all is well.', 2_000);
    stage.pass(500);
    stage.speech('started', 1_200);
    expect(client.last('interrupted')).toMatchObject({ heardMs: 500 });
    await golden('interrupted-while-playing');
  });

  it('an answer stopped by the client, that knows what was heard of it', async () => {
    const client = connect();
    await sayAloud(client);
    stage.upstream.last.text('One two three four').audio(400).audio(400);
    await settled();
    stage.pass(300);
    client.say({ type: 'interrupt' });
    client.say({ type: 'interrupt', response: client.last('interrupted')['response'], heardMs: 100 });
    client.say({ type: 'interrupt', response: 'resp_of_yesterday', heardMs: 50 });
    client.say({ type: 'interrupt' });
    await settled();
    expect(client.all('interrupted').map(({ heardMs }) => heardMs)).toEqual([300, 100]);
    await golden('interrupted-by-client');
  });

  it('push to talk', async () => {
    const client = connect();
    client.say({ type: 'config', turnDetection: 'manual', instructions: 'Be brief.', voice: 'Ada', language: 'en' });
    speak(client, 500);
    client.say({ type: 'audio.commit' });
    await settled();
    expect(stage.upstream.last.spoken.length).toBe(500 * 32);
    expect(stage.upstream.last.turn.settings).toMatchObject({ voice: 'Ada' });
    stage.upstream.last.text('Noon.').audio(100);
    await settled();
    speak(client, 300);
    client.say({ type: 'audio.commit' });
    await settled();
    await answered('Noon, as I said.');
    client.say({ type: 'config', voice: null, turnDetection: 'semantic' });
    await golden('push-to-talk');
  });

  it('a turn that the client ends before the relay does, and one it ends after', async () => {
    const client = connect();
    speak(client, 1_000);
    stage.speech('started', 200);
    client.say({ type: 'audio.commit' });
    await settled();
    await answered();
    stage.pass(1_000);
    await sayAloud(client, 1_000);
    client.say({ type: 'audio.commit' });
    await settled();
    expect(stage.upstream.answers).toHaveLength(2);
    await answered();
    await golden('commit-beside-turn-detection');
  });

  it('a call over the telephone', async () => {
    const client = connect({ encoding: 'pcmu' });
    speak(client, 1_200, 8);
    stage.speech('started', 400);
    stage.speech('stopped', 1_000);
    await settled();
    await answered('Noon.', 500);
    expect(client.heard.length).toBe(500 * 8);
    expect(MU_LAW.decode(client.heard).length).toBe(4_000);
    await golden('telephone');
  });

  it('a conversation that goes on after its connection was lost', async () => {
    const first = connect();
    await sayAloud(first);
    await answered();
    const { session } = first.last('ready');
    stage.pass(1_000);
    first.terminate();
    const second = connect(PCM_24, String(session));
    expect(second.last('ready')).toMatchObject({ session, isResumed: true });
    await sayAloud(second);
    expect(stage.upstream.last.context.map(({ kind }) => kind)).toEqual(['user', 'assistant']);
    await answered('Still noon.');
    await golden('resumed');
  });

  it('a conversation that another connection takes over before the first is known to be lost', async () => {
    const first = connect();
    await sayAloud(first);
    stage.upstream.last.text('It is').audio(300);
    await settled();
    stage.pass(200);
    const second = connect({ encoding: 'pcma' }, String(first.last('ready')['session']));
    expect(first.closed?.code).toBe(1001);
    expect(stage.upstream.last.signal.aborted).toBe(true);
    speak(second, 1_200, 8);
    stage.speech('started', 400);
    stage.speech('stopped', 1_000);
    await settled();
    await answered('Noon.', 100);
    expect(second.heard.length).toBe(800);
    await golden('taken-over');
  });

  it('an answer that the server behind breaks off', async () => {
    const client = connect();
    await sayAloud(client);
    stage.upstream.last.text('It is').audio(100).fail('upstream-busy', 700);
    await settled();
    expect(client.last('response.done')).toMatchObject({ status: 'failed', error: { retryAfterMs: 700 } });
    await golden('failed');
  });
});
