import { setImmediate as otherWork } from 'node:timers/promises';
import { LIMITS } from '#protocol';
import { PcmResampler } from '../pcm/pcm-resampler.ts';

/** A second of 16 kHz speech: few frames for a turn, each far below the 15 MiB servers take. */
const PIECE_BYTES = 2 * LIMITS.inputRateHz;

/**
 * An utterance at the rate of a wire, in pieces, with room for other work between them: a minute of it takes some
 * tenths of a second of computing, and other calls go on meanwhile.
 */
export async function* toWireAudio(pcm: Uint8Array, rateHz: number): AsyncGenerator<Buffer, void> {
  const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const isSame = rateHz === LIMITS.inputRateHz;
  const resampler = isSame ? undefined : new PcmResampler(LIMITS.inputRateHz, rateHz);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    if (at > 0) await otherWork();
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    yield resampler ? resampler.push(piece) : piece;
  }
  const rest = resampler?.finish();
  if (rest && rest.length > 0) yield rest;
}

/** The events that put an utterance into the server's buffer. */
export async function* toAppends(pcm: Uint8Array, rateHz: number): AsyncGenerator<object, void> {
  for await (const piece of toWireAudio(pcm, rateHz)) {
    yield { type: 'input_audio_buffer.append', audio: piece.toString('base64') };
  }
}

/** At LIMITS.inputRateHz. */
export const silence = (durationMs: number): Uint8Array =>
  new Uint8Array(2 * Math.round((durationMs * LIMITS.inputRateHz) / 1000));
