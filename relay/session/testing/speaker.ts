import { createHash } from 'node:crypto';
import { AudioKind, LIMITS, type AudioFrame, type ClientMessageOf } from '#protocol';

const FRAME_BYTES = LIMITS.frameSamples * 2;

/** An utterance of `frames` frames whose bytes depend on `seed`, and the messages that bring it to the relay. */
export class Speaker {
  readonly utterance: string;
  readonly handle: number;
  readonly pcm: Uint8Array;

  constructor(utterance: string, handle: number, frames = 10, seed = handle) {
    this.utterance = utterance;
    this.handle = handle;
    this.pcm = Uint8Array.from({ length: frames * FRAME_BYTES }, (_, i) => (i * 31 + seed * 7) & 0xff);
  }

  get frames(): number {
    return this.pcm.length / FRAME_BYTES;
  }

  begin(role: 'turn' | 'history' = 'turn'): ClientMessageOf<'begin'> {
    return { type: 'begin', utterance: this.utterance, handle: this.handle, role };
  }

  frame(sequence: number): AudioFrame {
    const pcm = this.pcm.subarray(sequence * FRAME_BYTES, (sequence + 1) * FRAME_BYTES);
    const sample = sequence * LIMITS.frameSamples;
    return { kind: AudioKind.user, attempt: 0, handle: this.handle, sequence, sample, pcm };
  }

  /** Claims the first `frames` frames, all by default. */
  commit(after = 0, frames = this.frames): ClientMessageOf<'commit'> {
    const pcm = this.pcm.subarray(0, frames * FRAME_BYTES);
    const sha256 = createHash('sha256').update(pcm).digest('hex');
    return { type: 'commit', utterance: this.utterance, frames, bytes: pcm.length, sha256, after };
  }
}

/** A `hello` with what matters to a test. */
export function hello(changes: Partial<ClientMessageOf<'hello'>> = {}): ClientMessageOf<'hello'> {
  return { type: 'hello', version: 1, conversation: 'c1', fence: 1, settings: {}, history: [], open: [], ...changes };
}

/** Lets everything that waits for a promise go on. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
