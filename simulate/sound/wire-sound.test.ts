import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_RATE_HZ, toSamples } from './line.ts';
import { WireDecoder, WireEncoder, type WireEncoding } from './wire-sound.ts';

const tone = (hz: number, ms: number): Int16Array =>
  Int16Array.from({ length: toSamples(ms) }, (_, i) => 8_000 * Math.sin((2 * Math.PI * hz * i) / LINE_RATE_HZ));

/** Power at one frequency, of all of it, in dB. */
function shareDb(sound: Int16Array, hz: number): number {
  let re = 0;
  let im = 0;
  let all = 0;
  for (const [i, sample] of sound.entries()) {
    re += sample * Math.cos((2 * Math.PI * hz * i) / LINE_RATE_HZ);
    im += sample * Math.sin((2 * Math.PI * hz * i) / LINE_RATE_HZ);
    all += sample * sample;
  }
  return 10 * Math.log10((2 * (re * re + im * im)) / sound.length / Math.max(1, all));
}

function through(wire: WireEncoding, sound: Int16Array): Int16Array {
  const encoder = new WireEncoder(wire);
  const decoder = new WireDecoder(wire);
  const pieces: Int16Array[] = [];
  for (let at = 0; at < sound.length; at += 480)
    pieces.push(decoder.decode(encoder.encode(sound.subarray(at, at + 480))));
  pieces.push(decoder.finish());
  return Int16Array.from(pieces.flatMap((piece) => [...piece]));
}

describe('sound on a wire', () => {
  it('comes back sample by sample at the rate of the line', () => {
    const sound = tone(440, 100);
    expect(through({ encoding: 'pcm16', rateHz: LINE_RATE_HZ }, sound)).toEqual(sound);
  });

  it.each([
    ['16 kHz', { encoding: 'pcm16', rateHz: 16_000 }, 7_000, -1e-3],
    ['mu-law', { encoding: 'pcmu' }, 3_000, -0.01],
    ['16 kHz after a telephone', { encoding: 'pcm16', rateHz: 16_000, isFromTelephone: true }, 3_000, -0.01],
  ] as [string, WireEncoding, number, number][])('keeps what a %s line can carry', (_, wire, hz, atLeastDb) => {
    const sound = tone(hz, 200);
    const back = through(wire, sound);
    expect(Math.abs(back.length - sound.length)).toBeLessThan(toSamples(20));
    expect(shareDb(back.subarray(1_000, -1_000), hz)).toBeGreaterThan(atLeastDb);
  });

  it.each([
    ['mu-law', { encoding: 'pcmu' }],
    ['16 kHz after a telephone', { encoding: 'pcm16', rateHz: 16_000, isFromTelephone: true }],
  ] as [string, WireEncoding][])('loses above 4 kHz what a telephone loses: %s', (_, wire) => {
    const rms = (sound: Int16Array) =>
      Math.sqrt(sound.reduce((sum, sample) => sum + sample * sample, 0) / sound.length);
    expect(20 * Math.log10(rms(through(wire, tone(5_000, 200)).subarray(1_000)) / rms(tone(5_000, 200)))).toBeLessThan(
      -50,
    );
  });

  it('may be cut into pieces anywhere, also inside of a sample', () => {
    const bytes = Uint8Array.from({ length: 401 }, (_, i) => (i * 37) % 256);
    const whole = new WireDecoder({ encoding: 'pcm16', rateHz: LINE_RATE_HZ }).decode(bytes);
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 30 }), (lengths) => {
        const decoder = new WireDecoder({ encoding: 'pcm16', rateHz: LINE_RATE_HZ });
        let at = 0;
        const pieces = [...lengths, bytes.length].map((length) => {
          const piece = decoder.decode(bytes.subarray(at, at + length));
          at += length;
          return [...piece];
        });
        expect(pieces.flat()).toEqual([...whole]);
      }),
    );
  });
});
