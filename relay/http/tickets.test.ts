import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '#kernel/clock';
import { LIMITS } from '#protocol';
import { Tickets } from './tickets.ts';

const ORIGIN = 'http://localhost:7860';
let clock: VirtualClock;
let tickets: Tickets;
beforeEach(() => {
  clock = new VirtualClock();
  tickets = new Tickets(clock);
});

describe('a ticket', () => {
  it('opens one connection and no second one', () => {
    const { id, ticket } = tickets.issue(ORIGIN);
    expect(tickets.redeem(ticket, ORIGIN, 'c')?.id).toBe(id);
    expect(tickets.redeem(ticket, ORIGIN, 'c')).toBeUndefined();
  });

  it('lives to its last millisecond and not beyond', () => {
    const [first, second] = [tickets.issue(ORIGIN), tickets.issue(ORIGIN)];
    clock.advance(LIMITS.ticketTtlMs);
    expect(tickets.redeem(first.ticket, ORIGIN, 'c')?.id).toBe(first.id);
    clock.advance(1);
    expect(tickets.redeem(second.ticket, ORIGIN, 'c')).toBeUndefined();
  });

  it.each([
    ['another origin', (ticket: string) => ticket, 'http://evil.example'],
    ['no origin', (ticket: string) => ticket, undefined],
    ['a truncated one', (ticket: string) => ticket.slice(0, -1), ORIGIN],
    ['a longer one', (ticket: string) => `${ticket}A`, ORIGIN],
    ['a flipped bit', (ticket: string) => (ticket.startsWith('A') ? 'B' : 'A') + ticket.slice(1), ORIGIN],
    ['an empty one', () => '', ORIGIN],
  ])('opens nothing with %s', (_name, change, origin) => {
    expect(tickets.redeem(change(tickets.issue(ORIGIN).ticket), origin, 'c')).toBeUndefined();
  });

  it('shown from another origin is burnt', () => {
    const { ticket } = tickets.issue(ORIGIN);
    tickets.redeem(ticket, 'http://evil.example', 'c');
    expect(tickets.redeem(ticket, ORIGIN, 'c')).toBeUndefined();
  });

  it('ends the conversation it opened, once, and not one that another has opened since', () => {
    const [first, second] = [tickets.issue(ORIGIN), tickets.issue(ORIGIN)];
    tickets.redeem(first.ticket, ORIGIN, 'c')?.own();
    tickets.redeem(second.ticket, ORIGIN, 'c')?.own();
    expect(tickets.revoke(first.id, first.ticket)).toBeUndefined();
    expect(tickets.revoke(second.id, second.ticket)).toEqual({ conversation: 'c' });
    expect(tickets.revoke(second.id, second.ticket)).toBeUndefined();
  });

  it('proves nothing once its conversation is gone', () => {
    const { id, ticket } = tickets.issue(ORIGIN);
    tickets.redeem(ticket, ORIGIN, 'c')?.own();
    tickets.forget('c');
    expect(tickets.revoke(id, ticket)).toBeUndefined();
  });

  it('gives way, oldest first, when thousands are asked for and never used', () => {
    const first = tickets.issue(ORIGIN);
    const others = Array.from({ length: 1_000 }, () => tickets.issue(ORIGIN));
    expect(tickets.redeem(first.ticket, ORIGIN, 'c')).toBeUndefined();
    expect(tickets.redeem(others[0]?.ticket ?? '', ORIGIN, 'c')?.id).toBe(others[0]?.id);
  });
});
