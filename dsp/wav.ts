import { failed, ok, type Problem, type Result } from '#kernel/result';
import { int16ToBytes } from './pcm.ts';

const PCM = 1;
const FLOAT = 3;
/** WAVE_FORMAT_EXTENSIBLE: the real tag is the first two bytes of a GUID further on. */
const EXTENSIBLE = 0xfffe;
const HEADER_BYTES = 44;
/** What a writer puts that streams and never learns the size. */
const UNKNOWN_SIZE = 0xffff_ffff;

export interface WavAudio {
  rateHz: number;
  /** One array per channel, all of one length, full scale at 1. */
  channels: Float32Array<ArrayBuffer>[];
}

interface Format {
  tag: number;
  channelCount: number;
  rateHz: number;
  bytesPerSample: number;
}

type WavProblem = Problem<'wav-invalid' | 'wav-unsupported'>;
type ReadSample = (view: DataView, offset: number) => number;

/** A PCM16 WAV file; `samples` are interleaved if there is more than one channel. */
export function encodeWav(samples: Int16Array, rateHz: number, channelCount = 1): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(HEADER_BYTES + samples.byteLength);
  const view = new DataView(file.buffer);
  writeId(file, 0, 'RIFF');
  view.setUint32(4, file.byteLength - 8, true);
  writeId(file, 8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channelCount, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * channelCount * 2, true);
  view.setUint16(32, channelCount * 2, true);
  view.setUint16(34, 16, true);
  writeId(file, 36, 'data');
  view.setUint32(40, samples.byteLength, true);
  file.set(int16ToBytes(samples), HEADER_BYTES);
  return file;
}

/** A WAV file whose samples are read as they are wanted, so that a long one need not be held twice. */
export interface WavReader {
  rateHz: number;
  channelCount: number;
  /** Samples of each channel. */
  frames: number;
  /** At most `count` frames from `from` on; fewer, or none, at the end. */
  read(from: number, count: number): Float32Array<ArrayBuffer>[];
}

/** The whole of a WAV file; see `openWav`. */
export function parseWav(file: Uint8Array): Result<WavAudio, WavProblem> {
  const wav = openWav(file);
  return wav.ok ? ok({ rateHz: wav.value.rateHz, channels: wav.value.read(0, wav.value.frames) }) : wav;
}

/**
 * Reads PCM of 8, 16, 24 and 32 bits and 32-bit float, plain or extensible. Takes what real writers leave behind:
 * chunks in any order and of any kind, odd sizes with or without the padding byte, a data size that is unknown or
 * larger than the file (the rest of the file is data then), a last sample cut short.
 */
export function openWav(file: Uint8Array): Result<WavReader, WavProblem> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.byteLength < 12 || readId(view, 0) !== 'RIFF' || readId(view, 8) !== 'WAVE')
    return invalid('no RIFF header');
  let format: Format | undefined;
  for (let at = 12; at + 8 <= view.byteLength;) {
    const id = readId(view, at);
    const body = at + 8;
    const size = chunkBytes(view, id, at);
    if (id === 'fmt ') {
      format = readFormat(view, body, size);
      if (!format) return invalid('bad format chunk');
    } else if (id === 'data') {
      if (!format) return invalid('data before format');
      const readSample = sampleReader(format);
      if (!readSample) {
        const detail = `format ${format.tag}, ${format.bytesPerSample} bytes`;
        return failed({ kind: 'wav-unsupported', retry: 'never', detail });
      }
      return ok(createReader(view, body, size, format, readSample));
    }
    at = body + size;
    // The padding byte is zero and no chunk's name begins with one, so writers that forget it are told apart.
    if (size % 2 === 1 && file[at] === 0) at++;
  }
  return invalid(format ? 'no data' : 'no format');
}

const invalid = (detail: string) => failed({ kind: 'wav-invalid' as const, retry: 'never' as const, detail });

function chunkBytes(view: DataView, id: string, at: number): number {
  const stated = view.getUint32(at + 4, true);
  const left = view.byteLength - at - 8;
  // Nothing is also what a writer states that cannot seek back; a file that is really empty knows its own length.
  const isStreamed = stated === 0 && view.getUint32(4, true) !== view.byteLength - 8;
  if (id === 'data' && (stated === UNKNOWN_SIZE || isStreamed)) return left;
  return Math.min(stated, left);
}

function readFormat(view: DataView, at: number, bytes: number): Format | undefined {
  if (bytes < 16) return undefined;
  const tag = view.getUint16(at, true);
  if (tag === EXTENSIBLE && bytes < 26) return undefined;
  const format = {
    tag: tag === EXTENSIBLE ? view.getUint16(at + 24, true) : tag,
    channelCount: view.getUint16(at + 2, true),
    rateHz: view.getUint32(at + 4, true),
    bytesPerSample: Math.ceil(view.getUint16(at + 14, true) / 8),
  };
  return format.channelCount > 0 && format.rateHz > 0 ? format : undefined;
}

function sampleReader({ tag, bytesPerSample }: Format): ReadSample | undefined {
  if (tag === FLOAT && bytesPerSample === 4) return readFiniteFloat;
  if (tag !== PCM) return undefined;
  if (bytesPerSample === 1) return (view, at) => (view.getUint8(at) - 128) / 128;
  if (bytesPerSample === 2) return (view, at) => view.getInt16(at, true) / 2 ** 15;
  if (bytesPerSample === 3) return (view, at) => (view.getUint8(at) + view.getInt16(at + 1, true) * 256) / 2 ** 23;
  if (bytesPerSample === 4) return (view, at) => view.getInt32(at, true) / 2 ** 31;
  return undefined;
}

/** One NaN would spread through every filter behind. */
function readFiniteFloat(view: DataView, at: number): number {
  const value = view.getFloat32(at, true);
  return Number.isFinite(value) ? value : 0;
}

function createReader(view: DataView, at: number, bytes: number, format: Format, readSample: ReadSample): WavReader {
  const { channelCount, bytesPerSample, rateHz } = format;
  const frameBytes = channelCount * bytesPerSample;
  const frames = Math.floor(bytes / frameBytes);
  const read = (from: number, count: number) => {
    const wanted = Math.max(0, Math.min(count, frames - from));
    return Array.from({ length: channelCount }, (_, c) => {
      const channel = new Float32Array(wanted);
      const first = at + from * frameBytes + c * bytesPerSample;
      for (let i = 0; i < wanted; i++) channel[i] = readSample(view, first + i * frameBytes);
      return channel;
    });
  };
  return { rateHz, channelCount, frames, read };
}

function readId(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}

function writeId(file: Uint8Array, at: number, id: string): void {
  for (let i = 0; i < id.length; i++) file[at + i] = id.charCodeAt(i);
}
