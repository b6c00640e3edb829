import type { LinkCall, LinkEvent, LinkState, RelayLink } from '../../conversation/ports.ts';
import type { Settings } from '#protocol';

/** A link that writes down what it is told, and says what the test wants. */
export class FakeLink implements RelayLink {
  readonly calls: string[] = [];
  readonly frames = new Map<string, Uint8Array<ArrayBuffer>[]>();
  opened: LinkCall | undefined;
  settings: Settings | undefined;
  #onState: (state: LinkState) => void = () => {};
  #onEvent: (event: LinkEvent) => void = () => {};

  says(event: LinkEvent): void {
    this.#onEvent(event);
  }
  is(state: LinkState): void {
    this.#onState(state);
  }

  open(call: LinkCall): void {
    this.opened = call;
    this.calls.push('open');
  }
  close(): void {
    this.calls.push('close');
  }
  begin(utterance: string): void {
    this.calls.push(`begin ${utterance}`);
    this.frames.set(utterance, []);
  }
  append(utterance: string, pcm: Uint8Array<ArrayBuffer>): void {
    this.frames.get(utterance)?.push(pcm);
  }
  commit(utterance: string, speculative: boolean): void {
    this.calls.push(`commit ${utterance}${speculative ? ' speculatively' : ''}`);
  }
  reopen(utterance: string): void {
    this.calls.push(`reopen ${utterance}`);
  }
  discard(utterance: string): void {
    this.calls.push(`discard ${utterance}`);
  }
  restore(utterance: string, frames: Uint8Array<ArrayBuffer>[], attempt: number): void {
    this.calls.push(`restore ${utterance}/${attempt} ${frames.length} frames`);
  }
  cancel(utterance: string, attempt: number, heardSample: number): void {
    this.calls.push(`cancel ${utterance}/${attempt} at ${heardSample}`);
  }
  played(utterance: string, attempt: number, sample: number): void {
    this.calls.push(`played ${utterance}/${attempt} to ${sample}`);
  }
  receipt(utterance: string, attempt: number): void {
    this.calls.push(`receipt ${utterance}/${attempt}`);
  }
  configure(settings: Settings): void {
    this.settings = settings;
  }
  onState(listener: (state: LinkState) => void): () => void {
    this.#onState = listener;
    return () => {};
  }
  onEvent(listener: (event: LinkEvent) => void): () => void {
    this.#onEvent = listener;
    return () => {};
  }
}
