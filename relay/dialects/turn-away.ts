import type { WebSocket } from 'ws';
import type { Logger } from '#kernel/logger';

export interface Dismissal {
  /** For the log, and the reason of the close. */
  code: string;
  /** In the dialect's words. */
  told: string;
  closeCode: number;
}

/** There is no session for this socket; told over it, as a browser shows nothing of a refused one. */
export function turnAway(socket: WebSocket, { code, told, closeCode }: Dismissal, logger: Logger): void {
  logger.info('connection.turned-away', { code });
  socket.on('error', () => socket.terminate());
  socket.send(told);
  socket.close(closeCode, code);
}
