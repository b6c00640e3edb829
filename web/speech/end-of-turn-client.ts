import { systemClock, type Clock } from '#kernel/clock';
import { Emitter } from '#kernel/emitter';
import { SMART_TURN, thresholdFor } from '#models/registry/end-of-turn';
import type { EndOfTurn, ModelState } from '../conversation/ports.ts';
import { JUDGE_LIMIT_MS } from './judge-limit.ts';
import type { FromModels, Thresholds, ToModels } from './model.messages.ts';

export interface EndOfTurnClient extends EndOfTurn {
  /** The probability from which a turn counts as over. `language`: BCP 47, where it is known. */
  thresholdFor(language?: string): number;
}

/** After so many late answers in a row the model is given up: asking it costs the call what it needs itself. */
const MAX_LATE = 3;

/** The call worker's end of the end-of-turn model. `port` comes from the page, and is closed by `dispose`. */
export function createEndOfTurnClient(port: MessagePort, clock: Clock = systemClock): EndOfTurnClient {
  return new Client(port, clock);
}

class Client implements EndOfTurnClient {
  readonly #port: MessagePort;
  readonly #clock: Clock;
  readonly #emitter = new Emitter<{ state: ModelState }>();
  readonly #pending = new Map<number, (probability: number | undefined) => void>();
  #state: ModelState = { state: 'absent' };
  #thresholds: Thresholds = SMART_TURN;
  #nextId = 1;
  #lateInARow = 0;

  constructor(port: MessagePort, clock: Clock) {
    this.#port = port;
    this.#clock = clock;
    port.onmessage = (event: MessageEvent<FromModels>) => this.#receive(event.data);
  }

  load(): void {
    this.#post({ type: 'end-of-turn.load' });
  }

  judge(audio: Float32Array<ArrayBuffer>): Promise<number | undefined> {
    if (this.#state.state !== 'ready') return Promise.resolve(undefined);
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const cancel = this.#clock.after(JUDGE_LIMIT_MS, () => {
        this.#settle(id, undefined);
        this.#lateInARow++;
        if (this.#lateInARow < MAX_LATE) return;
        this.#enter({ state: 'failed', problem: { kind: 'model-too-slow', retry: 'later' } });
      });
      this.#pending.set(id, (probability) => {
        cancel();
        resolve(probability);
      });
      this.#post({ type: 'end-of-turn.judge', id, audio }, [audio.buffer]);
    });
  }

  thresholdFor(language?: string): number {
    return thresholdFor(this.#thresholds, language);
  }

  /** Called with the present state at once. */
  onState(listener: (state: ModelState) => void): () => void {
    listener(this.#state);
    return this.#emitter.on('state', listener);
  }

  dispose(): void {
    this.#port.close();
    for (const id of [...this.#pending.keys()]) this.#settle(id, undefined);
    this.#state = { state: 'absent' };
  }

  #receive(message: FromModels): void {
    switch (message.type) {
      case 'end-of-turn.state':
        this.#lateInARow = 0;
        if (message.thresholds) this.#thresholds = message.thresholds;
        this.#enter(message.model);
        return;
      case 'end-of-turn.judged':
        if (this.#pending.has(message.id)) this.#lateInARow = 0;
        this.#settle(message.id, message.probability);
        return;
    }
  }

  #settle(id: number, probability: number | undefined): void {
    const resolve = this.#pending.get(id);
    this.#pending.delete(id);
    resolve?.(probability);
  }

  #enter(state: ModelState): void {
    this.#state = state;
    this.#emitter.emit('state', state);
  }

  #post(message: ToModels, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}
