import type { WebSocket } from 'ws';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import type { LiveSession } from '../../session/live/live-session.ts';
import type { LiveSessions } from '../../session/live/live-sessions.ts';
import { inputRateOf, type WireFormat } from '../audio/wire-audio.ts';
import { defaultSettings } from '../default-settings.ts';
import { FULL_HOUSE } from '../failure.ts';
import { turnAway } from '../turn-away.ts';
import { GatewayConnection } from './connection.ts';

export interface GatewayParts {
  sessions: LiveSessions;
  clock: Clock;
  logger: Logger;
}

export interface GatewayWishes {
  format: WireFormat;
  /** Id of a session whose connection was lost. */
  resumed: string | undefined;
  key: string | undefined;
}

/** A new socket gets the conversation it asks for, a new one where that is no longer kept, or the door. */
export function openGateway(socket: WebSocket, { format, resumed, key }: GatewayWishes, parts: GatewayParts): void {
  const { sessions, clock, logger } = parts;
  const origin = { dialect: 'gateway', key };
  const rateHz = inputRateOf(format);
  const kept = resumed === undefined ? undefined : sessions.resume(resumed, origin);
  const session = kept ? atRate(kept, rateHz) : sessions.create(defaultSettings(rateHz), origin);
  if (!session) return turnAway(socket, FULL_HOUSE, logger);
  const release = () => sessions.release(session);
  new GatewayConnection(socket, { session, isResumed: kept !== undefined, format, clock, logger, release });
}

function atRate(session: LiveSession, inputRateHz: number): LiveSession {
  if (session.settings.inputRateHz !== inputRateHz) session.configure({ ...session.settings, inputRateHz });
  return session;
}
