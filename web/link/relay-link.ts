import type { LinkCall, LinkEvent, LinkState, RelayLink } from '../conversation/ports.ts';
import { Downlink } from './downlink.ts';
import { toHello } from './hello.ts';
import { loadHistory, sendHistory } from './history-audio.ts';
import { createLinkCounters, type LinkCounters } from './link-counters.ts';
import { LinkUtterance } from './link-utterance.ts';
import { SocketMachine, type SocketOwner } from './socket-machine.ts';
import type { FetchTicket, OpenSocket } from './transport.ts';
import { Uplink, type Send } from './uplink.ts';
import type { Clock } from '#kernel/clock';
import { Emitter } from '#kernel/emitter';
import type { Logger } from '#kernel/logger';
import { decodeAudio, type ServerMessage, type ServerMessageOf, type Settings } from '#protocol';

export interface RelayLinkOptions {
  fetchTicket: FetchTicket;
  openSocket: OpenSocket;
  clock: Clock;
  /** In [0, 1); spreads reconnects. */
  random: () => number;
  logger: Logger;
}

export interface NudgeableRelayLink extends RelayLink {
  /** The network came back or the screen was turned on: try now rather than later. */
  nudge(): void;
  counters(): Readonly<LinkCounters>;
}

/** What the relay says about one utterance. */
type AnswerMessage = ServerMessageOf<'accepted' | 'nak' | 'queued' | 'reply' | 'final' | 'cancelled'>;

export function createRelayLink(options: RelayLinkOptions): NudgeableRelayLink {
  return new UtteranceLink(options);
}

/** Joins the socket machine with the utterances: what is spoken goes up, what is answered comes down. */
class UtteranceLink implements NudgeableRelayLink, SocketOwner {
  readonly #options: RelayLinkOptions;
  readonly #events = new Emitter<{ state: LinkState; event: LinkEvent }>();
  readonly #counters = createLinkCounters();
  readonly #utterances = new Map<string, LinkUtterance>();
  readonly #uplink = new Uplink(this.#utterances);
  readonly #downlink: Downlink;
  readonly #machine: SocketMachine;
  #call: LinkCall | undefined;
  /** Changes with every connection, so that history loaded for one is not sent on the next. */
  #connection = {};

  constructor(options: RelayLinkOptions) {
    this.#options = options;
    this.#machine = new SocketMachine({ ...options, counters: this.#counters }, this);
    this.#downlink = new Downlink({
      emit: (event) => this.#events.emit('event', event),
      counters: this.#counters,
      askAgain: () => this.#machine.reconnect('events missing'),
      abandon: (utterance) => this.#uplink.reopened(utterance),
    });
  }

  open(call: LinkCall): void {
    // The same conversation once more (after a failure, with a new fence): what was said stays to be sent.
    if (this.#call?.conversation === call.conversation) this.#machine.stop();
    else this.close();
    this.#call = call;
    this.#machine.start();
  }

  close(): void {
    if (!this.#call) return;
    this.#call = undefined;
    this.#utterances.clear();
    this.#machine.stop();
    this.#options.logger.info('link.closed', { ...this.#counters });
  }

  begin(id: string): void {
    if (this.#utterances.has(id)) return;
    const utterance = new LinkUtterance(id);
    this.#utterances.set(id, utterance);
    this.#machine.turnStarted();
    this.#uplink.pump(utterance);
  }

  append(id: string, pcm: Uint8Array<ArrayBuffer>): void {
    const utterance = this.#utterances.get(id);
    if (!utterance) return;
    if (utterance.append(pcm)) this.#uplink.pump(utterance);
  }

  commit(id: string, speculative: boolean): void {
    const utterance = this.#utterances.get(id);
    if (!utterance || utterance.reply.isWhole) return;
    utterance.commit(speculative);
    this.#uplink.committed(utterance);
  }

  reopen(id: string): void {
    const utterance = this.#utterances.get(id);
    if (!utterance) return;
    utterance.claim = undefined;
    utterance.hasFailed = false;
    this.#uplink.reopened(utterance);
  }

  discard(id: string): void {
    this.#remove(id, { type: 'discard', utterance: id });
  }

  restore(id: string, frames: Uint8Array<ArrayBuffer>[], attempt: number): void {
    if (this.#utterances.has(id)) return;
    const utterance = new LinkUtterance(id, attempt);
    for (const frame of frames) utterance.append(frame);
    this.#utterances.set(id, utterance);
    this.#machine.turnStarted();
    this.#uplink.pump(utterance);
  }

  cancel(id: string, attempt: number, heardSample: number, heard: string): void {
    // Without an attempt there is nothing to have heard: the whole utterance is to be forgotten.
    if (attempt < 1) this.discard(id);
    else this.#remove(id, { type: 'cancel', utterance: id, attempt, heardSample, heard });
  }

  played(id: string, attempt: number, sample: number): void {
    const utterance = this.#utterances.get(id);
    if (!utterance) return;
    utterance.played = { attempt, sample };
    this.#uplink.tell({ type: 'played', utterance: id, attempt, sample });
  }

  receipt(id: string, attempt: number): void {
    this.#remove(id, { type: 'receipt', utterance: id, attempt });
  }

  configure(settings: Settings): void {
    if (!this.#call) return;
    this.#call = { ...this.#call, settings };
    this.#uplink.tell({ type: 'configure', settings });
  }

  onState(listener: (state: LinkState) => void): () => void {
    return this.#events.on('state', listener);
  }

  onEvent(listener: (event: LinkEvent) => void): () => void {
    return this.#events.on('event', listener);
  }

  nudge(): void {
    this.#machine.nudge();
  }

  counters(): Readonly<LinkCounters> {
    return this.#counters;
  }

  hello(ticket: string): ReturnType<typeof toHello> {
    if (!this.#call) throw new Error('no call to say hello for');
    return toHello(this.#call, ticket, this.#utterances.values());
  }

  isInTurn(): boolean {
    return [...this.#utterances.values()].some((utterance) => !utterance.hasFailed);
  }

  online(welcome: ServerMessageOf<'welcome'>): void {
    const connection = (this.#connection = {});
    const send: Send = (message) => this.#machine.send(message);
    if (welcome.need.length === 0 || !this.#call) {
      this.#uplink.attach(send, welcome.turns);
      return;
    }
    // Context first: a turn answered before it arrived would be answered without it.
    void loadHistory(welcome.need, this.#call.historyAudio, this.#options.clock).then((history) => {
      if (connection !== this.#connection) return;
      history.forEach(({ utterance, pcm }, handle) => sendHistory(send, handle, utterance, pcm));
      this.#uplink.attach(send, welcome.turns, history.length);
    });
  }

  offline(): void {
    this.#connection = {};
    this.#uplink.detach();
  }

  state(state: LinkState): void {
    this.#events.emit('state', state);
  }

  message(message: ServerMessage): void {
    if (message.type === 'pong') this.#uplink.ponged(message.t);
    else if (message.type === 'error') this.#error(message);
    else if (message.type !== 'welcome' && message.type !== 'goaway') {
      const utterance = this.#utterances.get(message.utterance);
      if (utterance) this.#answer(utterance, message);
      else this.#counters.staleEvents++;
    }
  }

  audio(bytes: Uint8Array): void {
    const decoded = decodeAudio(bytes);
    if (!decoded.ok) {
      this.#counters.faultyMessages++;
      return;
    }
    const utterance = this.#uplink.utteranceOf(decoded.value.handle);
    if (utterance) this.#downlink.audio(utterance, decoded.value);
    else this.#counters.staleEvents++;
  }

  #answer(utterance: LinkUtterance, message: AnswerMessage): void {
    switch (message.type) {
      case 'accepted':
        this.#uplink.accepted(utterance);
        this.#downlink.accepted(utterance, message.attempt);
        return;
      case 'nak':
        this.#counters.naks++;
        if (!this.#uplink.nak(utterance, message.have)) this.#refused(utterance);
        return;
      case 'queued': {
        const { utterance: id, position, etaMs } = message;
        this.#events.emit('event', { type: 'queued', utterance: id, position, etaMs });
        return;
      }
      case 'reply':
        this.#downlink.part(utterance, message.attempt, message.n, message.part);
        return;
      case 'final':
        this.#downlink.final(utterance, message);
        return;
      case 'cancelled':
        this.#downlink.failed(utterance, message.attempt, { kind: 'reply-cancelled', retry: 'now' });
        return;
    }
  }

  #error({ code, retry, utterance: id, attempt }: ServerMessageOf<'error'>): void {
    const utterance = id === undefined ? undefined : this.#utterances.get(id);
    if (code === 'unknown-handle') this.#forgotten();
    else if (!utterance) return;
    else if (code === 'unknown-utterance') this.#forgotten(utterance);
    else this.#downlink.failed(utterance, attempt, { kind: code, retry });
  }

  #forgotten(utterance?: LinkUtterance): void {
    if (!this.#uplink.forgotten(utterance) && utterance) this.#refused(utterance);
  }

  #refused(utterance: LinkUtterance): void {
    this.#downlink.failed(utterance, undefined, { kind: 'audio-refused', retry: 'later' });
  }

  #remove(id: string, last: Parameters<Uplink['tell']>[0]): void {
    const utterance = this.#utterances.get(id);
    this.#utterances.delete(id);
    if (utterance) this.#uplink.removed(utterance, last);
    else this.#uplink.tell(last);
    if (!this.isInTurn()) this.#machine.turnEnded();
  }
}
