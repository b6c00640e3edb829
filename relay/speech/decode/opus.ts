import { ok, type Result } from '#kernel/result';
import { LIMITS } from '#protocol';
import { invalid, unsupported, type AudioBlock, type AudioFile, type AudioFileProblem } from './audio-block.ts';

/** Opus counts its time at this rate, whatever it decodes to. */
export const OPUS_CLOCK_HZ = 48_000;
/** Decoded straight to what recognisers listen at: no resampling. */
const RATE_HZ = LIMITS.inputRateHz;
/** 20 ms each, as everybody sends them: a second. */
const PACKETS_PER_BLOCK = 50;
const HEAD_BYTES = 19;
/** What the decoder has room for; three times the largest frame there is. */
const MAX_PACKET_BYTES = 3_840;
/** So much garbage is no recording. The decoder writes a line about each on the error output. */
const MAX_BAD_PACKETS = 50;

interface OpusHead {
  channelCount: number;
  /** Samples at the start that only warm the decoder up, at OPUS_CLOCK_HZ. */
  preSkip: number;
}

/** The identification header (RFC 7845 §5.1), which Ogg and WebM share. */
function parseHead(head: Uint8Array): OpusHead | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < HEAD_BYTES || Buffer.from(head.subarray(0, 8)).toString('latin1') !== 'OpusHead') return undefined;
  return { channelCount: head[9] ?? 0, preSkip: view.getUint16(10, true) };
}

/** A stream of Opus packets, taken out of whatever held them. */
export async function openOpus(
  head: Uint8Array,
  packets: () => Iterable<Uint8Array>,
  durationMs?: number,
): Promise<Result<AudioFile, AudioFileProblem>> {
  const parsed = parseHead(head);
  if (!parsed) return invalid('Opus without its header');
  const { channelCount, preSkip } = parsed;
  if (channelCount < 1 || channelCount > 2) return unsupported(`Opus with ${channelCount} channels`);
  // Half a megabyte of code that most relays never need.
  const { OpusDecoder } = await import('opus-decoder');
  const decoder = new OpusDecoder({ sampleRate: RATE_HZ, channels: channelCount });
  await decoder.ready;
  return ok({
    ...(durationMs !== undefined && { durationMs }),
    *blocks() {
      let toSkip = Math.round((preSkip / OPUS_CLOCK_HZ) * RATE_HZ);
      let badPackets = 0;
      for (const group of inGroups(packets(), PACKETS_PER_BLOCK)) {
        const { channelData, errors } = decoder.decodeFrames(group);
        const block = toBlock(channelData, toSkip);
        toSkip = Math.max(0, toSkip - (channelData[0]?.length ?? 0));
        if (block) yield block;
        badPackets += errors.length;
        if (badPackets > MAX_BAD_PACKETS) return;
      }
    },
  });
}

function toBlock(channels: Float32Array[], skip: number): AudioBlock | undefined {
  const rest = channels.map((channel) => channel.subarray(skip));
  return rest[0] && rest[0].length > 0 ? { rateHz: RATE_HZ, channels: rest } : undefined;
}

function* inGroups(packets: Iterable<Uint8Array>, size: number): Generator<Uint8Array[]> {
  let group: Uint8Array[] = [];
  for (const packet of packets) {
    if (packet.length > 0 && packet.length <= MAX_PACKET_BYTES) group.push(packet);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
