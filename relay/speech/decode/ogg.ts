import type { Result } from '#kernel/result';
import { invalid, unsupported, type AudioFile, type AudioFileProblem } from './audio-block.ts';
import { openOpus, OPUS_CLOCK_HZ } from './opus.ts';

/** Of a page, before its table of lacing values (RFC 3533 §6). */
const PAGE_HEAD_BYTES = 27;
const CONTINUED = 1;

interface Page {
  isContinued: boolean;
  granule: number;
  serial: number;
  lacing: Uint8Array;
  body: Uint8Array;
}

/** Ogg with an Opus stream in it; the first one where there are several. */
export async function openOgg(file: Uint8Array): Promise<Result<AudioFile, AudioFileProblem>> {
  const first = readPages(file).next().value;
  if (!first) return invalid('Ogg without a page');
  const [head] = packetsOf([first]);
  if (!head) return invalid('Ogg without a header');
  if (Buffer.from(head.subarray(1, 7)).toString('latin1') === 'vorbis') return unsupported('Ogg Vorbis');
  const ours = () => [...readPages(file)].filter((page) => page.serial === first.serial);
  const lastGranule = ours().at(-1)?.granule ?? 0;
  // The second packet is the comment header.
  return openOpus(head, () => packetsOf(ours(), 2), (lastGranule / OPUS_CLOCK_HZ) * 1000);
}

/** Every page that is whole; bytes that are none are passed over. */
function* readPages(file: Uint8Array): Generator<Page> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  for (let at = bytes.indexOf('OggS'); at >= 0 && at + PAGE_HEAD_BYTES <= bytes.length;) {
    const bodyAt = at + PAGE_HEAD_BYTES + bytes.readUInt8(at + 26);
    const lacing = bytes.subarray(at + PAGE_HEAD_BYTES, bodyAt);
    const end = bodyAt + lacing.reduce((sum, value) => sum + value, 0);
    if (end > bytes.length) return;
    yield {
      isContinued: (bytes.readUInt8(at + 5) & CONTINUED) !== 0,
      granule: Number(bytes.readBigInt64LE(at + 6)),
      serial: bytes.readUInt32LE(at + 14),
      lacing,
      body: bytes.subarray(bodyAt, end),
    };
    at = bytes.indexOf('OggS', end);
  }
}

/** The packets of one stream's pages but the first `skip`; a lacing value below 255 ends one. */
function* packetsOf(pages: readonly Page[], skip = 0): Generator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let index = 0;
  for (const { isContinued, lacing, body } of pages) {
    // What should have gone on here was lost.
    if (!isContinued) parts = [];
    let from = 0;
    let length = 0;
    for (const value of lacing) {
      length += value;
      if (value === 255) continue;
      parts.push(body.subarray(from, from + length));
      if (index++ >= skip) yield Buffer.concat(parts);
      parts = [];
      from += length;
      length = 0;
    }
    if (length > 0) parts.push(body.subarray(from, from + length));
  }
}
