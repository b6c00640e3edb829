import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeWav } from '#dsp/wav';
import type { AudioBlock, AudioFile } from './audio-block.ts';
import { openAudioFile } from './audio-file.ts';
import { toOggOpus } from './testing/ogg-opus.ts';
import { toSpeech } from './to-speech.ts';

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)));

async function open(bytes: Uint8Array): Promise<AudioFile> {
  const opened = await openAudioFile(bytes);
  if (!opened.ok) throw new Error(`not opened: ${opened.problem.detail}`);
  return opened.value;
}

async function decode(bytes: Uint8Array): Promise<Int16Array> {
  const parts: number[] = [];
  for await (const part of toSpeech(await open(bytes))) for (const sample of part) parts.push(sample);
  return Int16Array.from(parts);
}

/** Of a sine at `hz`, how much of the energy between 0.1 s and 0.4 s it holds: 1 is all of it. */
function purity(samples: Int16Array, hz: number): number {
  const part = samples.subarray(1_600, 6_400);
  let [sine, cosine, energy] = [0, 0, 0];
  part.forEach((sample, i) => {
    const phase = (2 * Math.PI * hz * i) / 16_000;
    sine += sample * Math.sin(phase);
    cosine += sample * Math.cos(phase);
    energy += sample * sample;
  });
  return (2 * (sine ** 2 + cosine ** 2)) / (energy * part.length);
}

/** As a FLAC encoder sums up what it was given: little-endian samples of `bits`, channels in turn. */
function md5Of(blocks: Iterable<AudioBlock>, bits: number): string {
  const hash = createHash('md5');
  for (const { channels } of blocks) {
    const bytes = Buffer.alloc((channels[0]!.length * channels.length * bits) / 8);
    channels.forEach((channel, c) => {
      channel.forEach((sample, i) => {
        bytes.writeIntLE(sample * 2 ** (bits - 1), ((i * channels.length + c) * bits) / 8, bits / 8);
      });
    });
    hash.update(bytes);
  }
  return hash.digest('hex');
}

const tone = Int16Array.from({ length: 22_050 }, (_, i) => 16_384 * Math.sin((2 * Math.PI * 440 * i) / 44_100));
const stereo = Int16Array.from({ length: 44_100 }, (_, i) => tone[i >> 1]!);

describe('audio files', () => {
  it.each([
    ['WAV', encodeWav(tone, 44_100), 8_000],
    ['stereo WAV', encodeWav(stereo, 44_100, 2), 8_000],
    ['FLAC', fixture('tone.flac'), 8_000],
    // Encoder delay and padding are part of it.
    ['MP3', fixture('tone.mp3'), 9_196],
    ['WebM Opus', fixture('tone.webm'), undefined],
    ['Ogg Opus', toOggOpus(fixture('tone.webm')), undefined],
  ])('of %s become 16 kHz mono', async (_, bytes, samples) => {
    const speech = await decode(bytes);
    if (samples === undefined) expect(speech.length).toBeGreaterThan(7_000);
    else expect(speech.length).toBe(samples);
    expect(purity(speech, 440)).toBeGreaterThan(0.999);
    const peak = speech.subarray(1_600, 6_400).reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);
    expect(peak).toBeGreaterThan(15_000);
    expect(peak).toBeLessThan(18_000);
  });

  it('are the same Opus in Ogg as in WebM', async () => {
    const webm = fixture('tone.webm');
    expect(await decode(toOggOpus(webm))).toEqual(await decode(webm));
    // Cut into pages so small that packets run over them.
    expect(await decode(toOggOpus(webm, 1))).toEqual(await decode(webm));
  });

  it('tell their length where they know it', async () => {
    expect((await open(encodeWav(tone, 44_100))).durationMs).toBe(500);
    expect((await open(fixture('tone.flac'))).durationMs).toBe(500);
    expect((await open(toOggOpus(fixture('tone.webm')))).durationMs).toBeGreaterThan(400);
    expect((await open(fixture('tone.mp3'))).durationMs).toBeUndefined();
  });

  it.each([
    ['Ogg Vorbis', fixture('vorbis.ogg'), 'audio-unsupported', 'Ogg Vorbis'],
    ['M4A', Buffer.from('\0\0\0\x20ftypM4A \0\0\0\0'), 'audio-unsupported', 'M4A'],
    ['AAC', Buffer.from([0xff, 0xf1, 0x50, 0x80, 0, 0, 0]), 'audio-unsupported', 'nothing known'],
    ['a text', Buffer.from('hello there'), 'audio-unsupported', 'nothing known'],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'audio-unsupported', 'nothing known'],
    ['nothing', Buffer.alloc(0), 'audio-invalid', 'empty'],
    ['a head without a body', Buffer.from('fLaC'), 'audio-invalid', 'FLAC'],
    ['WebM with nothing in it', Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 0x80]), 'audio-invalid', 'WebM'],
    ['Ogg with nothing in it', Buffer.from('OggS'), 'audio-invalid', 'Ogg'],
    ['MP3 with nothing in it', Buffer.from('ID3\x03\0\0\0\0\0\0'), 'audio-invalid', 'MP3'],
    ['WAV at a rate of no sound', encodeWav(tone, 100), 'audio-unsupported', 'WAV'],
  ])('that are %s are refused in words', async (_, bytes, kind, words) => {
    const opened = await openAudioFile(new Uint8Array(bytes));
    expect(opened.ok ? 'opened' : opened.problem).toMatchObject({ kind, detail: expect.stringContaining(words) });
  });

  it('never break what reads them, however damaged', async () => {
    const files = ['tone.flac', 'stereo-24.flac', 'tone.mp3', 'tone.webm', 'vorbis.ogg'].map(fixture);
    files.push(toOggOpus(fixture('tone.webm')), encodeWav(stereo, 44_100, 2).subarray(0, 4_000));
    const damage = fc.record({
      file: fc.constantFrom(...files),
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      noise: fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
        maxLength: 6,
      }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ file, cut, noise }) => {
        const bytes = file.slice(0, Math.ceil(file.length * (0.3 + 0.7 * cut)));
        for (const [at, value] of noise) bytes[Math.floor(at * bytes.length)] = value;
        const opened = await openAudioFile(bytes);
        if (!opened.ok) return;
        for (const { channels } of opened.value.blocks()) {
          for (const channel of channels) expect(channel.every(Number.isFinite)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  }, 30_000);
});

describe('FLAC', () => {
  it('is decoded to the bit, in 24 bits and with its channels coded as sum and difference', async () => {
    const file = fixture('stereo-24.flac');
    expect(md5Of((await open(file)).blocks(), 24)).toBe(Buffer.from(file.subarray(26, 42)).toString('hex'));
  });

  it('loses only the frame that is damaged', async () => {
    const whole = fixture('tone.flac');
    const damaged = whole.slice();
    damaged[1_500]! ^= 0x40;
    const count = async (file: Uint8Array) =>
      [...(await open(file)).blocks()].reduce((sum, { channels }) => sum + channels[0]!.length, 0);
    const lost = (await count(whole)) - (await count(damaged));
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual(4_096);
  });

  const folder = fileURLToPath(new URL('../../../../shared/data/noise/', import.meta.url));
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.flac')) : [];
  for (const name of files) {
    it(`of ${name} is what its encoder was given`, async () => {
      const file = new Uint8Array(readFileSync(folder + name));
      const bits = (((file[20]! & 1) << 4) | (file[21]! >> 4)) + 1;
      expect(md5Of((await open(file)).blocks(), bits)).toBe(Buffer.from(file.subarray(26, 42)).toString('hex'));
    });
  }
});
