import type { Clock } from '#kernel/clock';
import { newId } from '#kernel/ids';
import { failed, ok, type Result } from '#kernel/result';
import type { ContextItem, Upstream, UpstreamTurn } from '../../upstream/upstream.ts';
import { toInstructions } from '../instructions.ts';
import { toContextItem, type ConversationItems } from './conversation-items.ts';
import { EagerReply } from './eager-reply.ts';
import { toLiveContext } from './live-context.ts';
import type { LiveEvent } from './live-event.ts';
import type { LiveItem } from './live-item.ts';
import { liveProblem, type LiveProblem } from './live-problem.ts';
import type { LiveSettings, ResponseRequest, ResponseSettings } from './live-settings.ts';
import { toLiveItem } from './new-item.ts';
import type { Playout } from './playout.ts';
import { ResponseRun } from './response-run.ts';
import { SpeakingPace } from './speaking-pace.ts';

/** Out of band, beside the one in the conversation; each is a request upstream. */
const MAX_OUT_OF_BAND = 4;

export interface ResponsesOptions {
  conversation: string;
  upstream: Upstream;
  clock: Clock;
  items: ConversationItems;
  playout: Playout;
  settings(): LiveSettings;
  tell(event: LiveEvent): void;
  drained(): Promise<void> | undefined;
  /** Sound as the model takes it. */
  convert(pcm: Uint8Array): Promise<Uint8Array>;
  onTranscript(itemId: string, text: string, language: string | undefined): void;
  /** Sound was sent, or a response has ended: what is heard may have changed. */
  onChange(): void;
}

/** An answer asked for before it was certain that it is wanted. */
export interface PreparedReply {
  reply: EagerReply;
  /** Of the conversation it answers to. */
  version: number;
}

/** A response that begins when the one being given is done. */
interface Waiting {
  request: ResponseRequest;
  /** To a turn of the user's, which no client takes back by cancelling what is being said. */
  isTurn: boolean;
}

/** The responses of one session: one in the conversation, one that may wait for it, and a few out of band. */
export class Responses {
  readonly #options: ResponsesOptions;
  readonly #outOfBand = new Map<string, ResponseRun>();
  readonly #pace = new SpeakingPace();
  #active: ResponseRun | undefined;
  #waiting: Waiting | undefined;

  constructor(options: ResponsesOptions) {
    this.#options = options;
  }

  /** Those out of band included. */
  get isGiving(): boolean {
    return this.isActive || this.#outOfBand.size > 0;
  }

  get isActive(): boolean {
    return this.#active !== undefined;
  }

  /** Asks for an answer to `sound` as if it were already said; nobody is told. */
  prepare(sound: Promise<Uint8Array>): PreparedReply {
    const { items } = this.#options;
    const context = Promise.all([items.context(), sound]).then(([earlier, audio]): ContextItem[] => [
      ...earlier,
      { kind: 'user', audio },
    ]);
    return { reply: this.#ask(this.#options.settings(), context, false), version: items.version };
  }

  respond(request: ResponseRequest = {}, prepared?: EagerReply): LiveProblem | undefined {
    if (request.isOutOfBand) return this.#respondOutOfBand(request);
    if (this.#active) {
      if (!this.#active.hasCalled || this.#waiting) return liveProblem('response-active');
      if (this.#refersToNothing(request)) return liveProblem('item-unknown');
      this.#waiting = { request, isTurn: false };
      return undefined;
    }
    const reply = prepared ? ok(prepared) : this.#asked(request);
    if (!reply.ok) return reply.problem;
    this.#active = this.#start(request, reply.value, () => {
      this.#active = undefined;
      this.#goOn();
    });
    this.#active.start();
    return undefined;
  }

  /** To what was just said: at once, or when the one being given is done. */
  respondNext(prepared?: EagerReply): void {
    if (!this.#active) {
      this.respond({}, prepared);
      return;
    }
    prepared?.abort();
    this.#waiting = { request: {}, isTurn: true };
  }

  /** Nothing has changed since that would make for another answer. */
  isCurrent({ reply, version }: PreparedReply): boolean {
    return !reply.hasFailed && version === this.#options.items.version;
  }

  cancel(responseId: string | undefined): LiveProblem | undefined {
    const run = responseId === undefined ? this.#active : this.#find(responseId);
    if (!run) return liveProblem('no-response');
    if (run === this.#active) this.hush();
    else run.cancel('client-cancelled');
    return undefined;
  }

  /** Speech stops what is being said, and what waits behind it. */
  interrupt(): void {
    this.#waiting = undefined;
    this.#stop('turn-detected');
  }

  /** The client wants to hear no more of it. */
  hush(): void {
    if (!this.#waiting?.isTurn) this.#waiting = undefined;
    this.#stop('client-cancelled');
  }

  /** Nobody is there any more. */
  stopAll(): void {
    this.#waiting = undefined;
    this.#stop('client-cancelled');
    for (const run of this.#outOfBand.values()) run.cancel('client-cancelled');
  }

  #stop(reason: 'turn-detected' | 'client-cancelled'): void {
    const { playout, items, onChange } = this.#options;
    const { unheard } = playout;
    this.#active?.cancel(reason);
    for (const { itemId, heardMs } of unheard) items.truncate(itemId, heardMs);
    playout.stop();
    onChange();
  }

  #goOn(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) this.respond(waiting.request);
    this.#options.onChange();
  }

  #find(id: string): ResponseRun | undefined {
    return this.#active?.id === id ? this.#active : this.#outOfBand.get(id);
  }

  #respondOutOfBand(request: ResponseRequest): LiveProblem | undefined {
    if (this.#outOfBand.size >= MAX_OUT_OF_BAND) return liveProblem('too-many-responses');
    const reply = this.#asked(request);
    if (!reply.ok) return reply.problem;
    const run = this.#start(request, reply.value, () => this.#outOfBand.delete(run.id));
    this.#outOfBand.set(run.id, run);
    run.start();
    return undefined;
  }

  #start(request: ResponseRequest, reply: EagerReply, onEnd: () => void): ResponseRun {
    const { items, playout, tell, drained, upstream, onTranscript, onChange } = this.#options;
    const { isOutOfBand = false, metadata } = request;
    const asked = request.input ? undefined : items.lastSpoken;
    // Its items follow what it answers, whatever is said meanwhile.
    let after = items.lastId ?? 'root';
    return new ResponseRun({
      ...{ id: `resp_${newId()}`, settings: this.#settingsOf(request), isOutOfBand, reply },
      ...(metadata && { metadata }),
      ...{ rateHz: upstream.outputRateHz, askedMs: asked?.durationMs ?? 0, tell, drained, onEnd },
      onItemAdded: (item) => {
        if (isOutOfBand) return;
        const place = items.add(item, {}, after) ?? items.add(item);
        after = item.id;
        if (place) tell({ kind: 'item-added', item, ...place });
      },
      onItemDone: (item, spoken) => {
        if (isOutOfBand) return;
        items.replace(item, spoken && { spoken: { ...spoken, wholeMs: this.#wholeMs(item, spoken) } });
        if (items.get(item.id)) tell({ kind: 'item-done', item, previousItemId: items.previousOf(item.id) });
      },
      onAudio: (itemId, durationMs) => {
        if (isOutOfBand) return;
        playout.sent(itemId, durationMs);
        onChange();
      },
      onTranscript: (text, language) => {
        if (asked && !isOutOfBand) onTranscript(asked.id, text, language);
      },
    });
  }

  #wholeMs({ status }: LiveItem, { text, durationMs }: { text: string; durationMs: number }): number {
    if (status !== 'completed') return Math.max(durationMs, this.#pace.durationOf(text));
    this.#pace.learn(text, durationMs);
    return durationMs;
  }

  #settingsOf(request: ResponseRequest): ResponseSettings {
    const { instructions, voice, temperature, maxTokens, output, tools, toolChoice } = {
      ...this.#options.settings(),
      ...request,
    };
    return {
      ...(instructions !== undefined && { instructions }),
      ...(voice !== undefined && { voice }),
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { maxTokens }),
      ...{ output, tools, toolChoice },
    };
  }

  #asked(request: ResponseRequest): Result<EagerReply, LiveProblem> {
    const context = this.#contextOf(request);
    if (!context.ok) return context;
    return ok(this.#ask(this.#settingsOf(request), context.value, request.isOutOfBand ?? false));
  }

  #ask(settings: ResponseSettings, context: Promise<readonly ContextItem[]>, isOutOfBand: boolean): EagerReply {
    const { upstream, conversation } = this.#options;
    const turn = context.then((items) => ({
      ...toTurn(settings, items),
      // A server that keeps the history of a conversation must not take this for a part of it.
      ...(!isOutOfBand && { conversation }),
    }));
    return new EagerReply(upstream, turn);
  }

  #refersToNothing({ input = [] }: ResponseRequest): boolean {
    return input.some((part) => 'reference' in part && !this.#options.items.get(part.reference));
  }

  /** What the request wants answered: its own input, or the conversation so far. */
  #contextOf(request: ResponseRequest): Result<Promise<readonly ContextItem[]>, LiveProblem> {
    const { items, convert } = this.#options;
    const { input } = request;
    if (!input) return ok(items.context());
    if (this.#refersToNothing(request)) return failed(liveProblem('item-unknown'));
    const told = input.flatMap((part) => {
      const entry = 'reference' in part ? items.get(part.reference) : toLiveItem(part.item, convert);
      return entry ? [toContextItem(entry.item, entry)] : [];
    });
    return ok(Promise.all(told).then((all) => all.filter((item) => item !== undefined)));
  }
}

function toTurn(settings: ResponseSettings, items: readonly ContextItem[]): UpstreamTurn {
  const { instructions, voice, temperature, maxTokens, output, tools, toolChoice } = settings;
  return {
    settings: {
      systemPrompt: toInstructions(instructions === undefined ? {} : { systemPrompt: instructions }),
      ...(voice !== undefined && { voice }),
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { maxTokens }),
    },
    items: toLiveContext(items),
    ...(tools.length > 0 && { tools, toolChoice }),
    isSilent: output === 'text',
  };
}
