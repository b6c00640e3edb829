import * as v from 'valibot';
import type { LinkProblemKind } from '../conversation/ports.ts';
import { createRelayLink, type NudgeableRelayLink } from './relay-link.ts';
import type { FetchTicket, OpenSocket, SocketEvents, Ticket } from './transport.ts';
import { systemClock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import { failed, messageOf, ok, type Problem, type Retry } from '#kernel/result';
import { SUBPROTOCOL } from '#protocol';

export const TICKET_PATH = '/session';
export const SOCKET_PATH = '/v1/earshot';

const TicketAnswer = v.object({ id: v.string(), ticket: v.string(), expiresInMs: v.number() });

/** The link of the call worker, to the relay this program was loaded from. `dispose` stops listening for the network. */
export function createBrowserLink(logger: Logger): { link: NudgeableRelayLink; dispose: () => void } {
  const { origin } = self.location;
  const link = createRelayLink({
    fetchTicket: (signal) => fetchTicket(origin, signal),
    openSocket: (events) => openSocket(origin, events),
    clock: systemClock,
    random: Math.random,
    logger,
  });
  const nudge = () => link.nudge();
  self.addEventListener('online', nudge);
  return { link, dispose: () => self.removeEventListener('online', nudge) };
}

/** Asks the relay at `origin` for leave to open one socket. */
export async function fetchTicket(origin: string, signal: AbortSignal): ReturnType<FetchTicket> {
  try {
    // A redirect is a captive portal's way of saying hello; our relay never redirects this.
    const response = await fetch(new URL(TICKET_PATH, origin), { method: 'POST', redirect: 'manual', signal });
    if (response.type === 'opaqueredirect') return refused('network-blocks-voice', 'later', 'redirected');
    return toTicket(response.status, response.headers.get('content-type') ?? '', await response.text());
  } catch (error) {
    return refused('relay-unreachable', 'now', messageOf(error));
  }
}

/** Reads the answer to a ticket request; anything that is not our relay's JSON was said by somebody in between. */
export function toTicket(status: number, contentType: string, body: string): Awaited<ReturnType<FetchTicket>> {
  const detail = `status ${status}`;
  if (status === 401 || status === 403) return refused('relay-refused', 'never', detail);
  if (status === 429 || status === 503) return refused('relay-busy', 'later', detail);
  if (status === 511) return refused('network-blocks-voice', 'later', detail);
  if (status >= 400) return refused('relay-unreachable', 'later', detail);
  if (!contentType.includes('json')) return refused('network-blocks-voice', 'later', 'not JSON');
  const ticket = parseTicket(body);
  return ticket ? ok(ticket) : refused('network-blocks-voice', 'later', 'not a ticket');
}

function parseTicket(body: string): Ticket | undefined {
  try {
    const parsed = v.safeParse(TicketAnswer, JSON.parse(body));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

const refused = (kind: LinkProblemKind, retry: Retry, detail: string) =>
  failed<Problem<LinkProblemKind>>({ kind, retry, detail });

function openSocket(origin: string, events: SocketEvents): ReturnType<OpenSocket> {
  const socket = new WebSocket(new URL(SOCKET_PATH, origin.replace(/^http/, 'ws')), SUBPROTOCOL);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => events.opened();
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') events.text(data);
    else if (data instanceof ArrayBuffer) events.binary(new Uint8Array(data));
  };
  socket.onclose = ({ code }) => events.closed(code);
  return {
    // A closing socket swallows what is sent; a connecting one throws, and the link sends nothing before `opened`.
    send: (message) => socket.send(message),
    close: (code) => socket.close(code),
    bufferedAmount: () => socket.bufferedAmount,
  };
}
