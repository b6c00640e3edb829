import { messageOf, type Problem, type Result } from '#kernel/result';
import { logMel } from '#models/end-of-turn/log-mel';
import type { EndOfTurnModel } from '#models/registry/end-of-turn';
import type { ModelState } from '../conversation/ports.ts';
import type { FromModels, ToModels } from './model.messages.ts';
import type { ModelFileProblem } from './model-file.ts';
import type { Network } from './network.ts';
import { JUDGE_LIMIT_MS } from './judge-limit.ts';

export interface HostParts {
  /** Which model the relay offers; undefined: none. */
  describe(): Promise<Result<EndOfTurnModel | undefined, Problem>>;
  loadFile(
    model: EndOfTurnModel,
    onProgress: (loadedBytes: number) => void,
  ): Promise<Result<Uint8Array<ArrayBuffer> | undefined, ModelFileProblem>>;
  /** Throws when the file is no network of the right kind. */
  startNetwork(file: Uint8Array<ArrayBuffer>): Promise<Network>;
  /** What one question costs here. */
  costMsOf(network: Network): Promise<number>;
}

/** Not tried at all from here on. Below, a page that was merely busy while it loaded gets its chance in the call. */
const HOPELESS_MS = 3 * JUDGE_LIMIT_MS;

type Question = Extract<ToModels, { type: 'end-of-turn.judge' }> & { port: MessagePort };

/** The model worker's side of the end-of-turn model: loads it when first asked to, and answers one question at a time. */
export class EndOfTurnHost {
  readonly #parts: HostParts;
  readonly #ports = new Set<MessagePort>();
  #state: ModelState = { state: 'absent' };
  #model: EndOfTurnModel | undefined;
  #network: Network | undefined;
  #isLoading = false;
  #isBusy = false;
  #waiting: Question | undefined;

  constructor(parts: HostParts) {
    this.#parts = parts;
  }

  attach(port: MessagePort): void {
    this.#ports.add(port);
    port.onmessage = (event: MessageEvent<ToModels>) => this.#handle(event.data, port);
    post(port, this.#stateMessage());
  }

  #handle(message: ToModels, port: MessagePort): void {
    switch (message.type) {
      case 'end-of-turn.load':
        // Who has given it up wants to hear that it is there.
        if (this.#network) post(port, this.#stateMessage());
        else void this.#load();
        return;
      case 'end-of-turn.judge':
        // Only the newest is worth asking: what an older one was about has been said further since.
        if (this.#waiting) answer(this.#waiting);
        this.#waiting = { ...message, port };
        void this.#work();
        return;
    }
  }

  async #load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      this.#enter(await this.#obtain());
    } catch (error) {
      this.#enter(failedWith({ kind: 'model-failed', retry: 'never', detail: messageOf(error) }));
    } finally {
      this.#isLoading = false;
    }
  }

  async #obtain(): Promise<ModelState> {
    const description = await this.#parts.describe();
    if (!description.ok) return failedWith(description.problem);
    const model = description.value;
    if (!model) return { state: 'absent' };
    const file = await this.#parts.loadFile(model, (loadedBytes) =>
      this.#enter({ state: 'downloading', loadedBytes, totalBytes: model.bytes }),
    );
    if (!file.ok) return failedWith(file.problem);
    if (!file.value) return { state: 'absent' };
    this.#enter({ state: 'starting' });
    const network = await this.#parts.startNetwork(file.value);
    const costMs = await this.#parts.costMsOf(network);
    if (costMs > HOPELESS_MS) {
      network.dispose();
      return failedWith({ kind: 'model-too-slow', retry: 'later', detail: `${Math.round(costMs)} ms` });
    }
    [this.#model, this.#network] = [model, network];
    return { state: 'ready', backend: network.backend };
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let question = this.#waiting; question; question = this.#waiting) {
      this.#waiting = undefined;
      answer(question, await this.#judge(question.audio));
    }
    this.#isBusy = false;
  }

  async #judge(audio: Float32Array): Promise<number | undefined> {
    try {
      return await this.#network?.run(logMel(audio));
    } catch (error) {
      // The GPU was taken away, or memory ran out: the next `load` starts over.
      this.#network?.dispose();
      this.#network = undefined;
      this.#enter(failedWith({ kind: 'model-failed', retry: 'later', detail: messageOf(error) }));
      return undefined;
    }
  }

  #enter(state: ModelState): void {
    this.#state = state;
    for (const port of this.#ports) post(port, this.#stateMessage());
  }

  #stateMessage(): FromModels {
    const { threshold, languageThresholds } = this.#model ?? {};
    const thresholds =
      threshold === undefined ? undefined : { threshold, languageThresholds: languageThresholds ?? {} };
    return { type: 'end-of-turn.state', model: this.#state, ...(thresholds && { thresholds }) };
  }
}

const failedWith = (problem: Problem): ModelState => ({ state: 'failed', problem });

const post = (port: MessagePort, message: FromModels): void => port.postMessage(message);

const answer = ({ id, port }: Question, probability?: number): void =>
  post(port, { type: 'end-of-turn.judged', id, ...(probability !== undefined && { probability }) });
