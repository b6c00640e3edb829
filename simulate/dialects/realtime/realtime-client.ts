import { WireDecoder, WireEncoder } from '../../sound/wire-sound.ts';
import type { AgentClient, AgentListener, ConnectOptions } from '../agent-client.ts';
import { ClientSocket } from '../client-socket.ts';
import type { RealtimeWire } from './realtime-wire.ts';
import { parseServerEvent, type ServerEvent } from './server-event.ts';

/** OpenAI's realtime wire and its relatives, as a caller that only talks and listens: the server takes turns. */
export class RealtimeClient implements AgentClient {
  readonly dialect: string;
  readonly tellHeard?: (answer: string, heardMs: number) => void;
  readonly #socket: ClientSocket;
  readonly #wire: RealtimeWire;
  readonly #listener: AgentListener;
  readonly #encoder: WireEncoder;
  readonly #decoder: WireDecoder;
  /** The item that holds the sound of an answer: what truncation goes by. */
  readonly #items = new Map<string, string>();
  #ready: ((problem?: string) => void) | undefined;

  private constructor(socket: ClientSocket, wire: RealtimeWire, { line, listener }: ConnectOptions) {
    this.dialect = wire.name;
    this.#socket = socket;
    this.#wire = wire;
    this.#listener = listener;
    this.#encoder = new WireEncoder(wire.input(line));
    this.#decoder = new WireDecoder(wire.output(line));
    if (wire.canTruncate) this.tellHeard = (answer, heardMs) => this.#truncate(answer, heardMs);
  }

  static async connect(wire: RealtimeWire, options: ConnectOptions): Promise<RealtimeClient> {
    const socket = await ClientSocket.open(options.url, wire.headers(options.apiKey));
    const client = new RealtimeClient(socket, wire, options);
    const ready = new Promise<void>((resolve, reject) => {
      client.#ready = (problem) => (problem === undefined ? resolve() : reject(new Error(problem)));
    });
    socket.listen({
      onText: (json) => client.#read(json),
      onClose: (code) => client.#closed(code),
    });
    socket.sendJson({ type: 'session.update', session: wire.session(options.line) });
    await socket.within(ready, 'session.updated');
    client.#ready = undefined;
    return client;
  }

  send(samples: Int16Array): void {
    const bytes = this.#encoder.encode(samples);
    // Until the filter has heard enough, a conversion may have nothing to give.
    if (bytes.length === 0) return;
    const audio = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
    this.#socket.sendText(`{"type":"input_audio_buffer.append","audio":"${audio}"}`);
  }

  close(): void {
    this.#socket.close();
  }

  #truncate(answer: string, heardMs: number): void {
    const item_id = this.#items.get(answer);
    // More than there is of it would be refused.
    const audio_end_ms = Math.floor(heardMs);
    if (item_id !== undefined)
      this.#socket.sendJson({ type: 'conversation.item.truncate', item_id, content_index: 0, audio_end_ms });
  }

  #closed(code: number): void {
    this.#ready?.(`the server closed with ${code}`);
    this.#listener({ kind: 'closed', code });
  }

  #read(json: string): void {
    const event = parseServerEvent(json);
    if (!event) return this.#listener({ kind: 'problem', code: 'not-an-event' });
    if (event.type === 'session.updated') this.#ready?.();
    if (event.type === 'error') {
      const { code, type, message } = event.error ?? {};
      this.#ready?.(`the server refused the session: ${message ?? code ?? type}`);
      return this.#listener({ kind: 'problem', code: code ?? type ?? 'error' });
    }
    this.#tell(event);
  }

  #tell(event: ServerEvent): void {
    const { audio, words } = this.#wire;
    const answer = event.response_id ?? event.response?.id ?? '';
    switch (event.type) {
      case 'input_audio_buffer.speech_started':
        return this.#listener({ kind: 'speech-started' });
      case 'input_audio_buffer.speech_stopped':
        return this.#listener({ kind: 'speech-stopped' });
      case 'input_audio_buffer.committed':
        return this.#listener({ kind: 'committed' });
      case 'conversation.item.input_audio_transcription.completed':
        return this.#listener({ kind: 'understood', text: event.transcript ?? '' });
      case 'response.created':
        // An answer broken off may have left its last samples in the filter.
        this.#decoder.finish();
        return this.#listener({ kind: 'answer-started', answer });
      case `${words}.delta`:
        return this.#listener({ kind: 'words', answer, text: event.delta ?? '' });
      case `${audio}.delta`:
        if (event.item_id !== undefined) this.#items.set(answer, event.item_id);
        return this.#sound(answer, this.#decoder.decode(Buffer.from(event.delta ?? '', 'base64')));
      case `${audio}.done`:
        this.#sound(answer, this.#decoder.finish());
        return this.#listener({ kind: 'audio-done', answer });
      case 'response.done':
        return this.#listener({ kind: 'answer-ended', answer, status: event.response?.status ?? 'unknown' });
      default:
        return;
    }
  }

  #sound(answer: string, samples: Int16Array<ArrayBuffer>): void {
    if (samples.length > 0) this.#listener({ kind: 'audio', answer, samples });
  }
}
