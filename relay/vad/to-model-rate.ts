import { bytesToInt16, floatToInt16, int16ToBytes, int16ToFloat } from '#dsp/pcm';
import { resample } from '#dsp/resampler';
import { SILERO } from '#models/vad/silero';

/** PCM16LE at 16 kHz of PCM16LE at another rate, at full quality. */
export function toModelRate(pcm: Uint8Array, rateHz: number): Uint8Array<ArrayBuffer> {
  const samples = bytesToInt16(pcm);
  const float = new Float32Array(samples.length);
  int16ToFloat(samples, float);
  const resampled = resample(float, rateHz, SILERO.rateHz);
  const output = new Int16Array(resampled.length);
  floatToInt16(resampled, output);
  return int16ToBytes(output);
}
