import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { failBeforeHeaders, playStream } from './omni-response.ts';
import { readRequest, Refusal, type ReceivedRequest } from './omni-request.ts';
import { DEFAULT_SCRIPT, type OmniDialect, type OmniScript } from './omni-script.ts';
import { replyOf, speechChunks, toTimeline, usageOf } from './omni-timeline.ts';

export interface FakeOmniOptions {
  /** Of the requests nothing else was scripted for. */
  script?: Partial<OmniScript>;
  model?: string;
  dialect?: OmniDialect;
  /** Demanded as a bearer token, where given. */
  apiKey?: string;
  /** 0 takes any free one. */
  port?: number;
}

/**
 * A GPU server without a GPU: vLLM-Omni's streaming chat wire, answered with synthesized speech, on the loopback. It
 * checks and keeps what it is asked, answers by script, breaks in every way a server breaks, and sees clients leave.
 */
export class FakeOmni {
  /** Everything it was asked, in order; refused requests are not among them. */
  readonly requests: ReceivedRequest[] = [];
  readonly model: string;
  /** What to answer by, unless `next` said otherwise; may be changed at any time. */
  script: OmniScript;
  /** For health checks: a server that is loading or whose engine has died answers 503. */
  isHealthy = true;
  readonly counters = { running: 0, peakRunning: 0, finished: 0, aborted: 0, refused: 0, faults: 0, connections: 0 };
  readonly #queued: Partial<OmniScript>[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #apiKey: string | undefined;
  readonly #dialect: OmniDialect;

  constructor(options: FakeOmniOptions = {}) {
    const { script, model = 'Qwen/Qwen3-Omni-30B-A3B-Instruct', dialect = 'vllm-omni', apiKey } = options;
    this.model = model;
    this.#dialect = dialect;
    this.script = { ...DEFAULT_SCRIPT, ...script };
    this.#apiKey = apiKey;
    this.#server = createServer((request, response) => void this.#route(request, response));
    this.#server.keepAliveTimeout = 5_000;
    this.#server.on('connection', (socket) => {
      this.counters.connections++;
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections open at this moment, idle ones included. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  listen(port = 0): Promise<void> {
    return new Promise((listening, refused) => {
      this.#server.once('error', refused).listen(port, '127.0.0.1', listening);
    });
  }

  /** For the next request nothing was queued for yet. */
  next(script: Partial<OmniScript>): void {
    this.#queued.push(script);
  }

  /** Hangs up on everybody and stops listening. */
  close(): Promise<void> {
    return new Promise((closed) => {
      this.#server.close(() => closed());
      this.#server.closeAllConnections();
    });
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${request.url}`;
    if (route === 'GET /health') return void response.writeHead(this.isHealthy ? 200 : 503).end();
    if (route === 'GET /metrics') return void response.end(this.#metrics());
    if (this.#apiKey !== undefined && request.headers.authorization !== `Bearer ${this.#apiKey}`) {
      return this.#refuse(response, new Refusal(401, 'Unauthorized', 'Unauthorized'));
    }
    if (route === 'GET /v1/models') return sendJson(response, 200, { object: 'list', data: [this.#describe()] });
    if (route !== 'POST /v1/chat/completions') return sendJson(response, 404, { detail: 'Not Found' });
    const body = await readBody(request);
    if (body !== undefined) await this.#chat(body, response);
  }

  #describe(): object {
    const model = { id: this.model, object: 'model' };
    if (this.#dialect !== 'llama-cpp') return model;
    const architecture = { input_modalities: ['text', 'audio'], output_modalities: ['text'] };
    return { ...model, owned_by: 'llamacpp', architecture };
  }

  async #chat(json: string, response: ServerResponse): Promise<void> {
    const received = readRequest(json, this.model, this.#dialect);
    if (received instanceof Refusal) return this.#refuse(response, received);
    const script = { ...this.script, ...this.#queued.shift() };
    this.requests.push(received);
    const { counters } = this;
    counters.peakRunning = Math.max(counters.peakRunning, ++counters.running);
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableEnded && received.outcome === 'running') {
        received.abortedAtMs = performance.now();
        received.outcome = 'aborted';
        counters.aborted++;
      }
      gone.abort();
    });
    try {
      await this.#answer(received, script, response, gone.signal);
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    } finally {
      counters.running--;
    }
  }

  async #answer(
    received: ReceivedRequest,
    script: OmniScript,
    response: ServerResponse,
    gone: AbortSignal,
  ): Promise<void> {
    // Before anything is broken: the socket's closing must not be taken for the client's.
    const onFault = () => {
      this.counters.faults++;
      if (script.fault?.kind !== 'stall' && script.fault?.kind !== 'hang-before-headers') received.outcome = 'broken';
    };
    if (script.fault && !('afterChunks' in script.fault)) {
      onFault();
      return failBeforeHeaders(response, script.fault);
    }
    if (received.body.stream) {
      const events = await toTimeline(script, received, `chatcmpl-${this.requests.length}`, this.#dialect);
      await playStream(response, events, { ...script, onFault }, received.receivedAtMs, gone);
      if (received.outcome === 'running') this.#finish(received);
      return;
    }
    const text = replyOf(script, received);
    const [data] = await speechChunks(text, received.body.audio.format ?? 'wav', Infinity, script.sound);
    const choices = [
      { index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' },
      ...audioChoice(data),
    ];
    sendJson(response, 200, { object: 'chat.completion', model: this.model, choices, usage: usageOf(received, 1) });
    this.#finish(received);
  }

  #finish(received: ReceivedRequest): void {
    received.outcome = 'finished';
    this.counters.finished++;
  }

  #refuse(response: ServerResponse, refusal: Refusal): void {
    this.counters.refused++;
    response.writeHead(refusal.status, { 'content-type': 'application/json' }).end(refusal.toJson());
  }

  #metrics(): string {
    const { running, finished, aborted } = this.counters;
    return [
      `vllm:omni_num_requests_running ${running}`,
      'vllm:omni_num_requests_waiting 0',
      `omni_requests_success_total{finished_reason="stop"} ${finished}`,
      `omni_requests_success_total{finished_reason="abort"} ${aborted}`,
      '',
    ].join('\n');
  }
}

/** Listening on `baseUrl` when it resolves; the caller closes it. */
export async function createFakeOmni(options: FakeOmniOptions = {}): Promise<FakeOmni> {
  const fake = new FakeOmni(options);
  await fake.listen(options.port);
  return fake;
}

const audioChoice = (data: string | undefined) => {
  const audio = { id: 'audio-1', data, expires_at: 0, transcript: '' };
  return data === undefined ? [] : [{ index: 1, message: { role: 'assistant', audio }, finish_reason: 'stop' }];
};

function sendJson(response: ServerResponse, status: number, json: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
}

/** Nothing where the client hung up in the middle of it. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  } catch {
    return undefined;
  }
  return Buffer.concat(pieces).toString('utf8');
}
