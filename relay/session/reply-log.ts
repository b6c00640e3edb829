import type { RelayTimings, ReplyPart, Usage } from '#protocol';

const BYTES_PER_SAMPLE = 2;

export type LoggedEvent =
  | { kind: 'part'; part: ReplyPart }
  /** `sample` is the offset of its first sample within the answer. */
  | { kind: 'audio'; sample: number; pcm: Uint8Array };

export interface Ending {
  language?: string;
  usage?: Usage;
  timings: RelayTimings;
}

/** The numbered events of one answer, kept for replay until the client has stored them; an event's index is its n. */
export class ReplyLog {
  readonly #frameMs: number;
  readonly #events: LoggedEvent[] = [];
  #text = '';
  #transcript = '';
  #samples = 0;
  #rateHz = 0;
  #ending: Ending | undefined;

  constructor(frameMs: number) {
    this.#frameMs = frameMs;
  }

  /** Of the audio; 0 until it is known who answers. */
  get rateHz(): number {
    return this.#rateHz;
  }

  get count(): number {
    return this.#events.length;
  }

  /** Length of all audio so far. */
  get samples(): number {
    return this.#samples;
  }

  get text(): string {
    return this.#text;
  }

  get transcript(): string {
    return this.#transcript;
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  at(n: number): LoggedEvent | undefined {
    return this.#events[n];
  }

  pushPart(part: ReplyPart): void {
    if (part.kind === 'started') this.#rateHz = part.rateHz;
    if (part.kind === 'text') this.#text += part.text;
    if (part.kind === 'transcript') this.#transcript += part.text;
    this.#events.push({ kind: 'part', part });
  }

  /** Cuts into frames but never joins: waiting for a full frame would delay the first sound. */
  pushAudio(pcm: Uint8Array): void {
    const frameBytes = Math.floor((this.#rateHz * this.#frameMs) / 1000) * BYTES_PER_SAMPLE;
    for (let at = 0; at < pcm.length; at += frameBytes) {
      const frame = pcm.subarray(at, Math.min(at + frameBytes, pcm.length));
      this.#events.push({ kind: 'audio', sample: this.#samples, pcm: frame });
      this.#samples += frame.length / BYTES_PER_SAMPLE;
    }
  }

  end(ending: Ending): void {
    this.#ending = ending;
  }
}
