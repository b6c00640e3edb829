import { setImmediate } from 'node:timers/promises';
import { Downmix } from '#dsp/downmix';
import { floatToInt16 } from '#dsp/pcm';
import { Resampler } from '#dsp/resampler';
import { LIMITS } from '#protocol';
import type { AudioFile } from './audio-block.ts';

/** What the down-mix judges its channels by. */
const MIX_SAMPLES = 128;

/**
 * A recording as recognisers take it: one channel at LIMITS.inputRateHz, about a second at a time. Others get their
 * turn between two pieces: decoding a long file delays no call.
 */
export async function* toSpeech(file: AudioFile): AsyncGenerator<Int16Array, void> {
  const downmix = new Downmix();
  let resampler: Resampler | undefined;
  for (const { rateHz, channels } of file.blocks()) {
    await setImmediate();
    // Joined recordings may change their rate on the way.
    if (resampler?.fromHz !== rateHz) {
      if (resampler) yield finish(resampler);
      resampler = new Resampler({ fromHz: rateHz, toHz: LIMITS.inputRateHz });
    }
    const mono = mix(downmix, channels);
    const output = new Float32Array(resampler.maxOutputSamples(mono.length));
    yield toPcm(output, resampler.process(mono, output));
  }
  if (resampler) yield finish(resampler);
}

function mix(downmix: Downmix, channels: readonly Float32Array[]): Float32Array {
  const samples = channels[0]?.length ?? 0;
  const mono = new Float32Array(samples);
  for (let at = 0; at < samples; at += MIX_SAMPLES) {
    const count = Math.min(MIX_SAMPLES, samples - at);
    const parts = channels.map((channel) => channel.subarray(at, at + count));
    downmix.process(parts, mono.subarray(at, at + count), count);
  }
  return mono;
}

function finish(resampler: Resampler): Int16Array {
  const output = new Float32Array(resampler.maxOutputSamples(0));
  return toPcm(output, resampler.flush(output));
}

function toPcm(samples: Float32Array, count: number): Int16Array {
  const pcm = new Int16Array(count);
  floatToInt16(samples, pcm, count);
  return pcm;
}
