import { bytesToInt16 } from '#dsp/pcm';
import { encodeWav } from '#dsp/wav';
import { LIMITS } from '#protocol';
import type { LiveEvent } from '../../session/live/live-event.ts';

/** Sound beyond it, three minutes at 24 kHz, is left out. */
const MAX_PCM_BYTES = LIMITS.maxReplyBufferBytes;

/** One answer, until it is whole. */
export class AnswerCollector {
  #text = '';
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #rateHz: number = LIMITS.outputRateHz;

  addText(text: string): void {
    this.#text += text;
  }

  addAudio({ pcm, rateHz }: Extract<LiveEvent, { kind: 'audio' }>): void {
    if (this.#bytes + pcm.length > MAX_PCM_BYTES) return;
    this.#rateHz = rateHz;
    this.#bytes += pcm.length;
    this.#pieces.push(pcm);
  }

  /** As a message; what was collected is forgotten. The sound is put in as text: escaping it would cost the most. */
  toMessage(): string {
    const { type, text, sampleRate } = { type: 'response', text: this.#text, sampleRate: this.#rateHz };
    const audio = this.#bytes === 0 ? '' : toBase64Wav(Buffer.concat(this.#pieces), this.#rateHz);
    this.clear();
    return `${JSON.stringify({ type, text, sampleRate }).slice(0, -1)},"audio":"${audio}"}`;
  }

  clear(): void {
    this.#text = '';
    this.#pieces = [];
    this.#bytes = 0;
  }
}

function toBase64Wav(pcm: Buffer, rateHz: number): string {
  const { buffer, byteOffset, byteLength } = encodeWav(bytesToInt16(pcm), rateHz);
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
