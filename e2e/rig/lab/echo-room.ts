import { fromDb } from '#dsp/level';
import { createRandom } from '../corpus/random.ts';
import { toSamples } from '../corpus/recorded-call.ts';
import { activeLevelDb } from '../corpus/sound.ts';

const DELAY_MS = 60;
const RESPONSE_MS = 100;
/** Falls by 60 dB in 0.3 s, as in a furnished room. */
const DECAY_S = 0.3;

/** Direct sound and what the walls make of it: noise that dies away, the same in every run. */
function roomResponse(): Float32Array<ArrayBuffer> {
  const random = createRandom(11);
  const decay = Math.log(1_000) / (DECAY_S * 16_000);
  return Float32Array.from({ length: toSamples(RESPONSE_MS) }, (_, i) =>
    i === 0 ? 1 : 0.3 * (2 * random() - 1) * Math.exp(-decay * i),
  );
}

/** The way from the loudspeaker back into the microphone, frame by frame. */
export class EchoRoom {
  readonly #response = roomResponse();
  /** What was played: the last frame at its end, and before it as much as still sounds. */
  readonly #played: Float32Array<ArrayBuffer>;
  readonly #delay = toSamples(DELAY_MS);

  /** `answer` is played; its echo reaches the microphone at `echoDb` (dBFS, over its speech). */
  constructor(answer: Float32Array, echoDb: number) {
    this.#played = new Float32Array(this.#delay + this.#response.length + 512);
    const heard = convolved(answer.subarray(0, toSamples(5_000)), this.#response);
    const gain = fromDb(echoDb - activeLevelDb(heard));
    this.#response.forEach((tap, i) => (this.#response[i] = tap * gain));
  }

  /** Adds to `microphone` what comes back while the loudspeaker plays `frame`. */
  echo(frame: Float32Array, microphone: Float32Array): void {
    this.#played.copyWithin(0, frame.length);
    this.#played.set(frame, this.#played.length - frame.length);
    const first = this.#played.length - frame.length - this.#delay;
    for (let i = 0; i < frame.length; i++) {
      let sum = 0;
      for (let k = 0; k < this.#response.length; k++) {
        sum += (this.#response[k] ?? 0) * (this.#played[first + i - k] ?? 0);
      }
      microphone[i] = (microphone[i] ?? 0) + sum;
    }
  }
}

function convolved(signal: Float32Array, response: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(signal, (_, i) => {
    let sum = 0;
    for (let k = 0; k < Math.min(response.length, i + 1); k++) sum += (response[k] ?? 0) * (signal[i - k] ?? 0);
    return sum;
  });
}
