import type { AudioBlock } from './audio-block.ts';
import { BitReader } from './bit-reader.ts';
import { readSubframe } from './flac-subframe.ts';

export interface StreamInfo {
  rateHz: number;
  channelCount: number;
  bits: number;
  /** 0 where the writer did not know. */
  totalSamples: number;
}

interface FrameHead {
  samples: number;
  /** Channels as coded: below 8 their number less one, then left/side, side/right, mid/side. */
  assignment: number;
  bits: number;
}

const SYNC = 0b111_1111_1111_1100;
const BITS_BY_CODE = [0, 8, 12, undefined, 16, 20, 24, 32] as const;
const LEFT_SIDE = 8;
const SIDE_RIGHT = 9;
const MID_SIDE = 10;

/** The frame that begins at `at` (RFC 9639 §9), if a whole and undamaged one does. */
export function readFlacFrame(
  file: Uint8Array,
  at: number,
  info: StreamInfo,
): { block: AudioBlock; end: number } | undefined {
  const reader = new BitReader(file, at);
  const head = readHead(reader, info);
  const headEnd = reader.byteAt;
  if (!head || reader.unsigned(8) !== crc8(file, at, headEnd)) return undefined;
  const { samples, assignment, bits } = head;
  const channelCount = assignment < LEFT_SIDE ? assignment + 1 : 2;
  if (channelCount !== info.channelCount || assignment > MID_SIDE) return undefined;
  const coded = Array.from({ length: channelCount }, () => new Float64Array(samples));
  for (const [c, channel] of coded.entries()) {
    const isSide = assignment === SIDE_RIGHT ? c === 0 : assignment >= LEFT_SIDE && c === 1;
    if (!readSubframe(reader, channel, bits + (isSide ? 1 : 0))) return undefined;
  }
  const end = reader.byteAt;
  if (reader.unsigned(16) !== crc16(file, at, end) || reader.isSpent) return undefined;
  decorrelate(coded, assignment);
  const scale = 2 ** (1 - bits);
  const channels = coded.map((channel) => Float32Array.from(channel, (sample) => sample * scale));
  return { block: { rateHz: info.rateHz, channels }, end: end + 2 };
}

function readHead(reader: BitReader, info: StreamInfo): FrameHead | undefined {
  if (reader.unsigned(15) !== SYNC) return undefined;
  reader.unsigned(1);
  const sizeCode = reader.unsigned(4);
  const rateCode = reader.unsigned(4);
  const assignment = reader.unsigned(4);
  const bits = BITS_BY_CODE[reader.unsigned(3)];
  reader.unsigned(1);
  // The number of the frame, in as many bytes as its first one has leading ones.
  const first = reader.unsigned(8);
  for (let left = Math.clz32(~(first << 24)) - 1; left > 0; left--) reader.unsigned(8);
  const samples = blockSize(reader, sizeCode);
  if (rateCode === 15 || bits === undefined || samples === undefined) return undefined;
  if (rateCode >= 12) reader.unsigned(rateCode === 12 ? 8 : 16);
  return { samples, assignment, bits: bits === 0 ? info.bits : bits };
}

function blockSize(reader: BitReader, code: number): number | undefined {
  if (code === 0) return undefined;
  if (code === 1) return 192;
  if (code <= 5) return 144 * 2 ** code;
  if (code === 6) return reader.unsigned(8) + 1;
  if (code === 7) return reader.unsigned(16) + 1;
  return 2 ** code;
}

/** From a channel and a difference back to left and right. */
function decorrelate([first, second]: Float64Array[], assignment: number): void {
  if (assignment < LEFT_SIDE || !first || !second) return;
  for (let i = 0; i < first.length; i++) {
    const a = first[i] ?? 0;
    const b = second[i] ?? 0;
    if (assignment === LEFT_SIDE) second[i] = a - b;
    if (assignment === SIDE_RIGHT) first[i] = a + b;
    if (assignment === MID_SIDE) {
      // The bit that halving lost is that of the difference.
      const sum = 2 * a + (Math.abs(b) % 2);
      first[i] = (sum + b) / 2;
      second[i] = (sum - b) / 2;
    }
  }
}

function crc8(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let i = from; i < to; i++) crc = CRC8[crc ^ (bytes[i] ?? 0)] ?? 0;
  return crc;
}

function crc16(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let i = from; i < to; i++) crc = ((crc << 8) & 0xffff) ^ (CRC16[(crc >> 8) ^ (bytes[i] ?? 0)] ?? 0);
  return crc;
}

/** What each byte does to a check sum of `width` bits. */
function crcTable(polynomial: number, width: number): number[] {
  const top = 2 ** (width - 1);
  return Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) crc = (crc & top) !== 0 ? (crc << 1) ^ polynomial : crc << 1;
    return crc & (2 ** width - 1);
  });
}

const CRC8 = crcTable(0x07, 8);
const CRC16 = crcTable(0x8005, 16);
