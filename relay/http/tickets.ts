import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '#kernel/clock';
import { newId } from '#kernel/ids';
import { LIMITS } from '#protocol';

const TICKET_BYTES = 32;
/** Unused tickets at a time; beyond it the oldest gives way. */
const MAX_PENDING = 1_000;

export interface IssuedTicket {
  id: string;
  ticket: string;
  expiresInMs: number;
}

interface Session {
  id: string;
  ticketHash: string;
  origin: string | undefined;
  expiresAtMs: number;
  /** Set once the ticket has opened it. */
  conversation?: string;
}

/** A ticket that was good for one connection. */
export interface RedeemedTicket {
  /** Of its session. */
  id: string;
  /** The conversation was opened: from now on this session may end it. Before, somebody else may rightly hold it. */
  own(): void;
}

/**
 * Sessions and the one-use tickets that open them. A ticket opens one connection within its time, from the origin it
 * was issued to; afterwards it only proves who may end the session. Kept hashed: a memory dump opens nothing.
 */
export class Tickets {
  readonly #clock: Clock;
  /** By hash of the ticket. In order of issue, so that the first is the oldest. */
  readonly #pending = new Map<string, Session>();
  /** The session that speaks for a conversation: the one opened last. */
  readonly #opened = new Map<string, Session>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(origin: string | undefined): IssuedTicket {
    this.#dropStale();
    const ticket = randomBytes(TICKET_BYTES).toString('base64url');
    const expiresAtMs = this.#clock.nowMs() + LIMITS.ticketTtlMs;
    const session: Session = { id: newId(), ticketHash: hashOf(ticket), origin, expiresAtMs };
    this.#pending.set(session.ticketHash, session);
    return { id: session.id, ticket, expiresInMs: LIMITS.ticketTtlMs };
  }

  /** Uses the ticket up; undefined when it is unknown, used, too old or another origin's. */
  redeem(ticket: string, origin: string | undefined, conversation: string): RedeemedTicket | undefined {
    const session = this.#pending.get(hashOf(ticket));
    if (!session) return undefined;
    // Whatever the outcome: a ticket that was shown at a wrong door is burnt.
    this.#pending.delete(session.ticketHash);
    if (this.#clock.nowMs() > session.expiresAtMs || session.origin !== origin) return undefined;
    const own = () => {
      session.conversation = conversation;
      this.#opened.set(conversation, session);
    };
    return { id: session.id, own };
  }

  /**
   * Takes a session back: the conversation it opened, `unused` when it had opened none, undefined when no session has
   * this id and this ticket (which of the two was wrong is not told).
   */
  revoke(id: string, ticket: string): { conversation: string } | 'unused' | undefined {
    const hash = hashOf(ticket);
    if (this.#pending.get(hash)?.id === id) {
      this.#pending.delete(hash);
      return 'unused';
    }
    for (const [conversation, session] of this.#opened) {
      if (session.ticketHash !== hash || session.id !== id) continue;
      this.#opened.delete(conversation);
      return { conversation };
    }
    return undefined;
  }

  /** The conversation is gone, and with it what its session could do. */
  forget(conversation: string): void {
    this.#opened.delete(conversation);
  }

  #dropStale(): void {
    const nowMs = this.#clock.nowMs();
    for (const [hash, session] of this.#pending) {
      if (session.expiresAtMs >= nowMs && this.#pending.size < MAX_PENDING) return;
      this.#pending.delete(hash);
    }
  }
}

const hashOf = (ticket: string): string => createHash('sha256').update(ticket).digest('hex');
