/** A channel this far below the loudest one holds no voice: an unconnected half of a stereo input, with its noise. */
const SILENT_BELOW = 10 ** (-30 / 10);
/** Below -70 dBFS nothing can be told about the channels, so the last judgement stays. */
const JUDGEABLE_POWER = 10 ** (-70 / 10);
/** About a tenth of a second at 48 kHz in blocks of 128: longer than a gap between sounds. */
const SMOOTHING_BLOCKS = 40;
const MAX_CHANNELS = 8;

/**
 * Mixes any number of channels down to one: the average of the channels that carry sound. A microphone on one side
 * of a stereo input is therefore taken at its full level, not at half (as the Web Audio down-mix would do), and a real
 * stereo microphone is averaged. Changes of weight are spread over one block, so that they do not click.
 */
export class Downmix {
  readonly #power = new Float64Array(MAX_CHANNELS);
  readonly #weight = new Float64Array(MAX_CHANNELS);
  #channels = 0;

  /** Writes the mix of `samples` samples to `output`. No channels at all give silence. */
  process(channels: readonly Float32Array[], output: Float32Array, samples: number): void {
    const count = Math.min(channels.length, MAX_CHANNELS);
    if (count !== this.#channels) this.#restart(count);
    output.fill(0, 0, samples);
    for (let c = 0; c < count; c++) this.#follow(c, channels[c]!, samples);
    const loudest = this.#loudestPower(count);
    const active = loudest < JUDGEABLE_POWER ? 0 : this.#activeChannels(count, loudest);
    for (let c = 0; c < count; c++) {
      const before = this.#weight[c]!;
      const isActive = this.#power[c]! >= loudest * SILENT_BELOW;
      const after = active === 0 ? before : isActive ? 1 / active : 0;
      this.#weight[c] = after;
      addRamped(channels[c]!, output, samples, before, after);
    }
  }

  #restart(count: number): void {
    this.#channels = count;
    this.#power.fill(0);
    this.#weight.fill(1 / Math.max(1, count));
  }

  #follow(c: number, channel: Float32Array, samples: number): void {
    let sum = 0;
    for (let i = 0; i < samples; i++) sum += channel[i]! * channel[i]!;
    const power = sum / samples;
    // Rises at once and falls slowly: the first sound of a channel must count, a pause must not.
    const smoothed = this.#power[c]! + (power - this.#power[c]!) / SMOOTHING_BLOCKS;
    this.#power[c] = Math.max(power, smoothed);
  }

  #loudestPower(count: number): number {
    let loudest = 0;
    for (let c = 0; c < count; c++) loudest = Math.max(loudest, this.#power[c]!);
    return loudest;
  }

  #activeChannels(count: number, loudest: number): number {
    let active = 0;
    for (let c = 0; c < count; c++) if (this.#power[c]! >= loudest * SILENT_BELOW) active++;
    return active;
  }
}

function addRamped(input: Float32Array, output: Float32Array, samples: number, from: number, to: number): void {
  const step = (to - from) / samples;
  for (let i = 0; i < samples; i++) output[i] = output[i]! + input[i]! * (from + step * (i + 1));
}
