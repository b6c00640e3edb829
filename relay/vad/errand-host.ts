import { logMel } from '#models/end-of-turn/log-mel';
import type { Errand, FromThread } from './ears.messages.ts';
import { toModelRate } from './to-model-rate.ts';

/** Log-mel features in, probability out. */
export type EndOfTurnNetwork = (features: Float32Array<ArrayBuffer>) => Promise<number>;

export interface ErrandParts {
  loadEndOfTurn(file: string): Promise<EndOfTurnNetwork>;
  post(message: FromThread, transfer?: ArrayBuffer[]): void;
}

/** Does what takes longer than hearing may wait for, one after the other. */
export class ErrandHost {
  readonly #parts: ErrandParts;
  readonly #networks = new Map<string, Promise<EndOfTurnNetwork>>();
  #last: Promise<void> = Promise.resolve();

  constructor(parts: ErrandParts) {
    this.#parts = parts;
  }

  handle(errand: Errand): Promise<void> {
    this.#last = this.#last.then(() => this.#run(errand));
    return this.#last;
  }

  async #run(errand: Errand): Promise<void> {
    const { id } = errand;
    switch (errand.type) {
      case 'convert': {
        const pcm = toModelRate(errand.pcm, errand.rateHz);
        return this.#parts.post({ type: 'converted', id, pcm }, [pcm.buffer]);
      }
      case 'judge': {
        const probability = await this.#judge(errand.file, errand.audio);
        return this.#parts.post({ type: 'judged', id, ...(probability !== undefined && { probability }) });
      }
    }
  }

  /** A file that is no such network has no opinion, now or later. */
  async #judge(file: string, audio: Float32Array): Promise<number | undefined> {
    const network = this.#networks.get(file) ?? this.#parts.loadEndOfTurn(file);
    this.#networks.set(file, network);
    try {
      return await (
        await network
      )(logMel(audio));
    } catch {
      return undefined;
    }
  }
}
