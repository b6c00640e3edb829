import { failed, ok, type Result } from '#kernel/result';
import { toUpstreamProblem } from '../problem.ts';
import type { UpstreamProblem } from '../upstream.ts';
import { decodeBase64 } from './base64.ts';
import { stripRiff } from './wav.ts';
import { WholeSamples } from './whole-samples.ts';

/** Turns the base64 pieces of one answer's speech into PCM16LE: headers off, samples whole, the rate as expected. */
export class PcmReader {
  readonly #rateHz: number;
  readonly #samples = new WholeSamples();
  #noticedRateHz: number | undefined;

  /** `rateHz` is what the caller will play the audio at. */
  constructor(rateHz: number) {
    this.#rateHz = rateHz;
  }

  /** The rate the server stated, where it was not the one expected. */
  get noticedRateHz(): number | undefined {
    return this.#noticedRateHz;
  }

  /** `statedRateHz` comes from beside the audio; a RIFF header has the last word. The result may be empty. */
  read(base64: string, statedRateHz?: number): Result<Buffer, UpstreamProblem> {
    const bytes = decodeBase64(base64);
    if (!bytes) return failed(faulty('audio is not base64'));
    const stripped = stripRiff(bytes);
    if (!stripped.ok) return failed(faulty(`RIFF header: ${stripped.problem.detail ?? ''}`));
    const rateHz = stripped.value.rateHz ?? statedRateHz ?? this.#rateHz;
    if (rateHz !== this.#rateHz) {
      this.#noticedRateHz = rateHz;
      return failed(faulty(`audio at ${rateHz} Hz instead of ${this.#rateHz} Hz`));
    }
    return ok(this.#samples.push(stripped.value.pcm));
  }
}

const faulty = (detail: string): UpstreamProblem => toUpstreamProblem('upstream-faulty', detail);
