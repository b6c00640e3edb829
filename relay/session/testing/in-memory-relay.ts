import { createHash } from 'node:crypto';
import type { VirtualClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { unreachable } from '#kernel/result';
import {
  CLOSE,
  decodeAudio,
  encodeAudio,
  encodeServer,
  ERRORS,
  parseClient,
  type ClientMessage,
  type ServerMessage,
} from '#protocol';
import type { Conversation } from '../conversation.ts';
import type { Fault } from '../fault.ts';
import type { Peer } from '../peer.ts';
import { Registry } from '../registry.ts';
import { ScriptedUpstream, type ScriptedAnswer } from './scripted-upstream.ts';

type Wire = string | Uint8Array<ArrayBuffer>;

export interface ClientEnd {
  send(message: Wire): void;
  close(code: number): void;
}

/** One answer asked of the upstream: who spoke (by the first byte of the audio), what exactly, and how far it got. */
export interface Inference {
  speaker: number;
  sha256: string;
  length: number;
  produced: number;
  answer: ScriptedAnswer;
}

/** Event `n` of an inference; everything tells where it belongs. */
export const eventOf = (inference: number, n: number): { text: string } | { pcm: Uint8Array } =>
  n % 2 === 0 ? { text: `${inference}/${n} ` } : { pcm: Uint8Array.of(inference & 255, inference >> 8, n, 0) };

/** The real sessions of a relay behind lines in memory; its upstream moves only when told to. */
export class InMemoryRelay {
  readonly inferences: Inference[] = [];
  readonly #clock: VirtualClock;
  #registry: Registry;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    this.#registry = this.#boot();
  }

  /** Loses all memory, as a process that was killed; its lines must be cut before. */
  kill(): void {
    const dead = this.#registry;
    this.#registry = this.#boot();
    void dead.drain(0);
  }

  /** Every running answer goes on by one event; true while there was something to do. */
  produce(): boolean {
    const running = this.inferences.filter(
      ({ answer, produced, length }) => !answer.signal.aborted && produced <= length,
    );
    for (const inference of running) {
      const n = inference.produced++;
      const event = eventOf(this.inferences.indexOf(inference), n);
      if (n === inference.length) inference.answer.end();
      else inference.answer.push('text' in event ? { kind: 'text', ...event } : { kind: 'audio', ...event });
    }
    return running.length > 0;
  }

  /** A running answer breaks off; true when there was one. */
  fail(): boolean {
    const running = this.inferences.find(
      ({ answer, produced, length }) => !answer.signal.aborted && produced <= length,
    );
    if (!running) return false;
    running.produced = running.length + 1;
    running.answer.fail('upstream-died');
    return true;
  }

  readonly serve = (client: ClientEnd) => {
    const registry = this.#registry;
    let conversation: Conversation | undefined;
    const peer = new Line(client);
    return {
      received: (wire: Wire) => {
        if (!peer.isOpen) return;
        if (typeof wire === 'string') {
          const message = messageOf(wire);
          if (message.type === 'hello') conversation = open(registry, peer, message) ?? conversation;
          else if (message.type === 'ping') peer.send({ type: 'pong', t: message.t });
          else peer.complain(conversation?.receive(message));
        } else {
          const frame = decodeAudio(wire);
          if (!frame.ok) throw new Error('the client sent malformed audio');
          peer.complain(conversation?.receiveAudio(frame.value));
        }
      },
      disconnected: () => {
        peer.isOpen = false;
        if (conversation) registry.release(peer, conversation);
      },
    };
  };

  #boot(): Registry {
    const upstream = new ScriptedUpstream();
    upstream.onRequest = (answer) => {
      const audio = answer.spoken;
      const sha256 = createHash('sha256').update(audio).digest('hex');
      this.inferences.push({
        speaker: audio[0] ?? -1,
        sha256,
        length: 3 + (this.inferences.length % 4),
        produced: 0,
        answer,
      });
    };
    return new Registry({ upstream, clock: this.#clock, logger: silentLogger });
  }
}

class Line implements Peer {
  isOpen = true;
  readonly #client: ClientEnd;

  constructor(client: ClientEnd) {
    this.#client = client;
  }

  send(message: ServerMessage): void {
    if (this.isOpen) this.#client.send(encodeServer(message));
  }

  sendAudio(frame: Parameters<Peer['sendAudio']>[0]): void {
    if (this.isOpen) this.#client.send(encodeAudio(frame));
  }

  close(reason: Parameters<Peer['close']>[0]): void {
    this.isOpen = false;
    this.#client.close(CLOSE[reason]);
  }

  drop(): void {
    this.isOpen = false;
    this.#client.close(1006);
  }

  complain(fault: Fault | undefined): void {
    if (!fault) return;
    const { kind: code, utterance } = fault;
    this.send({ type: 'error', code, retry: ERRORS[code], message: '', ...(utterance !== undefined && { utterance }) });
  }
}

function open(
  registry: Registry,
  peer: Line,
  hello: Extract<ClientMessage, { type: 'hello' }>,
): Conversation | undefined {
  const outcome = registry.open(peer, hello, 's');
  switch (outcome) {
    case 'superseded':
      return void peer.close('superseded');
    case 'full':
      return void peer.close('overloaded');
    default:
      return typeof outcome === 'string' ? unreachable(outcome) : outcome;
  }
}

function messageOf(wire: string): ClientMessage {
  const parsed = parseClient(wire);
  if (parsed.kind !== 'message') throw new Error(`the client sent something ${parsed.kind}: ${wire.slice(0, 200)}`);
  return parsed.message;
}
