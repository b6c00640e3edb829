import type { Result } from '#kernel/result';
import { invalid, unsupported, type AudioFile, type AudioFileProblem } from './audio-block.ts';
import { openFlac } from './flac.ts';
import { openMp3 } from './mp3.ts';
import { openOgg } from './ogg.ts';
import { openWaveFile } from './wave-file.ts';
import { openWebm } from './webm.ts';

type Open = (file: Uint8Array) => Result<AudioFile, AudioFileProblem> | Promise<Result<AudioFile, AudioFileProblem>>;

const startsWith = (file: Uint8Array, text: string, at = 0): boolean =>
  [...text].every((letter, i) => file[at + i] === letter.charCodeAt(0));

/** An MPEG audio frame begins with eleven bits set; layer 0 is not MPEG audio but AAC. */
const isMpegFrame = (file: Uint8Array): boolean =>
  file[0] === 0xff && ((file[1] ?? 0) & 0xe0) === 0xe0 && ((file[1] ?? 0) & 0x06) !== 0;

const isEbml = (file: Uint8Array): boolean =>
  file[0] === 0x1a && file[1] === 0x45 && file[2] === 0xdf && file[3] === 0xa3;

/** By what a file begins with; names and stated types are often wrong. */
function openerFor(file: Uint8Array): Open | undefined {
  if (startsWith(file, 'RIFF')) return openWaveFile;
  if (startsWith(file, 'fLaC')) return openFlac;
  if (startsWith(file, 'OggS')) return openOgg;
  if (isEbml(file)) return openWebm;
  if (startsWith(file, 'ID3') || isMpegFrame(file)) return openMp3;
  return undefined;
}

export const KNOWN_FORMATS = 'WAV, MP3, FLAC, Ogg Opus, WebM Opus';

/** Opens an audio file by its content. */
export async function openAudioFile(file: Uint8Array): Promise<Result<AudioFile, AudioFileProblem>> {
  if (file.length === 0) return invalid('the file is empty');
  const open = openerFor(file);
  if (open) return open(file);
  const isMp4 = startsWith(file, 'ftyp', 4);
  return unsupported(isMp4 ? 'M4A and MP4 (AAC) are not decoded here' : 'the file begins like nothing known here');
}
