import { toCalibrated } from '#models/calibrated';
import type { ModelState } from '../conversation/ports.ts';
import type { EndOfTurnClient } from '../speech/end-of-turn-client.ts';

export interface TurnJudgeParts {
  connect(port: MessagePort): EndOfTurnClient;
  /** Of the speaker, as far as it is known: BCP 47. */
  language(): string | undefined;
  onState(state: ModelState): void;
}

/** The end-of-turn model, if there is a way to one and the person wants it; otherwise nobody judges. */
export class TurnJudge {
  readonly #parts: TurnJudgeParts;
  #client: EndOfTurnClient | undefined;
  #isWanted = false;

  constructor(parts: TurnJudgeParts) {
    this.#parts = parts;
  }

  attach(port: MessagePort): void {
    this.#client?.dispose();
    this.#client = this.#parts.connect(port);
    this.#client.onState((state) => this.#parts.onState(state));
  }

  use(isWanted: boolean): void {
    const isNew = isWanted && !this.#isWanted;
    this.#isWanted = isWanted;
    if (isNew) this.load();
  }

  /** The model is on its way from here on, if it is wanted; no call waits for it. */
  load(): void {
    if (this.#isWanted) this.#client?.load();
  }

  /** How sure it is that the turn is over: 0.5 is the model's own threshold for the language. */
  async judge(audio: Float32Array<ArrayBuffer>): Promise<number | undefined> {
    const client = this.#isWanted ? this.#client : undefined;
    const probability = await client?.judge(audio);
    if (probability === undefined || client === undefined) return undefined;
    return toCalibrated(probability, client.thresholdFor(this.#parts.language()));
  }
}
