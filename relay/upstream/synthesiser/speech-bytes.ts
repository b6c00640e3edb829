import { failed, ok, type Result } from '#kernel/result';
import { WholeSamples } from '../pcm/whole-samples.ts';
import { stripRiff } from '../pcm/wav.ts';
import { toUpstreamProblem } from '../problem.ts';
import type { UpstreamProblem } from '../upstream.ts';

/** Lists and broadcast chunks may stand before the samples; what is longer is no header. */
const MAX_HEADER_BYTES = 64 * 1024;
/** Streaming servers fill in a length they cannot know; above this it is one of those. */
const MAX_BELIEVED_BYTES = 256 * 1024 * 1024;
const RIFF = Buffer.from('RIFF');
/** What a server sends that did not heed the format asked for; played as samples it would be a blast of noise. */
const COMPRESSED = ['ID3', 'OggS', 'fLaC'].map((magic) => Buffer.from(magic));

export interface RatedPcm {
  /** Whole samples; may be empty. */
  pcm: Buffer;
  rateHz: number;
}

/** Reads the bytes of one spoken answer, a WAV file or bare samples, however they are cut. */
export class SpeechBytes {
  #rateHz: number;
  /** Bytes of which it is not known yet what they are. */
  #head: Buffer | undefined = Buffer.alloc(0);
  /** Of the samples, by the header; Infinity where nothing credible is said. */
  #leftBytes = Infinity;
  readonly #samples = new WholeSamples();

  /** `rateHz` is that of samples without a header. */
  constructor(rateHz: number) {
    this.#rateHz = rateHz;
  }

  /** Whether a header promised more samples than came. */
  get isCutShort(): boolean {
    return this.#head !== undefined || (this.#leftBytes !== Infinity && this.#leftBytes > 0);
  }

  push(bytes: Buffer): Result<RatedPcm, UpstreamProblem> {
    if (this.#head === undefined) return ok(this.#take(bytes));
    this.#head = Buffer.concat([this.#head, bytes]);
    const head = this.#head;
    if (COMPRESSED.some((magic) => head.subarray(0, magic.length).equals(magic))) return faulty('compressed audio');
    const mayBeRiff = RIFF.subarray(0, head.length).equals(head.subarray(0, RIFF.length));
    if (!mayBeRiff) return ok(this.#takeHead(head));
    const samplesAt = startOfSamples(head);
    if (samplesAt === undefined) {
      return head.length > MAX_HEADER_BYTES ? faulty('RIFF header: too long') : ok(this.#nothing());
    }
    const header = stripRiff(head.subarray(0, samplesAt));
    if (!header.ok) return faulty(`RIFF header: ${header.problem.detail ?? ''}`);
    this.#rateHz = header.value.rateHz ?? this.#rateHz;
    const promisedBytes = head.readUInt32LE(samplesAt - 4);
    if (promisedBytes > 0 && promisedBytes <= MAX_BELIEVED_BYTES) this.#leftBytes = promisedBytes;
    return ok(this.#takeHead(head.subarray(samplesAt)));
  }

  #takeHead(rest: Buffer): RatedPcm {
    this.#head = undefined;
    return this.#take(rest);
  }

  #take(bytes: Buffer): RatedPcm {
    // After the samples a file may go on with its title and its maker.
    const samples = bytes.subarray(0, Math.min(bytes.length, this.#leftBytes));
    this.#leftBytes -= samples.length;
    return { pcm: this.#samples.push(samples), rateHz: this.#rateHz };
  }

  #nothing(): RatedPcm {
    return { pcm: Buffer.alloc(0), rateHz: this.#rateHz };
  }
}

/** Where the samples of a RIFF file begin, if that much of it is there. */
function startOfSamples(head: Buffer): number | undefined {
  for (let at = 12; at + 8 <= head.length;) {
    const length = head.readUInt32LE(at + 4);
    if (head.toString('latin1', at, at + 4) === 'data') return at + 8;
    at += 8 + length + (length % 2);
  }
  return undefined;
}

const faulty = (detail: string) => failed(toUpstreamProblem('upstream-faulty', detail));
