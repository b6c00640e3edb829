import type { Result } from '#kernel/result';
import { invalid, unsupported, type AudioFile, type AudioFileProblem } from './audio-block.ts';
import { openOpus } from './opus.ts';

/** Elements that matter (RFC 9559); the first group only holds others, and is stepped into. */
const HOLDERS = new Set([0x18538067, 0x1654ae6b, 0xae, 0x1f43b675, 0xa0]);
const TRACK = 0xae;
const TRACK_NUMBER = 0xd7;
const CODEC_ID = 0x86;
const CODEC_PRIVATE = 0x63a2;
const SIMPLE_BLOCK = 0xa3;
const BLOCK = 0xa1;
/** Of a block after its track number: time and flags. */
const BLOCK_HEAD_BYTES = 3;

interface Element {
  id: number;
  body: Uint8Array;
}

interface Track {
  number: number;
  codec: string;
  head: Uint8Array;
}

/** WebM or Matroska with an Opus track, as browsers record it: the first such track. */
export async function openWebm(file: Uint8Array): Promise<Result<AudioFile, AudioFileProblem>> {
  const tracks = readTracks(file);
  const track = tracks.find(({ codec }) => codec === 'A_OPUS');
  if (track) return openOpus(track.head, () => readPackets(file, track.number));
  return tracks.length === 0 ? invalid('WebM without a track') : unsupported('WebM without an Opus track');
}

function readTracks(file: Uint8Array): Track[] {
  const tracks: Track[] = [];
  for (const { id, body } of walk(file)) {
    if (id === TRACK) tracks.push({ number: 0, codec: '', head: new Uint8Array() });
    const track = tracks.at(-1);
    if (!track) continue;
    if (id === TRACK_NUMBER) track.number = body.reduce((value, byte) => value * 256 + byte, 0);
    if (id === CODEC_ID) track.codec = Buffer.from(body).toString('latin1').replace(/\0+$/, '');
    if (id === CODEC_PRIVATE) track.head = body;
    if (id === SIMPLE_BLOCK || id === BLOCK) break;
  }
  return tracks;
}

function* readPackets(file: Uint8Array, track: number): Generator<Uint8Array> {
  for (const { id, body } of walk(file)) {
    if (id !== SIMPLE_BLOCK && id !== BLOCK) continue;
    const number = readVint(body, 0);
    if (number?.value === track) yield body.subarray(number.bytes + BLOCK_HEAD_BYTES);
  }
}

/** All elements in the order of the file, without their nesting: live recordings leave the sizes of holders open. */
function* walk(file: Uint8Array): Generator<Element> {
  for (let at = 0; at < file.length;) {
    const id = readId(file, at);
    const size = id && readVint(file, at + id.bytes);
    if (!id || !size) return;
    const bodyAt = at + id.bytes + size.bytes;
    const isHolder = HOLDERS.has(id.value);
    const end = isHolder ? bodyAt : bodyAt + size.value;
    if (end > file.length) return;
    yield { id: id.value, body: file.subarray(bodyAt, end) };
    at = end;
  }
}

interface Vint {
  value: number;
  bytes: number;
}

/** A number whose first byte tells its length by its leading zeros; the length marker is not part of it. */
function readVint(file: Uint8Array, at: number): Vint | undefined {
  const vint = readId(file, at);
  return vint && { value: vint.value - 2 ** (7 * vint.bytes), bytes: vint.bytes };
}

/** The same with its marker, as ids are written down. */
function readId(file: Uint8Array, at: number): Vint | undefined {
  const first = file[at] ?? 0;
  const bytes = Math.clz32(first) - 23;
  if (bytes > 8 || at + bytes > file.length) return undefined;
  let value = 0;
  for (let i = 0; i < bytes; i++) value = value * 256 + (file[at + i] ?? 0);
  return { value, bytes };
}
