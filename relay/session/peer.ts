import type { AudioFrame, CloseName, ServerMessage } from '#protocol';

/** The connection a conversation currently speaks through. Nothing may be sent on it after `close` or `drop`. */
export interface Peer {
  send(message: ServerMessage): void;
  sendAudio(frame: AudioFrame): void;
  close(reason: CloseName): void;
  /** Ends it without ceremony: its own holder has come back on another connection. */
  drop(): void;
}
