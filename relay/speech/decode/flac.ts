import { ok, type Result } from '#kernel/result';
import {
  hasUsableShape,
  invalid,
  unsupported,
  type AudioBlock,
  type AudioFile,
  type AudioFileProblem,
} from './audio-block.ts';
import { BitReader } from './bit-reader.ts';
import { readFlacFrame, type StreamInfo } from './flac-frame.ts';

const STREAM_INFO_BYTES = 34;

/** FLAC (RFC 9639). Lossless, so that it can be tried to the bit against other decoders. */
export function openFlac(file: Uint8Array): Result<AudioFile, AudioFileProblem> {
  const framesAt = skipMetadata(file);
  const info = readStreamInfo(file);
  if (framesAt === undefined || !info) return invalid('FLAC without its stream information');
  const { rateHz, channelCount, totalSamples } = info;
  if (!hasUsableShape(rateHz, channelCount)) return unsupported(`FLAC, ${channelCount} channels at ${rateHz} Hz`);
  return ok({
    ...(totalSamples > 0 && { durationMs: (totalSamples / rateHz) * 1000 }),
    blocks: () => readFrames(file, framesAt, info),
  });
}

function readStreamInfo(file: Uint8Array): StreamInfo | undefined {
  const reader = new BitReader(file, 4);
  const type = reader.unsigned(8) & 0x7f;
  const length = reader.unsigned(24);
  if (type !== 0 || length !== STREAM_INFO_BYTES) return undefined;
  // Smallest and largest block and frame.
  for (const bits of [16, 16, 24, 24]) reader.unsigned(bits);
  const rateHz = reader.unsigned(20);
  const channelCount = reader.unsigned(3) + 1;
  const bits = reader.unsigned(5) + 1;
  const totalSamples = reader.unsigned(36);
  return reader.isSpent ? undefined : { rateHz, channelCount, bits, totalSamples };
}

/** Where the first frame begins. */
function skipMetadata(file: Uint8Array): number | undefined {
  for (let at = 4; at + 4 <= file.length;) {
    const isLast = ((file[at] ?? 0) & 0x80) !== 0;
    at += 4 + (file[at + 1] ?? 0) * 65_536 + (file[at + 2] ?? 0) * 256 + (file[at + 3] ?? 0);
    if (isLast) return at;
  }
  return undefined;
}

/** Where no frame begins, or a damaged one, the next is looked for. */
function* readFrames(file: Uint8Array, from: number, info: StreamInfo): Generator<AudioBlock> {
  for (let at = file.indexOf(0xff, from); at >= 0;) {
    const frame = readFlacFrame(file, at, info);
    if (frame) yield frame.block;
    at = file.indexOf(0xff, frame?.end ?? at + 1);
  }
}
