import { fromDb } from '#dsp/level';
import { createRandom } from '#kernel/random';
import { atLevel, SPEECH_LEVEL_DBFS } from '../sound/level.ts';
import { LINE_RATE_HZ, toSamples } from '../sound/line.ts';

/** The microphone of a quiet room. */
const ROOM_TONE_DBFS = -66;
const LOOP_MS = 12_000;
/** Engines and tyres are loudest below this. */
const RUMBLE_HZ = 400;
/** Cars go by about this often, and are this much louder than the street then. */
const CARS_PER_LOOP = 3;
const CAR_DB = 9;

/** What is heard around a caller, over and over again. */
export class Background {
  readonly #loop: Float32Array;
  #at = 0;

  constructor(loop: Float32Array) {
    this.#loop = loop;
  }

  addTo(sound: Float32Array): void {
    for (let i = 0; i < sound.length; i++) {
      sound[i] = (sound[i] ?? 0) + (this.#loop[this.#at] ?? 0);
      this.#at = this.#at + 1 === this.#loop.length ? 0 : this.#at + 1;
    }
  }
}

export function roomTone(seed: number): Background {
  const random = createRandom(seed);
  const amplitude = fromDb(ROOM_TONE_DBFS) * Math.sqrt(3);
  return new Background(Float32Array.from({ length: toSamples(LOOP_MS) }, () => amplitude * (2 * random() - 1)));
}

/** `noise` (at the rate of the line), or a street where there is none, this far below the level of the voice. */
export function noiseAt(snrDb: number, seed: number, noise: Float32Array = street(seed)): Background {
  return new Background(atLevel(noise, SPEECH_LEVEL_DBFS - snrDb));
}

/** Low rumble with some hiss in it, that swells when a car goes by. */
function street(seed: number): Float32Array<ArrayBuffer> {
  const random = createRandom(seed);
  const share = 1 - Math.exp((-2 * Math.PI * RUMBLE_HZ) / LINE_RATE_HZ);
  const length = toSamples(LOOP_MS);
  let rumble = 0;
  return Float32Array.from({ length }, (_, i) => {
    const hiss = 2 * random() - 1;
    rumble += share * (hiss - rumble);
    // Whole periods: the end of the loop meets its beginning.
    const near = Math.sin((Math.PI * CARS_PER_LOOP * i) / length) ** 8;
    return (rumble + 0.05 * hiss) * fromDb(CAR_DB * near);
  });
}
