import type { WebSocket } from 'ws';
import type { Clock } from '#kernel/clock';
import type { Logger } from '#kernel/logger';
import type { LiveSessions } from '../../session/live/live-sessions.ts';
import { defaultSettings } from '../default-settings.ts';
import { FULL_HOUSE } from '../failure.ts';
import { turnAway } from '../turn-away.ts';
import { DEFAULT_RATE_HZ } from './client-message.ts';
import { SimpleConnection } from './connection.ts';

export interface SimpleParts {
  sessions: LiveSessions;
  clock: Clock;
  logger: Logger;
}

/** A new socket gets a conversation, or the door. */
export function openSimple(socket: WebSocket, { sessions, clock, logger }: SimpleParts): void {
  const session = sessions.create(defaultSettings(DEFAULT_RATE_HZ), { dialect: 'simple', key: undefined });
  if (!session) return turnAway(socket, FULL_HOUSE, logger);
  new SimpleConnection(socket, { session, clock, logger, release: () => sessions.end(session) });
}
