import type { WebSocket } from 'ws';
import type { Logger } from '#kernel/logger';
import type { Failure } from './failure.ts';
import { CLOSE_CODE } from './live-socket.ts';

const FULL: Failure = { code: 'relay-full', detail: 'the relay holds too many sessions', retry: 'later' };

/** There is no session for this socket; told over it, as a browser shows nothing of a refused one. */
export function turnAway(socket: WebSocket, logger: Logger): void {
  logger.info('connection.turned-away', { code: FULL.code });
  socket.on('error', () => socket.terminate());
  socket.send(JSON.stringify({ type: 'error', ...FULL }));
  socket.close(CLOSE_CODE.tryAgainLater, FULL.code);
}
