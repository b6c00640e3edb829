import type { Clock } from '#kernel/clock';
import { newId } from '#kernel/ids';
import type { Logger } from '#kernel/logger';
import { unreachable } from '#kernel/result';
import { AudioKind, LIMITS, type AudioFrame, type ClientMessage, type ClientMessageOf, type Settings } from '#protocol';
import type { Upstream } from '../upstream/upstream.ts';
import { Answers } from './answers.ts';
import type { Budgets } from './budgets.ts';
import { fault, type Fault } from './fault.ts';
import { Memory } from './memory.ts';
import type { Peer } from './peer.ts';
import type { Turn } from './turn.ts';
import { Turns } from './turns.ts';

/** What a conversation takes once its `hello` is through; `ping` never leaves the connection. */
export type TurnMessage = Exclude<ClientMessage, { type: 'hello' | 'ping' }>;

export interface ConversationOptions {
  id: string;
  upstream: Upstream;
  clock: Clock;
  logger: Logger;
  budgets?: Budgets;
}

/**
 * One conversation, in memory only: its open utterances, the answer being given, what it remembers. Outlives its
 * connections; whoever is attached speaks for it, and answers go on being received while nobody is.
 */
export class Conversation {
  readonly id: string;
  /** A new one each time a conversation had to be started without memory. */
  readonly epoch = newId();
  readonly #budgets: Budgets;
  readonly #turns: Turns;
  readonly #memory = new Memory();
  readonly #answers: Answers;
  #settings: Settings = {};
  #peer: Peer | undefined;
  #fence = 0;

  constructor(options: ConversationOptions) {
    const { id, upstream, clock, logger, budgets = LIMITS } = options;
    this.id = id;
    this.#budgets = budgets;
    this.#turns = new Turns(budgets, clock);
    this.#answers = new Answers({
      ...{ conversation: id, upstream, clock, logger, budgets, memory: this.#memory },
      settings: () => this.#settings,
      send: (message) => this.#peer?.send(message),
      deliver: (turn) => this.#deliver(turn),
      onRestarted: ({ utterance, attempt }) => this.#accepted(utterance, attempt),
      onFailed: (turn) => this.#turns.fail(turn),
    });
  }

  get fence(): number {
    return this.#fence;
  }

  get peer(): Peer | undefined {
    return this.#peer;
  }

  /** Nothing is being answered, and whoever is connected has been given everything. */
  get isSettled(): boolean {
    return this.#answers.areIdle && (!this.#peer || this.#turns.areDelivered);
  }

  /** Speaks through `peer` from now on and tells it what is still known here. */
  attach(peer: Peer, hello: ClientMessageOf<'hello'>, session: string, resumed: boolean): void {
    this.#turns.unbind();
    this.#peer = undefined;
    this.#fence = hello.fence;
    this.#settings = hello.settings;
    const open = new Map(hello.open.map((entry) => [entry.utterance, entry]));
    for (const turn of this.#turns.all()) {
      const known = open.get(turn.utterance);
      const isUnwanted = !known && (turn.isAnswered || turn.hasFailed);
      if (turn.role === 'history' || isUnwanted) this.#drop(turn);
      else turn.reply?.delivery.rewind(known?.attempt === turn.attempt ? known.received : 0);
    }
    this.#memory.adopt(hello.history, new Set(this.#turns.all().map((turn) => turn.utterance)));
    this.#peer = peer;
    peer.send({
      ...{ type: 'welcome', session, epoch: this.epoch, resumed },
      turns: Object.fromEntries(this.#turns.all().map((turn) => [turn.utterance, turn.report()])),
      need: this.#memory.missingAudio(),
      creditMs: this.#budgets.creditMs,
    });
  }

  /** The connection is gone; false when another has already taken its place. */
  detach(peer: Peer): boolean {
    if (this.#peer !== peer) return false;
    this.#peer = undefined;
    this.#turns.unbind();
    return true;
  }

  /** Ends everything at once, the upstream included. */
  dispose(): void {
    this.#peer = undefined;
    this.#answers.stop();
    for (const turn of this.#turns.all()) this.#turns.remove(turn);
  }

  receive(message: TurnMessage): Fault | undefined {
    switch (message.type) {
      case 'begin':
        return this.#begin(message);
      case 'commit':
        return this.#commit(message);
      case 'reopen':
        return this.#reopen(message);
      case 'discard':
        return this.#discard(message);
      case 'receipt':
        return this.#receipt(message);
      case 'played':
        return this.#played(message);
      case 'cancel':
        return this.#cancel(message);
      case 'configure':
        this.#settings = message.settings;
        return undefined;
      default:
        return unreachable(message);
    }
  }

  receiveAudio(frame: AudioFrame): Fault | undefined {
    if (frame.kind !== AudioKind.user) return fault('audio-malformed', 'answer audio from a client');
    const turn = this.#turns.byHandle(frame.handle);
    if (!turn) return this.#turns.isNews(frame.handle) ? fault('unknown-handle', `handle ${frame.handle}`) : undefined;
    if (turn.isAnswered) {
      const isRepeat = frame.sequence < turn.assembly.frames;
      return isRepeat ? undefined : fault('utterance-committed', 'frame after commit', turn.utterance);
    }
    return this.#assemble(turn, frame);
  }

  #assemble(turn: Turn, frame: AudioFrame): Fault | undefined {
    switch (turn.assembly.add(frame.sequence, frame.pcm)) {
      case 'added':
        this.#turns.touch(turn);
        return undefined;
      case 'duplicate':
        return undefined;
      case 'gap':
        if (turn.gapAt !== turn.assembly.frames) this.#nak(turn);
        return undefined;
      case 'full':
        if (turn.hasOverflowed) return undefined;
        turn.hasOverflowed = true;
        return fault('utterance-too-long', 'frames dropped', turn.utterance);
    }
  }

  #begin({ utterance, handle, role }: ClientMessageOf<'begin'>): Fault | undefined {
    const bound = this.#turns.byHandle(handle);
    if (bound && bound.utterance !== utterance) return fault('handle-in-use', `handle ${handle}`, utterance);
    const known = this.#turns.get(utterance);
    if (!known && role === 'history' && !this.#memory.has(utterance)) {
      return fault('unknown-utterance', 'not in the history', utterance);
    }
    const turn = known ?? this.#turns.add(utterance, role);
    if (!turn) return fault('too-many-utterances', 'too many at a time', utterance);
    this.#turns.bind(turn, handle);
    this.#deliver(turn);
    return undefined;
  }

  /** Lets the answer flow, once there is a connection and the utterance has a handle on it. */
  #deliver(turn: Turn): void {
    if (this.#peer && turn.handle !== undefined) turn.reply?.delivery.connect(this.#peer, turn.handle);
  }

  #commit(claim: ClientMessageOf<'commit'>): Fault | undefined {
    const { utterance, after, sha256 } = claim;
    const turn = this.#turns.get(utterance);
    if (!turn) return this.#commitStored(utterance);
    if (turn.isAnswered && turn.committed !== sha256) {
      return fault('commit-conflict', 'reopen it first', utterance);
    }
    if (turn.isAnswered && after <= turn.attempt) {
      this.#accepted(utterance, turn.attempt);
      return undefined;
    }
    // Another relay has answered it since: the next attempt takes the place of ours.
    if (turn.isAnswered) this.#stop(turn);
    const outcome = turn.assembly.check(claim);
    if (outcome === 'mismatch') turn.assembly.restart();
    if (outcome !== 'whole') {
      this.#nak(turn);
      return undefined;
    }
    this.#memory.hear(utterance, turn.assembly.audio());
    if (turn.role === 'history') {
      this.#turns.remove(turn);
      return undefined;
    }
    return this.#accept(turn, Math.max(turn.attempt, after) + 1, sha256);
  }

  /** Its answer was stored by the client, so this can only be an old message: never a second inference. */
  #commitStored(utterance: string): Fault | undefined {
    const attempt = this.#memory.get(utterance)?.answer?.attempt;
    if (attempt === undefined) return fault('unknown-utterance', 'begin it first', utterance);
    this.#accepted(utterance, attempt);
    return undefined;
  }

  #accept(turn: Turn, attempt: number, sha256: string): Fault | undefined {
    if (attempt > this.#budgets.maxAttempts) return fault('too-many-attempts', `attempt ${attempt}`, turn.utterance);
    turn.attempt = attempt;
    turn.committed = sha256;
    turn.hasFailed = false;
    turn.stopTtl();
    this.#accepted(turn.utterance, attempt);
    this.#answers.add(turn);
    return undefined;
  }

  #accepted(utterance: string, attempt: number): void {
    this.#peer?.send({ type: 'accepted', utterance, attempt });
  }

  #nak(turn: Turn): void {
    turn.gapAt = turn.assembly.frames;
    this.#peer?.send({ type: 'nak', utterance: turn.utterance, have: turn.assembly.frames });
  }

  #reopen({ utterance }: ClientMessageOf<'reopen'>): Fault | undefined {
    const turn = this.#turns.get(utterance);
    if (!turn) return fault('unknown-utterance', 'nothing to reopen', utterance);
    if (!turn.isAnswered) return undefined;
    this.#stop(turn);
    this.#memory.forget(utterance);
    return undefined;
  }

  #discard({ utterance }: ClientMessageOf<'discard'>): undefined {
    const turn = this.#turns.get(utterance);
    if (turn) this.#drop(turn);
    this.#memory.forget(utterance);
  }

  #receipt({ utterance, attempt }: ClientMessageOf<'receipt'>): undefined {
    const turn = this.#turns.get(utterance);
    if (turn?.phase === 'done' && turn.attempt === attempt) this.#turns.remove(turn);
  }

  #played({ utterance, attempt, sample }: ClientMessageOf<'played'>): undefined {
    const turn = this.#turns.get(utterance);
    if (turn?.attempt === attempt) turn.reply?.played(sample);
  }

  /** Always answered, so that a client that asks again after a lost connection is not left waiting. */
  #cancel({ utterance, attempt, heardSample, heard }: ClientMessageOf<'cancel'>): undefined {
    const turn = this.#turns.get(utterance);
    // An attempt we restarted by ourselves may be cancelled under the number the client knew.
    const isOurs = turn && attempt >= turn.askedAttempt && attempt <= turn.attempt;
    if (isOurs && (turn.isAnswered || turn.hasFailed)) {
      if (attempt === turn.attempt) this.#answers.remember(turn);
      this.#drop(turn);
    }
    this.#memory.cut(utterance, attempt, heardSample, heard);
    this.#peer?.send({ type: 'cancelled', utterance, attempt });
  }

  #stop(turn: Turn): void {
    this.#answers.remove(turn);
    this.#turns.reassemble(turn);
  }

  #drop(turn: Turn): void {
    this.#turns.remove(turn);
    this.#answers.remove(turn);
  }
}
