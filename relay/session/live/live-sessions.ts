import type { LiveSession } from './live-session.ts';
import type { LiveSettings } from './live-settings.ts';

/** Every live session of this relay. */
export interface LiveSessions {
  /** Undefined when there are too many. */
  create(settings: LiveSettings): LiveSession | undefined;
  /** One whose connection was lost and that is still kept; its id is what proves the right to it. */
  resume(id: string): LiveSession | undefined;
  /** Its connection is gone: kept for the resume window, then closed. */
  release(session: LiveSession): void;
}
