import { openWav } from '#dsp/wav';
import { ok, type Result } from '#kernel/result';
import { hasUsableShape, invalid, unsupported, type AudioFile, type AudioFileProblem } from './audio-block.ts';

const BLOCK_FRAMES = 8_192;

export function openWaveFile(file: Uint8Array): Result<AudioFile, AudioFileProblem> {
  const opened = openWav(file);
  if (!opened.ok) {
    const { kind, detail = '' } = opened.problem;
    return kind === 'wav-unsupported' ? unsupported(`WAV, ${detail}`) : invalid(`WAV, ${detail}`);
  }
  const { rateHz, channelCount, frames, read } = opened.value;
  if (!hasUsableShape(rateHz, channelCount)) return unsupported(`WAV, ${channelCount} channels at ${rateHz} Hz`);
  return ok({
    durationMs: (frames / rateHz) * 1000,
    *blocks() {
      for (let at = 0; at < frames; at += BLOCK_FRAMES) yield { rateHz, channels: read(at, BLOCK_FRAMES) };
    },
  });
}
