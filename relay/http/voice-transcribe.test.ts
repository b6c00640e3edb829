import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeWav } from '#dsp/wav';
import { startSpeechRelay, until, type SpeechRelay } from './testing/speech-relay.ts';

let relay: SpeechRelay;

beforeEach(async () => {
  relay = await startSpeechRelay();
});
afterEach(() => relay.stop());

/** Noise with a pause of half a second in every ten. */
function recording(seconds: number): Uint8Array<ArrayBuffer> {
  let seed = 7;
  const samples = Int16Array.from({ length: seconds * 16_000 }, (_, i) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return i % 160_000 > 152_000 ? 0 : (seed % 12_000) - 6_000;
  });
  return encodeWav(samples, 16_000);
}

function send(file: Uint8Array<ArrayBuffer> | undefined, fields: Record<string, string> = {}): Promise<Response> {
  const form = new FormData();
  if (file) form.set('audio', new Blob([file]), 'speech.bin');
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return fetch(`${relay.url}/voice/transcribe`, { method: 'POST', body: form });
}

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../speech/decode/fixtures/${name}`, import.meta.url)));

describe('POST /voice/transcribe', () => {
  it('hands the recording over at 16 kHz and gives the words back', async () => {
    relay.recogniser.answer = () => [{ kind: 'done', text: 'Hello there.', language: 'en' }];
    const tone = Int16Array.from({ length: 48_000 }, (_, i) => 8_000 * Math.sin(i / 20));
    const response = await send(encodeWav(tone, 48_000), { language: 'en' });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ text: 'Hello there.' });
    const { request } = relay.recogniser.asked[0]!;
    expect([request.audio.length, request.language, request.timed]).toEqual([32_000, 'en', undefined]);
  });

  it.each(['tone.mp3', 'tone.flac', 'tone.webm', 'stereo-24.flac'])('reads %s', async (name) => {
    expect(await (await send(fixture(name))).json()).toEqual({ text: 'piece 1' });
    expect(relay.recogniser.asked[0]!.request.audio.length).toBeGreaterThan(3_000);
  });

  it.each([
    ['text', 'text/plain; charset=utf-8', 'One. Two.\n'],
    [
      'srt',
      'application/x-subrip; charset=utf-8',
      '1\n00:00:00,200 --> 00:00:00,900\nOne.\n\n2\n00:00:01,000 --> 00:00:02,000\nTwo.\n\n',
    ],
    [
      'vtt',
      'text/vtt; charset=utf-8',
      'WEBVTT\n\n00:00:00.200 --> 00:00:00.900\nOne.\n\n00:00:01.000 --> 00:00:02.000\nTwo.\n\n',
    ],
    [
      'verbose_json',
      'application/json',
      JSON.stringify({
        ...{ task: 'transcribe', language: 'en', duration: 2, text: 'One. Two.' },
        segments: [
          { id: 0, start: 0.2, end: 0.9, text: 'One.' },
          { id: 1, start: 1, end: 2, text: 'Two.' },
        ],
      }),
    ],
  ])('writes %s', async (format, type, body) => {
    relay.recogniser.answer = () => [
      { kind: 'partial', text: 'On' },
      { kind: 'segment', text: 'One.', startMs: 200, endMs: 900 },
      { kind: 'segment', text: 'Two.', startMs: 1_000, endMs: 2_400 },
      { kind: 'done', text: 'One. Two.', language: 'en' },
    ];
    const response = await send(recording(2), { response_format: format });
    expect([response.headers.get('content-type'), await response.text()]).toEqual([type, body]);
    expect(relay.recogniser.asked[0]!.request.timed).toBe(format === 'text' ? undefined : true);
  });

  it('works through a long recording in pieces cut in pauses, and tells its progress', async () => {
    const response = await send(recording(70), { stream: 'true', response_format: 'srt' });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const told = (await response.text()).split('\n\n').filter(Boolean);
    const events = told.map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>);
    const progress = events.filter(({ type }) => type === 'transcript.progress');
    expect(progress.length).toBeGreaterThanOrEqual(3);
    expect(progress.at(-1)).toEqual({ type: 'transcript.progress', processed_ms: 70_000, total_ms: 70_000 });
    const deltas = events.filter(({ type }) => type === 'transcript.text.delta').map(({ delta }) => delta);
    expect(deltas.join('')).toBe(progress.map((_, i) => `piece ${i + 1}`).join(' '));
    expect(events.at(-1)!['type']).toBe('transcript.text.done');
    expect(events.at(-1)!['text']).toMatch(/^1\n00:00:00,000 --> 00:00:\d\d,\d{3}\npiece 1\n\n2\n/);
    for (const { request } of relay.recogniser.asked) expect(request.audio.length).toBeLessThanOrEqual(30 * 32_000);
    const seconds = relay.recogniser.asked.reduce((sum, { request }) => sum + request.audio.length / 32_000, 0);
    expect(seconds).toBeCloseTo(70, 3);
  });

  it.each([
    ['Ogg Vorbis', fixture('vorbis.ogg'), 415, 'audio-unsupported'],
    ['a text', new TextEncoder().encode('hello'), 415, 'audio-unsupported'],
    ['an empty file', new Uint8Array(0), 422, 'audio-invalid'],
    ['a WAV without samples', encodeWav(new Int16Array(0), 16_000), 422, 'audio-invalid'],
  ])('refuses %s in plain words', async (_, file, status, code) => {
    const response = await send(file);
    expect(response.status).toBe(status);
    const body = (await response.json()) as { code: string; detail: string };
    expect(body.code).toBe(code);
    if (status === 415) expect(body.detail).toContain('send WAV, MP3, FLAC, Ogg Opus, WebM Opus');
    expect(relay.recogniser.asked).toHaveLength(0);
  });

  it.each([
    ['no file', undefined, {}, 'audio'],
    ['a text for a file', undefined, { audio: 'hello' }, 'audio'],
    ['an unknown format', recording(1), { response_format: 'docx' }, 'response_format'],
    ['an odd language', recording(1), { language: '../../etc' }, 'language'],
    ['an odd switch', recording(1), { stream: 'maybe' }, 'stream'],
  ])('refuses %s', async (_, file, fields, where) => {
    const response = await send(file, fields);
    const body = (await response.json()) as { code: string; detail: string };
    expect([response.status, body.code, body.detail]).toEqual([400, 'body-invalid', `wrong or missing: ${where}`]);
  });

  it('refuses other media types, broken forms and files beyond 25 MiB', async () => {
    const asJson = await relay.post('/voice/transcribe', {});
    expect(await asJson.json()).toMatchObject({ status: 415, code: 'media-unsupported' });
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const broken = await relay.post('/voice/transcribe', '--x\r\nnonsense', { headers });
    expect(await broken.json()).toMatchObject({ status: 400, code: 'body-invalid' });
    const head = '--x\r\nContent-Disposition: form-data; name="audio"; filename="a"\r\n\r\n';
    for (const cut of [
      '',
      '--x',
      '--x\r\n',
      head,
      `${head}RIFF`,
      `${head}RIFF\r\n--x`,
      `${head}\r\n--x--`,
      '\0'.repeat(999),
    ]) {
      const { status } = await relay.post('/voice/transcribe', cut, { headers });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
    const many = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'.repeat(1_000);
    expect((await relay.post('/voice/transcribe', `${many}--x--\r\n`, { headers })).status).toBe(400);
    const large = await send(new Uint8Array(26 * 1024 * 1024));
    expect(await large.json()).toMatchObject({ status: 413, code: 'body-too-large' });
  });

  it('passes on why the server failed', async () => {
    const failure = { kind: 'failed', problem: { kind: 'upstream-unreachable', retry: 'later' } } as const;
    relay.recogniser.answer = () => [failure];
    const response = await send(recording(1));
    expect(await response.json()).toMatchObject({
      ...{ status: 503, code: 'upstream-unreachable', detail: 'the transcription server cannot be reached' },
    });
    const streamed = await (await send(recording(1), { stream: '1' })).text();
    expect(streamed).toContain('"type":"error","code":"upstream-unreachable"');
  });

  it('stops at once when the client goes', async () => {
    relay.recogniser.answer = () => 'hang';
    const form = new Response(
      (() => {
        const data = new FormData();
        data.set('audio', new Blob([recording(1)]));
        return data;
      })(),
    );
    const body = Buffer.from(await form.clone().arrayBuffer());
    const socket = connect(relay.port, '127.0.0.1');
    socket.write(
      `POST /voice/transcribe HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${form.headers.get('content-type')}\r\n` +
        `Content-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body);
    await until(() => relay.recogniser.asked.length === 1);
    const leftAtMs = performance.now();
    socket.destroy();
    await until(() => relay.recogniser.asked[0]!.signal.aborted);
    expect(performance.now() - leftAtMs).toBeLessThan(100);
    await until(async () => (await relay.metric('voice_gateway_active_streams{kind="transcribe"}')) === 0);
  });

  it('takes four at a time', async () => {
    relay.recogniser.answer = () => 'hang';
    const abort = new AbortController();
    const form = () => {
      const data = new FormData();
      data.set('audio', new Blob([recording(1)]));
      return data;
    };
    const ask = () => fetch(`${relay.url}/voice/transcribe`, { method: 'POST', body: form(), signal: abort.signal });
    const waiting = [1, 2, 3, 4].map(() => ask().catch(() => undefined));
    await until(() => relay.recogniser.asked.length === 4);
    expect(await (await ask()).json()).toMatchObject({ status: 503, code: 'too-many-requests' });
    abort.abort();
    await Promise.all(waiting);
  });
});
