import type { Server } from 'node:http';
import type { Stamp } from './stamp.ts';

/** The upstream end of one stream: whatever is sent here is to arrive at one client. */
export interface Line {
  send(stamp: Stamp): void;
}

export interface LineListener {
  onOpened(line: Line): void;
  onClosed(line: Line): void;
  /** A frame of the uplink has come through. */
  onUp(): void;
}

/** What the measured program gets its down frames from. */
export interface Upstream {
  readonly server: Server;
}
