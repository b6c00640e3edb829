import type { ClientFault } from '../realtime/fault.ts';
import type { ClientEvent } from './client-event.ts';

/** One client's talk with what serves it. Knows no socket. */
export interface Dialogue {
  /** Tells the first event; from then on others may follow at any time. */
  greet(): void;
  /** PCM16LE mono at the input rate, whole samples. */
  append(pcm: Uint8Array): ClientFault | undefined;
  receive(event: ClientEvent): ClientFault | undefined;
  /** The client wants no more: what it still says is passed over, as an error would make its wait for the end fail. */
  readonly isFinishing: boolean;
  /** Nobody is there any more. */
  close(): void;
}

export interface DialogueEnds {
  /** Everything has been told; the client hangs up. */
  onFinished(): void;
  /** The relay ends the session. */
  onEnded(): void;
}
