import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { toSamples } from '../audio/wav.ts';
import { LevelEar } from './level-ear.ts';
import { measureAudio, type ReceivedAudio } from './omni-request.ts';
import { REALTIME_GARBAGE, type RealtimeDialect, type RealtimeFault, type RealtimeScript } from './realtime-script.ts';
import { RealtimeHistory, type HistoryItem } from './realtime-history.ts';
import { callsOf, toCallId } from './realtime-calls.ts';
import { replyOf, toClosing, toFrames, toSession, usageOf, type Ids } from './realtime-wire.ts';

/** One utterance the fake was asked to answer. */
export interface ReceivedTurn {
  audio: ReceivedAudio;
  /** Which connection, counted from 1. */
  connection: number;
  /** What the session was set to. */
  session: Record<string, unknown>;
  /** What the server had in its history before it, oldest first. */
  history: readonly HistoryItem[];
  outcome: 'running' | 'finished' | 'broken' | 'aborted';
  /** When the client's cancelling or leaving was seen, by `performance.now()`. */
  abortedAtMs?: number;
}

export interface SessionHost {
  dialect: RealtimeDialect;
  model: string;
  voices: readonly string[];
  connection: number;
  /** Of the server as such. */
  script(): RealtimeScript;
  /** Of the next answer. */
  nextScript(): RealtimeScript;
  onTurn(turn: ReceivedTurn): void;
  onFault(): void;
  onAbort(): void;
}

interface Running {
  turn: ReceivedTurn;
  stop: AbortController;
  ids: Ids;
  /** The words that have left. */
  said: string;
}

type ClientEvent = Record<string, unknown> & { type?: string };

/** The server's end of one socket. */
export class FakeRealtimeSession {
  readonly #socket: WebSocket;
  readonly #host: SessionHost;
  #session: Record<string, unknown> = {};
  #buffer: Buffer[] = [];
  readonly #history: RealtimeHistory;
  #sent = 0;
  #items = 0;
  #answers = 0;
  #running: Running | undefined;
  #isListening = false;
  #ear: LevelEar | undefined;

  constructor(socket: WebSocket, host: SessionHost) {
    this.#socket = socket;
    this.#host = host;
    this.#history = new RealtimeHistory(host.dialect, this.#rateHz);
    socket.on('message', (data) => this.#read(JSON.parse(String(data)) as ClientEvent));
    socket.on('close', () => this.#leave());
    if (host.dialect === 'turn-streaming') this.send({ type: 'session.created', id: 'sess-1', created: 1 });
    else this.send({ type: 'session.created', session: this.#describe() });
  }

  send(frame: object): void {
    const id = this.#host.dialect === 'turn-streaming' ? {} : { event_id: `event_s${++this.#sent}` };
    this.#socket.send(JSON.stringify({ ...id, ...frame }));
  }

  #describe(): object {
    const insistsMs = this.#host.script().insistsOnSilenceMs;
    const vad = { type: 'server_vad', threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: insistsMs ?? 800 };
    const isManual = insistsMs === undefined && this.#isManual();
    return toSession(this.#host.dialect, this.#host.model, this.#session, isManual ? null : vad);
  }

  #isManual(): boolean {
    const audio = this.#session['audio'] as { input?: { turn_detection?: unknown } } | undefined;
    return this.#session['turn_detection'] === null || audio?.input?.turn_detection === null;
  }

  #read(event: ClientEvent): void {
    switch (event.type) {
      case 'session.update':
        if (this.#host.dialect === 'turn-streaming') return;
        this.#session = { ...this.#session, ...(event['session'] as object) };
        return this.send({ type: 'session.updated', session: this.#describe() });
      case 'input_audio_buffer.append':
        this.#buffer.push(Buffer.from(String(event['audio']), 'base64'));
        return this.#detectEnd();
      case 'input_audio_buffer.commit':
        if (this.#host.dialect !== 'turn-streaming') return this.#commit();
        this.#isListening = event['final'] === false;
        return this.#isListening ? undefined : void this.#answer();
      case 'response.create':
        return void this.#answer();
      case 'response.cancel':
        return this.#cancel();
      case 'conversation.item.create':
        return this.#insert(event['item']);
      default:
        this.#fail('invalid_request_error', 'unknown_event');
    }
  }

  #detectEnd(): void {
    const { detectsTurnsAfterMs } = this.#host.script();
    if (detectsTurnsAfterMs !== undefined) return this.#detectTurn(detectsTurnsAfterMs);
    const silenceMs = this.#host.script().insistsOnSilenceMs;
    if (silenceMs === undefined || this.#running) return;
    const bytes = Math.round((this.#rateHz * silenceMs) / 1000) * 2;
    const all = Buffer.concat(this.#buffer);
    const spoken = all.findLastIndex((byte) => byte !== 0);
    if (spoken < 0 || all.length - spoken < bytes) return;
    this.send({ type: 'input_audio_buffer.speech_started', audio_start_ms: 0, item_id: `item_u${this.#items + 1}` });
    this.send({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 0, item_id: `item_u${this.#items + 1}` });
    this.#buffer = [all.subarray(0, spoken + 1 + ((spoken + 1) % 2))];
    this.#commit();
    void this.#answer();
  }

  #detectTurn(silenceMs: number): void {
    this.#ear ??= new LevelEar(this.#rateHz, silenceMs);
    const item_id = `item_u${this.#items + 1}`;
    const change = this.#ear.hear(toSamples(this.#buffer.at(-1) ?? Buffer.alloc(0)));
    if (change === 'started') {
      this.send({ type: 'input_audio_buffer.speech_started', audio_start_ms: this.#ear.nowMs, item_id });
      if (this.#running?.turn.outcome === 'running') this.#cancel();
    }
    if (change === 'stopped') {
      this.send({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: this.#ear.nowMs, item_id });
      this.#commit();
      void this.#answer();
    }
  }

  get #rateHz(): number {
    return this.#host.dialect === 'dashscope' || this.#host.dialect === 'turn-streaming' ? 16_000 : 24_000;
  }

  #commit(): void {
    if (this.#buffer.length === 0) return this.#fail('invalid_request_error', 'input_audio_buffer_commit_empty');
    const id = `item_u${++this.#items}`;
    this.send({ type: 'input_audio_buffer.committed', item_id: id, previous_item_id: null });
    const item = {
      id,
      object: 'realtime.item',
      type: 'message',
      status: 'completed',
      role: 'user',
      content: [{ type: 'input_audio' }],
    };
    this.send({
      type: this.#host.dialect === 'openai' ? 'conversation.item.added' : 'conversation.item.created',
      item,
    });
  }

  async #answer(): Promise<void> {
    const samples = toSamples(Buffer.concat(this.#buffer));
    this.#buffer = [];
    const { connection } = this.#host;
    const turn: ReceivedTurn = {
      audio: measureAudio(samples, this.#rateHz),
      connection,
      session: this.#session,
      history: [...this.#history.items],
      outcome: 'running',
    };
    const script = this.#host.nextScript();
    this.#host.onTurn(turn);
    const n = ++this.#answers;
    const ids = { response: `resp_${n}`, user: `item_u${this.#items}`, assistant: `item_a${n}` };
    const running = { turn, stop: new AbortController(), ids, said: '' };
    this.#running = running;
    if (samples.length > 0) {
      this.#history.hear(turn.audio);
      void this.#transcribe(script, ids.user);
    }
    try {
      await this.#play(script, running);
    } catch (error) {
      if (!running.stop.signal.aborted) throw error;
    }
  }

  async #play(script: RealtimeScript, running: Running): Promise<void> {
    const { turn, stop, ids } = running;
    const frames = await toFrames(this.#host.dialect, script, turn, ids);
    const startedMs = performance.now();
    const { fault } = script;
    let deltas = 0;
    let lateMs = 0;
    for (const { atMs, frame, isDelta } of frames) {
      const waitMs = startedMs + atMs + lateMs - performance.now();
      if (waitMs > 0) await sleep(waitMs, undefined, { signal: stop.signal });
      stop.signal.throwIfAborted();
      if (isDelta && fault && 'afterDeltas' in fault && fault.afterDeltas === deltas) {
        this.#host.onFault();
        if (fault.kind !== 'stall') return this.#break(fault, turn);
        await sleep(Math.min(fault.ms, 2 ** 31 - 1), undefined, { signal: stop.signal });
        lateMs = fault.ms;
      }
      const voice = voiceOf(turn.session);
      if (isDelta && deltas === 0 && voice !== undefined && !this.#host.voices.includes(voice)) {
        turn.outcome = 'broken';
        return this.#fail('invalid_request_error', 'invalid_value', `Voice '${voice}' is not supported.`);
      }
      if (isDelta) deltas++;
      if ('delta' in frame && /transcript|text/.test(String((frame as ClientEvent).type)))
        running.said += String(frame.delta);
      this.send(frame);
    }
    turn.outcome = 'finished';
    const calls = callsOf(script, turn);
    calls.forEach((_, i) => this.#history.call(toCallId(ids, i)));
    if (calls.length === 0) this.#history.answer(replyOf(script, turn));
    this.#running = undefined;
  }

  #break(fault: RealtimeFault, turn: ReceivedTurn): void {
    turn.outcome = 'broken';
    if (fault.kind === 'die') this.#socket.terminate();
    if (fault.kind === 'close') this.#socket.close(fault.code);
    if (fault.kind === 'error') this.send({ type: 'error', error: fault.error });
    if (fault.kind === 'garbage') this.#socket.send(REALTIME_GARBAGE[fault.what]());
  }

  async #transcribe({ transcript, transcriptMs, hasTranscriptDeltas }: RealtimeScript, item_id: string): Promise<void> {
    if (transcriptMs === undefined || !this.#session['input_audio_transcription']) return;
    await sleep(transcriptMs);
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const type = 'conversation.item.input_audio_transcription';
    for (const delta of hasTranscriptDeltas ? (transcript.match(/\S+\s*/g) ?? []) : []) {
      this.send({ type: `${type}.delta`, item_id, content_index: 0, delta });
    }
    this.send({ type: `${type}.completed`, item_id, content_index: 0, transcript });
  }

  /** A client may cancel before and after an answer too. */
  #cancel(): void {
    const { turn, stop, ids, said } = this.#running ?? {};
    if (!turn || !stop || !ids || turn.outcome !== 'running')
      return this.#fail('invalid_request_error', 'response_cancel_not_active');
    this.#abort(turn);
    stop.abort();
    this.#running = undefined;
    this.#history.answer(said ?? '');
    const frames = toClosing(this.#host.dialect, ids, said ?? '', 'cancelled', usageOf(turn, said ?? ''));
    for (const frame of frames) this.send(frame);
  }

  #leave(): void {
    if (this.#running?.turn.outcome === 'running') this.#abort(this.#running.turn);
    // Left before it was asked anything.
    if (this.#items === 0 && !this.#running) this.#host.onAbort();
    this.#running?.stop.abort();
  }

  #abort(turn: ReceivedTurn): void {
    turn.outcome = 'aborted';
    turn.abortedAtMs = performance.now();
    this.#host.onAbort();
  }

  #insert(item: unknown): void {
    if (!this.#history.insert(item)) return this.#fail('invalid_request_error', 'invalid_value');
    const id = `item_h${this.#history.items.length}`;
    this.send({ type: 'conversation.item.added', item: { id, ...(item as object) } });
  }

  #fail(type: string, code: string, message = 'told to fail'): void {
    if (this.#host.dialect === 'turn-streaming') return this.send({ type: 'error', error: message, code });
    this.send({ type: 'error', error: { type, code, message, param: null } });
  }
}

function voiceOf(session: Record<string, unknown>): string | undefined {
  const audio = session['audio'] as { output?: { voice?: string } } | undefined;
  const voice = session['voice'] ?? audio?.output?.voice;
  return typeof voice === 'string' ? voice : undefined;
}
