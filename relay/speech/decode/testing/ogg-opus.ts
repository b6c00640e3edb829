/** Chromium's recorder makes packets of 60 ms. */
const PACKET_SAMPLES = 2_880;

/** Puts the Opus packets of one of our WebM fixtures into Ogg: each page holds at most `segments` lacing values. */
export function toOggOpus(webm: Uint8Array, segments = 255): Uint8Array<ArrayBuffer> {
  const { head, packets } = readSimpleBlocks(Buffer.from(webm));
  const comment = Buffer.from('OpusTags\x04\0\0\0test\0\0\0\0', 'latin1');
  const pages = [page([lace(head)], { flags: 2, granule: 0 }), page([lace(comment)], { flags: 0, granule: 0 })];
  let granule = 0;
  let open: Lace[] = [];
  let isContinued = false;
  const flush = (): void => {
    if (open.length > 0) pages.push(page(open, { flags: isContinued ? 1 : 0, granule }));
    open = [];
  };
  for (const packet of packets) {
    granule += PACKET_SAMPLES;
    for (let { values, bytes } = lace(packet); values.length > 0;) {
      const room = segments - open.reduce((sum, part) => sum + part.values.length, 0);
      const here = values.slice(0, room);
      const length = here.reduce((sum, value) => sum + value, 0);
      open.push({ values: here, bytes: bytes.subarray(0, length) });
      values = values.slice(here.length);
      bytes = bytes.subarray(length);
      if (open.reduce((sum, part) => sum + part.values.length, 0) < segments) continue;
      flush();
      isContinued = values.length > 0;
    }
  }
  flush();
  return new Uint8Array(Buffer.concat(pages));
}

interface Lace {
  values: number[];
  bytes: Buffer;
}

const lace = (bytes: Buffer): Lace => ({
  values: [...new Array<number>(Math.floor(bytes.length / 255)).fill(255), bytes.length % 255],
  bytes,
});

function page(parts: Lace[], { flags, granule }: { flags: number; granule: number }): Buffer {
  const lacing = Buffer.from(parts.flatMap(({ values }) => values));
  const header = Buffer.alloc(27);
  header.write('OggS', 0, 'latin1');
  header.writeUInt8(flags, 5);
  header.writeBigInt64LE(BigInt(granule), 6);
  header.writeUInt32LE(7, 14);
  header.writeUInt8(lacing.length, 26);
  return Buffer.concat([header, lacing, ...parts.map(({ bytes }) => bytes)]);
}

/** Good enough for what a browser's recorder writes: sizes of blocks in one or two bytes. */
function readSimpleBlocks(webm: Buffer): { head: Buffer; packets: Buffer[] } {
  const headAt = webm.indexOf('OpusHead');
  const packets: Buffer[] = [];
  for (let at = webm.indexOf(Buffer.from([0x1f, 0x43, 0xb6, 0x75])); at < webm.length && at >= 0;) {
    const id = webm.readUInt8(at);
    if (id === 0x1f) at += 12;
    else if (id === 0xe7) at += 2 + (webm.readUInt8(at + 1) & 0x7f);
    else if (id === 0xa3) {
      const isShort = (webm.readUInt8(at + 1) & 0x80) !== 0;
      const size = isShort ? webm.readUInt8(at + 1) & 0x7f : webm.readUInt16BE(at + 1) & 0x3fff;
      const bodyAt = at + (isShort ? 2 : 3);
      packets.push(webm.subarray(bodyAt + 4, bodyAt + size));
      at = bodyAt + size;
    } else throw new Error(`element ${id.toString(16)} at ${at}`);
  }
  return { head: webm.subarray(headAt, headAt + 19), packets };
}
