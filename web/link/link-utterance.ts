import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { ReplyCursor } from './reply-cursor.ts';
import { LIMITS } from '#protocol/limits';

const BYTES_PER_SAMPLE = 2;
const MAX_BYTES = (LIMITS.maxUtteranceMs / 1000) * LIMITS.inputRateHz * BYTES_PER_SAMPLE;

/** What a commit says the utterance consists of. */
export interface Claim {
  frames: number;
  bytes: number;
  sha256: string;
  speculative: boolean;
}

/**
 * One utterance as the link holds it, until the answer is stored or it is discarded. Hashed while it is being
 * spoken, synchronously (crypto.subtle is neither): the commit then costs nothing at the moment that counts.
 */
export class LinkUtterance {
  readonly id: string;
  readonly reply: ReplyCursor;
  readonly frames: Uint8Array<ArrayBuffer>[] = [];
  claim: Claim | undefined;
  /** The last attempt failed and no new one was asked for. */
  hasFailed = false;
  played: { attempt: number; sample: number } | undefined;
  readonly #firstSamples: number[] = [];
  readonly #hash = sha256.create();
  #bytes = 0;

  constructor(id: string, attempt = 0) {
    this.id = id;
    this.reply = new ReplyCursor(attempt);
  }

  /** False when the utterance is as long as a relay will take; the frame is left out, so that the rest is answered. */
  append(pcm: Uint8Array<ArrayBuffer>): boolean {
    if (this.#bytes + pcm.length > MAX_BYTES) return false;
    this.#firstSamples.push(this.#bytes / BYTES_PER_SAMPLE);
    this.frames.push(pcm);
    this.#hash.update(pcm);
    this.#bytes += pcm.length;
    return true;
  }

  /** Offset of the first sample of a frame. */
  sampleOf(frame: number): number {
    return this.#firstSamples[frame] ?? this.#bytes / BYTES_PER_SAMPLE;
  }

  commit(speculative: boolean): void {
    const digest = bytesToHex(this.#hash.clone().digest());
    this.claim = { frames: this.frames.length, bytes: this.#bytes, sha256: digest, speculative };
    this.hasFailed = false;
  }
}
