import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Json } from './rehearsal.ts';

const PATIENCE_MS = 15_000;

export interface SdkSession {
  outputModalities: readonly ('text' | 'audio')[];
  voice?: string;
  enableTurnDetection?: boolean;
  /** Of a recognition. */
  transcription?: { language?: string; corpusText?: string };
  /** Whatever else, put into the session as it is. */
  more?: Json;
}

/**
 * Behaves as `OmniRealtimeConversation` of DashScope's SDK for Python 1.26 does: what it sends by itself, which keys it
 * looks into, and how its wait for the end of a session ends.
 */
export class SdkClient {
  readonly events: Json[] = [];
  closed: { code: number; reason: string } | undefined;
  /** HTTP status of a refused handshake. */
  refused: number | undefined;
  sessionId: string | undefined;
  lastResponseId: string | undefined;
  firstTextAfterMs: number | undefined;
  firstAudioAfterMs: number | undefined;
  /** What its callback thread would have died of. */
  raised: Error | undefined;
  readonly #socket: WebSocket;
  #responseAtMs = 0;
  #end: ((error?: Error) => void) | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(url: string, model: string, apiKey = 'any') {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/api-ws/v1/realtime?model=${model}`, {
      // The library under the SDK sends an origin, as a page of the server would.
      headers: { authorization: `Bearer ${apiKey}`, 'user-agent': 'dashscope/1.26.2', origin: url },
    });
    this.#socket.on('message', (data, isBinary) => this.#receive(String(data), isBinary));
    this.#socket.on('unexpected-response', (_, { statusCode }) => {
      this.refused = statusCode;
      this.#wake();
    });
    this.#socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.#wake();
    });
    this.#socket.on('error', () => this.#wake());
  }

  /** Connected, and told of the session. */
  static async connect(url: string, model: string, apiKey?: string): Promise<SdkClient> {
    const client = new SdkClient(url, model, apiKey);
    await client.next('session.created');
    return client;
  }

  updateSession({ outputModalities, voice, enableTurnDetection = true, transcription, more }: SdkSession): void {
    const detection = { type: 'server_vad', threshold: 0.2, prefix_padding_ms: 300, silence_duration_ms: 800 };
    const words = transcription && {
      ...(transcription.language !== undefined && { language: transcription.language }),
      ...(transcription.corpusText !== undefined && { corpus: { text: transcription.corpusText } }),
    };
    this.#send('session.update', {
      session: {
        ...{ modalities: outputModalities, voice: voice ?? null },
        ...{ input_audio_format: transcription ? 'pcm' : 'pcm16', output_audio_format: 'pcm16' },
        input_audio_transcription: words ?? { model: null },
        turn_detection: enableTurnDetection ? detection : null,
        ...(transcription && { sample_rate: 16_000 }),
        ...more,
      },
    });
  }

  appendAudio(pcm: Uint8Array): void {
    this.#send('input_audio_buffer.append', { audio: Buffer.from(pcm).toString('base64') });
  }

  /** As the samples do from a file: 100 ms at a time. */
  async appendAll(pcm: Uint8Array, pauseMs: number): Promise<void> {
    for (let at = 0; at < pcm.length; at += 3_200) {
      this.appendAudio(pcm.subarray(at, at + 3_200));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  appendVideo(jpeg: Uint8Array): void {
    this.#send('input_image_buffer.append', { image: Buffer.from(jpeg).toString('base64') });
  }

  commit(): void {
    this.#send('input_audio_buffer.commit', {});
  }

  clearAppendedAudio(): void {
    this.#send('input_audio_buffer.clear', {});
  }

  createItem(item: Json): void {
    this.#send('conversation.item.create', { item });
  }

  createResponse(outputModalities?: readonly string[]): void {
    const modalities = outputModalities ? { modalities: outputModalities } : {};
    this.#send('response.create', { response: { instructions: null, ...modalities } });
  }

  cancelResponse(): void {
    this.#send('response.cancel', {});
  }

  /** Resolves at the end of the session; an error on the way, or none for 20 s, closes the socket and is thrown. */
  async endSession(timeoutMs = 20_000): Promise<void> {
    const ended = new Promise<Error | undefined>((resolve) => (this.#end = resolve));
    this.#send('session.finish', {});
    const limit = setTimeout(() => this.#end?.(new Error(`Session end timeout after ${timeoutMs} ms`)), timeoutMs);
    const error = await ended;
    clearTimeout(limit);
    this.#end = undefined;
    if (!error) return;
    this.close();
    throw error;
  }

  sendRaw(text: string | Uint8Array): void {
    this.#socket.send(text);
  }

  close(): void {
    this.#socket.close();
  }

  all(type: string): Json[] {
    return this.events.filter((event) => event['type'] === type);
  }

  types(): string[] {
    return this.events.map(({ type }) => String(type));
  }

  /** The `nth` event of a type, waited for. */
  async next(type: string, nth = 1): Promise<Json> {
    await this.until(() => this.all(type).length >= nth);
    return this.all(type)[nth - 1] ?? {};
  }

  async until(isSo: () => boolean): Promise<void> {
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (!isSo()) {
      if (this.raised) throw this.raised;
      if (performance.now() > deadlineMs) throw new Error(`waited in vain; heard ${this.types().join(' ')}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 20);
        this.#waiting.add(() => (clearTimeout(timer), resolve()));
      });
    }
  }

  #send(type: string, fields: Json): void {
    this.#socket.send(JSON.stringify({ event_id: `event_${randomUUID().replaceAll('-', '')}`, type, ...fields }));
  }

  #receive(text: string, isBinary: boolean): void {
    try {
      if (isBinary) throw new Error('should not receive binary message in omni realtime api');
      const event = JSON.parse(text) as Json;
      this.events.push(event);
      this.#look(event);
    } catch (thrown) {
      this.raised = thrown as Error;
    }
    this.#wake();
  }

  #look(event: Json): void {
    const type = at(event, 'type');
    const sinceMs = performance.now() - this.#responseAtMs;
    if (type === 'session.created') this.sessionId = String(at(at(event, 'session'), 'id'));
    else if (type === 'session.finished') this.#end?.();
    else if (type === 'error') this.#end?.(new Error(`Session ended with error: ${JSON.stringify(event['error'])}`));
    if (type === 'response.created') {
      this.lastResponseId = String(at(at(event, 'response'), 'id'));
      this.#responseAtMs = performance.now();
      this.firstTextAfterMs = this.firstAudioAfterMs = undefined;
    } else if (type === 'response.audio_transcript.delta') this.firstTextAfterMs ??= sinceMs;
    else if (type === 'response.audio.delta') this.firstAudioAfterMs ??= sinceMs;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

/** A key that Python would raise a KeyError for. */
function at(object: unknown, key: string): unknown {
  const value = typeof object === 'object' && object !== null ? (object as Json)[key] : undefined;
  if (value === undefined) throw new Error(`KeyError: ${key}`);
  return value;
}
