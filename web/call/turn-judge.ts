import type { ModelState } from '../conversation/ports.ts';
import type { EndOfTurnClient } from '../speech/end-of-turn-client.ts';

/** The end-of-turn model, if there is a way to one and the person wants it; otherwise nobody judges. */
export class TurnJudge {
  readonly #connect: (port: MessagePort) => EndOfTurnClient;
  readonly #onState: (state: ModelState) => void;
  #client: EndOfTurnClient | undefined;
  #isWanted = false;

  constructor(connect: (port: MessagePort) => EndOfTurnClient, onState: (state: ModelState) => void) {
    this.#connect = connect;
    this.#onState = onState;
  }

  attach(port: MessagePort): void {
    this.#client?.dispose();
    this.#client = this.#connect(port);
    this.#client.onState(this.#onState);
  }

  /** From the first call on that wants it, the model is on its way; the call does not wait for it. */
  use(isWanted: boolean): void {
    this.#isWanted = isWanted;
    if (isWanted) this.#client?.load();
  }

  async judge(audio: Float32Array<ArrayBuffer>): Promise<number | undefined> {
    return this.#isWanted ? this.#client?.judge(audio) : undefined;
  }

  /** Without a model nothing is ever compared with it. */
  thresholdFor(language: string | undefined): number {
    return this.#client?.thresholdFor(language) ?? 0.5;
  }
}
