import type { AudioFrame, CloseName, ServerMessage, ServerMessageOf } from '#protocol';
import type { Peer } from '../peer.ts';

/** A connection that keeps what it was given; nothing may come after its end. */
export class RecordingPeer implements Peer {
  readonly messages: ServerMessage[] = [];
  readonly frames: AudioFrame[] = [];
  /** Numbers of the events of answers, in the order they came. */
  readonly order: number[] = [];
  ended: CloseName | 'dropped' | undefined;

  send(message: ServerMessage): void {
    this.#mustBeOpen();
    this.messages.push(message);
    if (message.type === 'reply') this.order.push(message.n);
  }

  sendAudio(frame: AudioFrame): void {
    this.#mustBeOpen();
    this.frames.push(frame);
    this.order.push(frame.sequence);
  }

  close(reason: CloseName): void {
    this.ended = reason;
  }

  drop(): void {
    this.ended = 'dropped';
  }

  all<T extends ServerMessage['type']>(type: T): ServerMessageOf<T>[] {
    return this.messages.filter((message): message is ServerMessageOf<T> => message.type === type);
  }

  last<T extends ServerMessage['type']>(type: T): ServerMessageOf<T> | undefined {
    return this.all(type).at(-1);
  }

  /** Samples of answer audio it was sent. */
  get samples(): number {
    return this.frames.reduce((sum, frame) => sum + frame.pcm.length / 2, 0);
  }

  get text(): string {
    return this.all('reply')
      .map(({ part }) => (part.kind === 'text' ? part.text : ''))
      .join('');
  }

  #mustBeOpen(): void {
    if (this.ended) throw new Error(`sent after ${this.ended}`);
  }
}
