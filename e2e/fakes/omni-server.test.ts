import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { speak } from '../audio/voice.ts';
import { encodeWav, parseWav } from '../audio/wav.ts';
import { createFakeOmni, type FakeOmni, type FakeOmniOptions } from './omni-server.ts';

const open: FakeOmni[] = [];
afterEach(async () => {
  for (const fake of open.splice(0)) await fake.close();
});

async function start(options: FakeOmniOptions = {}): Promise<FakeOmni> {
  const fake = await createFakeOmni({ ...options, script: { pace: 0, reply: 'Good day.', ...options.script } });
  open.push(fake);
  return fake;
}

const wav = Buffer.from(encodeWav({ samples: new Int16Array(8_000).fill(3_277), rateHz: 16_000 })).toString('base64');
const message = { role: 'user', content: [{ type: 'input_audio', input_audio: { data: wav, format: 'wav' } }] };

function ask(fake: FakeOmni, extra: object = {}, signal?: AbortSignal): Promise<Response> {
  const body = JSON.stringify({ model: fake.model, messages: [message], stream: true, ...extra });
  return fetch(`${fake.baseUrl}/v1/chat/completions`, { method: 'POST', body, ...(signal ? { signal } : {}) });
}

interface WireChunk {
  modality?: string;
  choices: { index: number; delta: { content?: string; role?: string }; finish_reason: string | null }[];
  usage?: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}

async function readChunks(response: Response): Promise<WireChunk[]> {
  const lines = (await response.text()).split('\n\n').filter((line) => line !== '');
  expect(lines.at(-1)).toBe('data: [DONE]');
  return lines.slice(0, -1).map((line) => JSON.parse(line.replace(/^data: /, '')) as WireChunk);
}

const contentOf = (chunks: readonly WireChunk[], modality: string) =>
  chunks.filter((chunk) => chunk.modality === modality).map((chunk) => chunk.choices[0]?.delta.content ?? '');

describe('the fake server', () => {
  it('streams words and speech in one choice, ends on an audio chunk, then usage, then [DONE]', async () => {
    const response = await ask(await start({ script: { chunkMs: 200 } }), {
      stream_options: { include_usage: true },
      audio: { format: 'pcm16' },
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const chunks = await readChunks(response);
    expect(contentOf(chunks, 'text').join('')).toBe('Good day.');
    const speech = Buffer.concat(contentOf(chunks, 'audio').map((base64) => Buffer.from(base64, 'base64')));
    expect(speech.length / 2).toBe((await speak('Good day.')).samples.length);
    expect(chunks.filter(({ choices }) => choices[0]?.finish_reason).map(({ modality }) => modality)).toEqual([
      'audio',
    ]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 2 } });
  });

  it('makes every chunk a WAV file of its own when asked for wav, the default', async () => {
    const chunks = await readChunks(await ask(await start({ script: { chunkMs: 200 } })));
    const files = contentOf(chunks, 'audio')
      .filter((content) => content !== '')
      .map((base64) => parseWav(Buffer.from(base64, 'base64')));
    expect(files.length).toBeGreaterThan(1);
    expect(new Set(files.map(({ rateHz }) => rateHz))).toEqual(new Set([24_000]));
    expect(files.reduce((sum, { samples }) => sum + samples.length, 0)).toBe((await speak('Good day.')).samples.length);
    expect(chunks.at(-1)?.choices).toHaveLength(1);
  });

  it('keeps its voice to itself when asked for text', async () => {
    const chunks = await readChunks(await ask(await start(), { modalities: ['text'] }));
    expect(new Set(chunks.map(({ modality }) => modality))).toEqual(new Set(['text']));
  });

  it('answers without a stream in two choices', async () => {
    const response = await ask(await start(), { stream: false });
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { content: 'Good day.' } }, { message: { audio: { transcript: '' } } }],
    });
  });

  it.each([
    ['an unknown modality', { modalities: ['text', 'smell'] }, 400, 'Unsupported output modalities smell'],
    ['an unknown audio format', { audio: { format: 'midi' } }, 400, 'wav, pcm, pcm16'],
    ['an unknown speaker', { speaker: 'nobody' }, 400, 'nobody'],
    ['another model', { model: 'gpt-5' }, 404, 'does not exist'],
    ['no messages', { messages: [] }, 400, 'messages'],
    [
      'audio that is none',
      {
        messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }] }],
      },
      400,
      'audio',
    ],
    ['a temperature out of range', { temperature: 9 }, 400, 'temperature'],
  ])('refuses %s as the real one does', async (_, extra, status, words) => {
    const fake = await start();
    const response = await ask(fake, extra);
    expect(response.status).toBe(status);
    const { error } = (await response.json()) as { error: { message: string; code: number } };
    expect(error.message).toContain(words);
    expect(error.code).toBe(status);
    expect(fake.requests).toHaveLength(0);
  });

  it('lower-cases the speaker it is given', async () => {
    expect((await ask(await start(), { speaker: 'Chelsie' })).status).toBe(200);
  });

  it('measures the audio it is given', async () => {
    const fake = await start();
    await (await ask(fake)).text();
    expect(fake.requests[0]?.audios).toMatchObject([{ durationMs: 500, rateHz: 16_000 }]);
    expect(fake.requests[0]?.audios[0]?.levelDb).toBeCloseTo(-20, 1);
  });

  it('sees a client leave at once, and its metrics say so', async () => {
    const fake = await start({ script: { pace: 1, chunkMs: 100, reply: 'This one takes a while to say, you know.' } });
    const client = new AbortController();
    const response = await ask(fake, {}, client.signal);
    await response.body?.getReader().read();
    const metrics = async () => (await fetch(`${fake.baseUrl}/metrics`)).text();
    expect(await metrics()).toContain('omni_num_requests_running 1');
    const leftMs = performance.now();
    client.abort();
    await expect.poll(() => fake.requests[0]?.outcome).toBe('aborted');
    expect((fake.requests[0]?.abortedAtMs ?? 0) - leftMs).toBeLessThan(100);
    await expect.poll(metrics).toContain('omni_num_requests_running 0');
    expect(await metrics()).toContain('{finished_reason="abort"} 1');
  });

  it('does not take its own breaking off for a client leaving', async () => {
    const fake = await start({ script: { fault: { kind: 'die', afterChunks: 3 } } });
    await expect(ask(fake).then((response) => response.text())).rejects.toThrow();
    await expect.poll(() => fake.counters.running).toBe(0);
    expect(fake.requests[0]?.outcome).toBe('broken');
    expect(fake.counters).toMatchObject({ aborted: 0, faults: 1 });
  });

  it('keeps to its pace', async () => {
    const fake = await start({ script: { pace: 0.5, chunkMs: 100, firstAudioMs: 150 } });
    const startedMs = performance.now();
    await (await ask(fake)).text();
    const speechMs = (await speak('Good day.')).samples.length / 24;
    const tookMs = performance.now() - startedMs;
    expect(tookMs).toBeGreaterThan(150 + (speechMs - 100) * 0.5 - 20);
    expect(tookMs).toBeLessThan(150 + speechMs * 0.5 + 400);
  });

  it('answers one request by what was queued and the next as always', async () => {
    const fake = await start();
    fake.next({ fault: { kind: 'status', status: 503, retryAfter: '2' } });
    const refused = await ask(fake);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect((await ask(fake)).status).toBe(200);
  });

  it('runs as a process of its own that ends with its input', async () => {
    const launcher = fileURLToPath(new URL('./omni-server.launch.mjs', import.meta.url));
    const child = spawn(process.execPath, [launcher], {
      env: { ...process.env, FAKE_OMNI: '{"model":"m"}' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { baseUrl } = JSON.parse(line.toString()) as { baseUrl: string };
    expect(await (await fetch(`${baseUrl}/v1/models`)).json()).toMatchObject({ data: [{ id: 'm' }] });
    child.stdin.end();
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
  });
});
