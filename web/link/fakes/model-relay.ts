import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Serve, ServerEnd, Wire } from './socket-pair.ts';
import { AudioKind, decodeAudio, encodeAudio, encodeServer, parseClient } from '#protocol';
import type { ClientMessage, ClientMessageOf, Commit, ServerMessage } from '#protocol';

/** One event of an answer: a text part or a frame of audio. */
export type ModelEvent = { text: string } | { sample: number; pcm: Uint8Array };

interface Turn {
  frames: Uint8Array[];
  state: 'assembling' | 'running' | 'done';
  attempt: number;
  claim?: Commit;
  events: ModelEvent[];
  /** Events the answer will have in the end. */
  length: number;
  handle?: number;
  cursor: number;
}

export interface ModelRelayOptions {
  /** Faults of a relay, for a test to prove that it would notice: every commit starts an answer. */
  commitsTwice?: boolean;
  /** Neither the sequence of the frames nor the length and hash of the commit are looked at. */
  trustsClient?: boolean;
}

/** What a model upstream says to event `n` of an attempt; everything tells where it belongs. */
export function modelEvent(utterance: string, attempt: number, n: number): ModelEvent {
  if (n % 2 === 0) return { text: `${utterance}/${attempt}/${n} ` };
  return { sample: ((n - 1) / 2) * 4, pcm: new Uint8Array(8).fill(attempt * 16 + n) };
}

/**
 * The relay's promises in a few lines, steered by hand: it answers nothing by itself, one event per `produce()`. Its
 * memory can be lost, an assembly evicted, an answer broken off, an event shed.
 */
export class ModelRelay {
  readonly #options: ModelRelayOptions;
  #turns = new Map<string, Turn>();
  #epoch = 1;
  #isFresh = true;
  #client: { send(message: Wire): void; close(code: number): void } | undefined;
  #sheds = 0;
  /** Every answer started: which audio was answered, as a hash. */
  readonly inferences: { utterance: string; attempt: number; sha256: string }[] = [];

  constructor(options: ModelRelayOptions = {}) {
    this.#options = options;
  }

  readonly serve: Serve = (toClient): ServerEnd => {
    this.#client = toClient;
    return {
      received: (message) => this.#client === toClient && this.#received(message),
      disconnected: () => {
        if (this.#client === toClient) this.#client = undefined;
        for (const turn of this.#turns.values()) delete turn.handle;
      },
    };
  };

  /** Everything is forgotten. The caller cuts the line as well. */
  kill(): void {
    this.#turns = new Map();
    this.#epoch++;
    this.#isFresh = true;
  }

  evictAssemblies(): boolean {
    const evicted = [...this.#turns].filter(([, turn]) => turn.state === 'assembling');
    for (const [utterance] of evicted) this.#turns.delete(utterance);
    return evicted.length > 0;
  }

  /** The upstream of a running answer dies. */
  fail(): boolean {
    for (const [utterance, turn] of this.#turns) {
      if (turn.state !== 'running') continue;
      turn.state = 'assembling';
      const { attempt } = turn;
      this.#send({ type: 'error', code: 'upstream-died', retry: 'later', message: '', utterance, attempt });
      return true;
    }
    return false;
  }

  /** The next event to be sent will be left out. */
  shed(): void {
    this.#sheds++;
  }

  /** Every running answer goes on by one event; true while there was something to do. */
  produce(): boolean {
    let isBusy = false;
    for (const [utterance, turn] of this.#turns) {
      if (turn.state !== 'running') continue;
      isBusy = true;
      if (turn.events.length < turn.length) turn.events.push(modelEvent(utterance, turn.attempt, turn.events.length));
      else turn.state = 'done';
      this.#deliver(utterance, turn);
    }
    return isBusy;
  }

  #received(wire: Wire): void {
    if (typeof wire !== 'string') return this.#frame(wire);
    const parsed = parseClient(wire);
    if (parsed.kind !== 'message') throw new Error(`the client sent something ${parsed.kind}: ${wire.slice(0, 200)}`);
    this.#message(parsed.message);
  }

  #message(message: ClientMessage): void {
    switch (message.type) {
      case 'hello':
        return this.#hello(message);
      case 'begin': {
        const turn = this.#turns.get(message.utterance) ?? this.#newTurn(message.utterance);
        turn.handle = message.handle;
        return this.#deliver(message.utterance, turn);
      }
      case 'commit':
        return this.#commit(message);
      case 'reopen': {
        const turn = this.#turns.get(message.utterance);
        if (turn) turn.state = 'assembling';
        return;
      }
      case 'discard':
      case 'receipt':
      case 'cancel':
        this.#turns.delete(message.utterance);
        return;
      case 'ping':
        return this.#send({ type: 'pong', t: message.t });
      case 'played':
      case 'configure':
        return;
    }
  }

  #hello(hello: ClientMessageOf<'hello'>): void {
    const open = new Map(hello.open.map((entry) => [entry.utterance, entry]));
    for (const [utterance, turn] of this.#turns) {
      const known = open.get(utterance);
      if (!known && turn.state !== 'assembling') this.#turns.delete(utterance);
      turn.cursor = known?.attempt === turn.attempt ? known.received : 0;
    }
    const turns = Object.fromEntries(
      [...this.#turns].map(([utterance, { state, frames, attempt }]) => [
        utterance,
        { state, frames: frames.length, attempt: state === 'assembling' ? 0 : attempt },
      ]),
    );
    const resumed = !this.#isFresh;
    this.#isFresh = false;
    const epoch = `epoch-${this.#epoch}`;
    this.#send({ type: 'welcome', session: 's', epoch, resumed, turns, need: [], creditMs: 4000 });
  }

  #newTurn(utterance: string): Turn {
    const turn: Turn = { frames: [], state: 'assembling', attempt: 0, events: [], length: 0, cursor: 0 };
    this.#turns.set(utterance, turn);
    return turn;
  }

  #frame(bytes: Uint8Array): void {
    const decoded = decodeAudio(bytes);
    if (!decoded.ok) throw new Error('the client sent malformed audio');
    const { handle, sequence, pcm } = decoded.value;
    const turn = [...this.#turns.values()].find((candidate) => candidate.handle === handle);
    if (!turn) return this.#send({ type: 'error', code: 'unknown-handle', retry: 'now', message: '' });
    const isNext = sequence === turn.frames.length || this.#options.trustsClient === true;
    if (turn.state === 'assembling' && isNext) turn.frames.push(pcm);
  }

  #commit(commit: Commit): void {
    const { utterance } = commit;
    const turn = this.#turns.get(utterance);
    if (!turn) return this.#send({ type: 'error', code: 'unknown-utterance', retry: 'now', message: '', utterance });
    if (turn.state !== 'assembling' && !this.#options.commitsTwice) {
      if (turn.claim?.sha256 !== commit.sha256) throw new Error('commit-conflict');
      if (commit.after <= turn.attempt) return this.#send({ type: 'accepted', utterance, attempt: turn.attempt });
    }
    const digest = bytesToHex(sha256(joined(turn.frames)));
    if (!this.#options.trustsClient && (turn.frames.length < commit.frames || digest !== commit.sha256)) {
      if (turn.frames.length >= commit.frames) turn.frames = [];
      return this.#send({ type: 'nak', utterance, have: turn.frames.length });
    }
    turn.attempt = Math.max(turn.attempt, commit.after) + 1;
    turn.claim = commit;
    turn.state = 'running';
    turn.events = [];
    turn.cursor = 0;
    turn.length = 3 + (turn.frames.length % 4);
    this.inferences.push({ utterance, attempt: turn.attempt, sha256: digest });
    this.#send({ type: 'accepted', utterance, attempt: turn.attempt });
  }

  #deliver(utterance: string, turn: Turn): void {
    const { attempt, handle } = turn;
    if (handle === undefined || turn.state === 'assembling') return;
    while (turn.cursor < turn.events.length) {
      const n = turn.cursor++;
      const event = turn.events[n];
      if (!event) break;
      if (this.#sheds > 0) this.#sheds--;
      else if ('text' in event) {
        this.#send({ type: 'reply', utterance, attempt, n, part: { kind: 'text', text: event.text } });
      } else this.#client?.send(encodeAudio({ kind: AudioKind.reply, attempt, handle, sequence: n, ...event }));
    }
    if (turn.state !== 'done') return;
    const samples = turn.events.reduce((sum, event) => sum + ('pcm' in event ? event.pcm.length / 2 : 0), 0);
    this.#send({ type: 'final', utterance, attempt, count: turn.events.length, samples, timings: {} });
  }

  #send(message: ServerMessage): void {
    this.#client?.send(encodeServer(message));
  }
}

export function joined(frames: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return bytes;
}
