import { unzipSync } from 'fflate';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toFileNames } from '../speech/batch-request.ts';
import { startSpeechRelay, until, type SpeechRelay } from './testing/speech-relay.ts';

let relay: SpeechRelay;

beforeEach(async () => {
  relay = await startSpeechRelay();
});
afterEach(() => relay.stop());

const ITEMS = ['Number one.', 'Number two.', 'Number three.', 'Number four.', 'Number five.'].map((text) => ({ text }));

async function unzip(response: Response): Promise<Record<string, Buffer>> {
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes)]));
}

const json = (file: Buffer | undefined): unknown => JSON.parse(String(file));

async function events(response: Response): Promise<Record<string, unknown>[]> {
  const lines = (await response.text()).split('\n\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line.replace(/^data: /, '')) as Record<string, unknown>);
}

describe('POST /voice/batch', () => {
  it('is a well-formed WAV for one text', async () => {
    const response = await relay.post('/voice/batch', { text: 'Hello.', voice: 'Ada', language: 'en' });
    const wav = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-type')).toBe('audio/wav');
    expect([wav.readUInt32LE(4), wav.readUInt32LE(40)]).toEqual([wav.length - 8, wav.length - 44]);
    expect(wav.length - 44).toBe(6 * 10 * 48);
    expect(relay.synthesiser.asked[0]?.request).toMatchObject({ voice: 'Ada', language: 'en' });
  });

  it('is a ZIP for many, with a list of what is in it', async () => {
    const items = [{ text: 'Hello.', name: 'greeting' }, { text: 'Good night.' }, { text: 'Hello.', name: 'Greeting' }];
    const response = await relay.post('/voice/batch', { items });
    expect(response.headers.get('content-type')).toBe('application/zip');
    expect(response.headers.get('x-batch-items')).toBe('3');
    const files = await unzip(response);
    expect(Object.keys(files).sort()).toEqual(['Greeting-2.wav', 'greeting.wav', 'item-002.wav', 'manifest.json']);
    expect(files['greeting.wav']!.length).toBe(44 + 6 * 480);
    const manifest = json(files['manifest.json']) as { index: number }[];
    expect(manifest.sort((a, b) => a.index - b.index)).toEqual([
      { index: 0, name: 'greeting.wav', durationMs: 60 },
      { index: 1, name: 'item-002.wav', durationMs: 110 },
      { index: 2, name: 'Greeting-2.wav', durationMs: 60 },
    ]);
  });

  it('reports what failed within, and speaks the rest', async () => {
    relay.synthesiser.onRequest = (speech) =>
      speech.request.text.includes('three') ? speech.fail('upstream-rejected') : speech.audio(10).end();
    const files = await unzip(await relay.post('/voice/batch', { items: ITEMS }));
    expect(Object.keys(files)).toHaveLength(4 + 2);
    expect(json(files['errors.json'])).toEqual([
      {
        ...{ index: 2, name: 'item-003.wav', code: 'upstream-rejected' },
        detail: 'the speech server refused the request; check voice, language and length',
      },
    ]);
  });

  it('works on three at a time', async () => {
    let running = 0;
    let most = 0;
    relay.synthesiser.onRequest = (speech) => {
      most = Math.max(most, ++running);
      setTimeout(() => (running--, speech.audio(10).end()), 20);
    };
    expect(Object.keys(await unzip(await relay.post('/voice/batch', { items: ITEMS })))).toHaveLength(6);
    expect(most).toBe(3);
  });

  it('sends each file as it is finished', async () => {
    relay.synthesiser.onRequest = (speech) =>
      speech.request.text.includes('two') ? speech.audio(10).end() : undefined;
    const response = await relay.post('/voice/batch', { items: ITEMS });
    const reader = response.body!.getReader();
    let bytes = 0;
    while (bytes < 524) bytes += (await reader.read()).value?.length ?? 0;
    expect(relay.synthesiser.asked.filter(({ isLeft }) => !isLeft).length).toBeGreaterThan(0);
    await reader.cancel();
    await until(() => relay.synthesiser.asked.every(({ isLeft }) => isLeft));
  });

  it('tells its progress as events where those are asked for', async () => {
    relay.synthesiser.onRequest = (speech) =>
      speech.request.text.includes('two') ? speech.fail('upstream-busy') : speech.audio(10).end();
    const response = await relay.post('/voice/batch', { items: ITEMS }, { headers: { accept: 'text/event-stream' } });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const told = await events(response);
    expect(told.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5, undefined]);
    expect(told.at(-1)).toEqual({ type: 'batch.done', total: 5, failed: 1 });
    const failure = told.find(({ type }) => type === 'batch.item.failed');
    expect(failure).toMatchObject({ index: 1, name: 'item-002.wav', code: 'upstream-busy', total: 5 });
    const item = told.find(({ index }) => index === 0)!;
    expect(item).toMatchObject({ type: 'batch.item', name: 'item-001.wav', durationMs: 10 });
    expect(Buffer.from(item['audio'] as string, 'base64').length).toBe(44 + 480);
  });

  it('stops everything at once when the client goes', async () => {
    relay.synthesiser.onRequest = () => {};
    const socket = connect(relay.port, '127.0.0.1');
    const body = JSON.stringify({ items: ITEMS });
    socket.write(
      `POST /voice/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await until(() => relay.synthesiser.asked.length === 3);
    const leftAtMs = performance.now();
    socket.destroy();
    await until(() => relay.synthesiser.asked.every(({ isLeft }) => isLeft));
    expect(performance.now() - leftAtMs).toBeLessThan(100);
    await until(async () => (await relay.metric('voice_gateway_active_streams{kind="batch"}')) === 0);
    expect(relay.synthesiser.asked).toHaveLength(3);
  });

  it.each([
    ['neither a text nor items', {}],
    ['both', { text: 'a', items: [{ text: 'a' }] }],
    ['no items', { items: [] }],
    ['too many', { items: new Array(101).fill({ text: 'a' }) }],
    ['an item without a text', { items: [{ name: 'a' }] }],
    ['an item of only marks', { items: [{ text: '---' }] }],
    ['a text too long to hold', { text: 'a'.repeat(5_001) }],
    ['a name with a path', { items: [{ text: 'a', name: '../../etc/passwd' }] }],
    ['a hidden name', { items: [{ text: 'a', name: '.bashrc' }] }],
    ['a name of another system', { items: [{ text: 'a', name: 'a\\b' }] }],
    ['items that are none', { items: 'abc' }],
  ])('refuses %s', async (_, body) => {
    const response = await relay.post('/voice/batch', body);
    expect(await response.json()).toMatchObject({ status: 400, code: 'body-invalid' });
    expect(relay.synthesiser.asked).toHaveLength(0);
  });

  it('says where in a list something is wrong', async () => {
    const response = await relay.post('/voice/batch', { items: [{ text: 'a' }, { text: 'b', speed: 2 }] });
    expect(((await response.json()) as { detail: string }).detail).toContain('items.1.speed');
  });

  it('answers for one text with the status of its failure', async () => {
    relay.synthesiser.onRequest = (speech) => speech.audio(10).fail('upstream-died');
    expect(await (await relay.post('/voice/batch', { text: 'a' })).json()).toMatchObject({
      ...{ status: 502, code: 'upstream-died' },
    });
  });
});

describe('names of files', () => {
  it('never meet, even on a disk that ignores case', () => {
    const items = ['a', 'A', 'a-2', undefined, 'item-004'].map((name) => ({ text: 'x', ...(name && { name }) }));
    const names = toFileNames(items);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(5);
  });
});
