import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { toBytes } from '../../audio/wav.ts';

/** The only PCM rate of the wire. */
export const WIRE_RATE_HZ = 24_000;
const FRAME_MS = 20;
const FRAME_SAMPLES = (WIRE_RATE_HZ * FRAME_MS) / 1000;
const READY_WITHIN_MS = 10_000;

export interface WireEvent {
  type: string;
  /** On the clock of what was streamed: 0 with the first frame. */
  atMs: number;
  /** Of the session's answers, by their order; only of events that belong to one. */
  response?: string;
}

/** An OpenAI Realtime server, GA event names, in server_vad mode with its own defaults. */
export class RealtimeClient {
  readonly events: WireEvent[] = [];
  readonly #socket: WebSocket;
  #startedMs = performance.now();
  #sentFrames = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#note(String(data)));
  }

  /** Ready to be spoken to when it resolves. The key is sent as a bearer token and kept nowhere. */
  static async connect(url: string, apiKey: string | undefined): Promise<RealtimeClient> {
    const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    const socket = new WebSocket(url, { headers, handshakeTimeout: READY_WITHIN_MS });
    const client = new RealtimeClient(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const format = { type: 'audio/pcm', rate: WIRE_RATE_HZ };
    const input = { format, turn_detection: { type: 'server_vad' } };
    client.#send({ type: 'session.update', session: { type: 'realtime', audio: { input, output: { format } } } });
    await client.until('session.updated', READY_WITHIN_MS);
    return client;
  }

  /** Milliseconds of sound sent so far. */
  get nowMs(): number {
    return this.#sentFrames * FRAME_MS;
  }

  /** Streams at the speed of sound, silence behind it if it is not a whole number of frames; resolves with its beginning. */
  async stream(samples: Int16Array): Promise<number> {
    const fromMs = this.nowMs;
    if (fromMs === 0) this.#startedMs = performance.now();
    for (let at = 0; at < samples.length; at += FRAME_SAMPLES) {
      const frame = new Int16Array(FRAME_SAMPLES);
      frame.set(samples.subarray(at, at + FRAME_SAMPLES));
      this.#send({ type: 'input_audio_buffer.append', audio: Buffer.from(toBytes(frame)).toString('base64') });
      this.#sentFrames++;
      // By the clock and not by the timers, whose lateness would add up.
      const waitMs = this.#startedMs + this.nowMs - performance.now();
      if (waitMs > 0) await sleep(waitMs);
    }
    return fromMs;
  }

  silence(ms: number): Promise<number> {
    return this.stream(new Int16Array((WIRE_RATE_HZ * ms) / 1000));
  }

  async until(type: string, withinMs: number): Promise<void> {
    const untilMs = performance.now() + withinMs;
    while (!this.events.some((event) => event.type === type)) {
      if (performance.now() > untilMs) throw new Error(`the server sent no ${type}`);
      await sleep(5);
    }
  }

  close(): void {
    this.#socket.close();
  }

  #send(event: object): void {
    this.#socket.send(JSON.stringify(event));
  }

  #note(json: string): void {
    const event = JSON.parse(json) as { type?: unknown; response_id?: unknown; response?: { id?: unknown } };
    const response = event.response_id ?? event.response?.id;
    this.events.push({
      type: String(event.type),
      atMs: performance.now() - this.#startedMs,
      ...(typeof response === 'string' && { response }),
    });
  }
}
