import type { RawData, WebSocket } from 'ws';
import type { Clock } from '#kernel/clock';
import { LIMITS } from '#protocol';
import type { Metrics } from '../observe/metrics.ts';
import { IDLE, stepReading, type ReadingEffect, type ReadingEvent, type Telling } from '../speech/reading-machine.ts';
import { parseReadCommand, type ReadReply } from '../speech/reading-protocol.ts';
import { Reading } from '../speech/reading.ts';
import { NARRATION_RATE_HZ, toPassages, type Narrator } from '../speech/narrator.ts';
import type { Slots } from '../speech/slots.ts';
import type { SpeechRequest } from '../upstream/speech.ts';
import { wordsOf } from './upstream-problem.ts';

const POLICY_VIOLATION = 1008;
const BEAT_MS = LIMITS.pingIdleMs;
/** Sent and not taken by the network; the pace of reading keeps far below it for whoever listens. */
const MAX_OUTBOUND_BYTES = LIMITS.maxOutboundBytes;

const REFUSALS = {
  'already-reading': 'a text is being read; cancel it first',
  'not-reading': 'no text is being read',
};

export interface ReadConnectionOptions {
  narrator: Narrator;
  clock: Clock;
  metrics: Metrics;
  slots: Slots;
}

/** One WebSocket that reads texts aloud: the machine's shell. */
export class ReadConnection {
  readonly #socket: WebSocket;
  readonly #options: ReadConnectionOptions;
  #state = IDLE;
  #reading: Reading | undefined;
  /** Gives back what the reading occupies. */
  #release: () => void = () => {};
  #faults = 0;
  #isAlive = true;
  #stopBeat: () => void = () => {};

  constructor(socket: WebSocket, options: ReadConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => (this.#isAlive = true));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#dispose());
    this.#beat();
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#isAlive = true;
    if (isBinary) return this.#fault('binary messages are not expected');
    const command = parseReadCommand(String(data));
    if (!command.ok) return this.#fault(command.problem.detail);
    if (command.value.type !== 'start') return this.#handle(command.value);
    const { type: _, ...request } = command.value;
    this.#start(command.value, request);
  }

  #start(command: Extract<ReadingEvent, { type: 'start' }>, request: SpeechRequest): void {
    if (this.#state.phase !== 'idle') return this.#handle(command);
    const free = this.#options.slots.take();
    if (!free) {
      return this.#send({
        ...{ type: 'error', code: 'too-many-requests', retry: 'later', retryAfterMs: 5_000 },
        detail: 'too many texts are being read',
      });
    }
    const closed = this.#options.metrics.streamOpened('read');
    this.#release = () => (free(), closed());
    this.#handle(command, request);
  }

  #handle(event: ReadingEvent, request?: SpeechRequest): void {
    const { state, tell, effect } = stepReading(this.#state, event);
    this.#state = state;
    if (tell) this.#tell(tell, request);
    if (effect) this.#carryOut(effect, request);
    if (state.phase === 'idle') this.#release();
  }

  #carryOut(effect: ReadingEffect, request: SpeechRequest | undefined): void {
    if (effect === 'hold') this.#reading?.hold();
    if (effect === 'release') this.#reading?.release();
    if (effect === 'stop') this.#reading?.stop();
    if (effect === 'begin' && request) this.#begin(request);
  }

  #begin(request: SpeechRequest): void {
    const { reading } = this.#state;
    this.#reading = new Reading(this.#options.narrator, request, this.#options.clock, {
      audio: (pcm) => this.#sendAudio(pcm),
      ended: (durationMs) => this.#handle({ type: 'ended', reading, durationMs }),
      failed: (problem) => this.#handle({ type: 'failed', reading, problem }),
    });
  }

  #tell(tell: Telling, request?: SpeechRequest): void {
    switch (tell.type) {
      case 'started': {
        const passages = toPassages(request?.text ?? '').length;
        return this.#send({ type: 'started', format: 'pcm16', sampleRateHz: NARRATION_RATE_HZ, passages });
      }
      case 'refused':
        return this.#send({ type: 'error', code: tell.code, detail: REFUSALS[tell.code], retry: 'never' });
      case 'failed': {
        const { kind: code, retry, retryAfterMs } = tell.problem;
        const detail = wordsOf('speech server', tell.problem);
        return this.#send({ type: 'error', code, detail, retry, ...(retryAfterMs !== undefined && { retryAfterMs }) });
      }
      default:
        return this.#send(tell);
    }
  }

  /** One slip is answered; who sends nothing else is sent away. */
  #fault(detail: string): void {
    this.#send({ type: 'error', code: 'message-invalid', detail, retry: 'never' });
    if (++this.#faults >= LIMITS.maxFaults) this.#socket.close(POLICY_VIOLATION, 'too many faulty messages');
  }

  #send(reply: ReadReply): void {
    this.#socket.send(JSON.stringify(reply));
  }

  #sendAudio(pcm: Uint8Array): void {
    if (this.#socket.bufferedAmount > MAX_OUTBOUND_BYTES) this.#socket.terminate();
    else this.#socket.send(pcm);
  }

  /** Notices a peer that is gone without a word. */
  #beat(): void {
    this.#stopBeat = this.#options.clock.after(BEAT_MS, () => {
      if (!this.#isAlive) return this.#socket.terminate();
      this.#isAlive = false;
      this.#socket.ping();
      this.#beat();
    });
  }

  #dispose(): void {
    this.#stopBeat();
    this.#reading?.stop();
    this.#state = { ...this.#state, phase: 'idle' };
    this.#release();
  }
}
