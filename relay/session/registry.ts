import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { LIMITS, type ClientMessageOf } from '#protocol';
import type { Upstream } from '../upstream/upstream.ts';
import type { Budgets } from './budgets.ts';
import { Conversation } from './conversation.ts';
import type { Peer } from './peer.ts';

/** A conversation at rest is about 100 kB, one that fills every buffer 40 MB; ordinary ones are near the first. */
const MAX_CONVERSATIONS = 500;
const DRAIN_POLL_MS = 100;

export interface RegistryOptions {
  upstream: Upstream;
  clock: Clock;
  logger: Logger;
  budgets?: Budgets;
  maxConversations?: number;
  /** A conversation was forgotten, whether it ended or its time ran out. */
  onForgotten?(conversation: string): void;
}

interface Entry {
  conversation: Conversation;
  stopTtl: () => void;
}

/** Every conversation of this relay, by id: who may speak for it, and how long it is kept while nobody does. */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #budgets: Budgets;
  readonly #entries = new Map<string, Entry>();
  #isDraining = false;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#budgets = options.budgets ?? LIMITS;
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Gives the connection its conversation, the remembered one or a new one. The higher fence wins: an older holder is
   * told that it was superseded; the same holder coming back just replaces its dead connection.
   */
  open(peer: Peer, hello: ClientMessageOf<'hello'>, session: string): Conversation | 'superseded' | 'full' {
    const known = this.#entries.get(hello.conversation);
    if (known && hello.fence < known.conversation.fence) return 'superseded';
    if (this.#isDraining || (!known && !this.#makeRoom())) return 'full';
    const entry = known ?? this.#create(hello.conversation);
    entry.stopTtl();
    const older = entry.conversation.peer;
    const wasTakenOver = hello.fence > entry.conversation.fence;
    entry.conversation.attach(peer, hello, session, known !== undefined);
    if (wasTakenOver) older?.close('superseded');
    else older?.drop();
    this.#options.logger.info('conversation.attached', {
      conversation: hello.conversation,
      resumed: known !== undefined,
    });
    return entry.conversation;
  }

  /** The connection is gone: its conversation is kept for the resume window. */
  release(peer: Peer, conversation: Conversation): void {
    const entry = this.#entries.get(conversation.id);
    if (entry?.conversation !== conversation || !conversation.detach(peer)) return;
    const forget = () => this.end(conversation.id);
    entry.stopTtl = this.#options.clock.after(this.#budgets.resumeWindowMs, forget);
  }

  /** Ends a conversation and whatever it was doing. False when there is none of that id. */
  end(id: string): boolean {
    const entry = this.#entries.get(id);
    if (!entry) return false;
    this.#entries.delete(id);
    entry.stopTtl();
    const { peer } = entry.conversation;
    entry.conversation.dispose();
    peer?.close('goaway');
    this.#options.onForgotten?.(id);
    this.#options.logger.info('conversation.ended', { conversation: id });
    return true;
  }

  /** Tells everyone to go elsewhere, lets running answers finish within `deadlineMs`, then ends every conversation. */
  async drain(deadlineMs: number): Promise<void> {
    const { clock } = this.#options;
    const endMs = clock.nowMs() + deadlineMs;
    this.#isDraining = true;
    for (const { conversation } of this.#entries.values()) conversation.peer?.send({ type: 'goaway', deadlineMs });
    const isBusy = () => [...this.#entries.values()].some(({ conversation }) => !conversation.isSettled);
    while (isBusy() && clock.nowMs() < endMs) {
      await new Promise<void>((resolve) => clock.after(DRAIN_POLL_MS, resolve));
    }
    for (const id of [...this.#entries.keys()]) this.end(id);
  }

  #create(id: string): Entry {
    const { upstream, clock, logger } = this.#options;
    const conversation = new Conversation({ id, upstream, clock, logger, budgets: this.#budgets });
    const entry: Entry = { conversation, stopTtl: () => {} };
    this.#entries.set(id, entry);
    return entry;
  }

  /** Conversations nobody is connected to give way to new ones, the longest kept first. */
  #makeRoom(): boolean {
    if (this.#entries.size < (this.#options.maxConversations ?? MAX_CONVERSATIONS)) return true;
    const idle = [...this.#entries.values()].find(({ conversation }) => !conversation.peer && conversation.isSettled);
    return idle ? this.end(idle.conversation.id) : false;
  }
}
