import { failed, ok, type Result } from '#kernel/result';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import type { WebSocket } from 'ws';
import type { LiveSession } from '../../session/live/live-session.ts';
import type { LiveSessions, Origin } from '../../session/live/live-sessions.ts';
import { CLOSE_CODE } from '../live-socket.ts';
import { turnAway, type Dismissal } from '../turn-away.ts';
import { Connection } from './connection.ts';
import { createEventIds } from '../realtime/event-ids.ts';
import { invalid, type ClientFault } from '../realtime/fault.ts';
import { isServedModel } from './model-name.ts';
import type { Flavour } from './names.ts';
import { changeSession } from './session-change.ts';
import type { Relay } from '../realtime/relay.ts';
import { newWireSession, toLiveSettings, type WireSession } from './wire-session.ts';

export interface OpenAiParts {
  sessions: LiveSessions;
  relay: Relay;
  clock: Clock;
  logger: Logger;
  /** Who had a session last, and knows how it is configured. */
  owners: WeakMap<LiveSession, Connection>;
}

/** What a client asks for by the way it connects. */
export interface Wishes {
  model: string | undefined;
  /** Id of a session whose connection was lost. */
  resumed: string | undefined;
  key: string | undefined;
  isTranscription: boolean;
  flavour: Flavour | undefined;
  /** The session its secret was minted for. */
  update: unknown;
}

interface Opening {
  live: LiveSession;
  session: WireSession;
  flavour: Flavour | undefined;
}

/** A new socket gets its session, or an error event and the door. */
export function openConversation(socket: WebSocket, wishes: Wishes, parts: OpenAiParts): void {
  const opening = wishes.resumed === undefined ? begin(wishes, parts) : resume(wishes.resumed, wishes, parts);
  if (!opening.ok) return turnAway(socket, dismissalOf(opening.problem), parts.logger);
  const { sessions, relay, clock, logger, owners } = parts;
  const { live } = opening.value;
  const connection = new Connection(socket, {
    ...{ ...opening.value, relay, clock, logger },
    onClosed: () => sessions.release(live),
  });
  owners.set(live, connection);
}

function begin(
  { model, isTranscription, update, flavour, key }: Wishes,
  { sessions, relay }: OpenAiParts,
): Result<Opening, ClientFault> {
  const asked = model ?? modelOf(update) ?? relay.model;
  if (!isServedModel(asked, relay.model)) {
    return failed(invalid('model_not_found', 'This relay does not serve the model asked for.', 'model'));
  }
  const fresh = newWireSession(asked, isTranscription ? 'transcription' : 'realtime', relay);
  const session = changeSession(fresh, update ?? {}, relay, false);
  if (!session.ok) return session;
  const live = sessions.create(toLiveSettings(session.value, relay), originOf(key));
  if (!live) return failed(SESSION_LIMIT);
  return ok({ live, session: session.value, flavour });
}

const SESSION_LIMIT: ClientFault = {
  ...{ type: 'server_error', code: 'session_limit_reached', message: 'The relay holds too many sessions.' },
};

function resume(id: string, { flavour, key }: Wishes, { sessions, owners }: OpenAiParts): Result<Opening, ClientFault> {
  const live = sessions.resume(id, originOf(key));
  const owner = live && owners.get(live);
  if (!owner) return failed(invalid('session_not_found', 'No such session is kept here; begin a new one.', 'session'));
  return ok({ live, session: owner.session, flavour: flavour ?? owner.flavour });
}

const originOf = (key: string | undefined): Origin => ({ dialect: 'openai', key });

function modelOf(update: unknown): string | undefined {
  const model = typeof update === 'object' && update !== null && 'model' in update ? update.model : undefined;
  return typeof model === 'string' ? model : undefined;
}

function dismissalOf(fault: ClientFault): Dismissal {
  const error = { ...fault, param: fault.param ?? null, event_id: null };
  return {
    code: fault.code,
    told: JSON.stringify({ type: 'error', event_id: createEventIds()(), error }),
    closeCode: fault === SESSION_LIMIT ? CLOSE_CODE.tryAgainLater : CLOSE_CODE.policyViolation,
  };
}
