import { toWav } from '../upstream/pcm/wav.ts';

/** What a writer puts that cannot know the size: players then read to the end of the stream. */
const UNKNOWN_SIZE = 0xffff_ffff;

/** The head of a WAV stream of PCM16 mono whose length is not known yet. */
export function streamedWavHead(rateHz: number): Buffer {
  const head = toWav(Buffer.alloc(0), rateHz);
  head.writeUInt32LE(UNKNOWN_SIZE, 4);
  head.writeUInt32LE(UNKNOWN_SIZE, 40);
  return head;
}
