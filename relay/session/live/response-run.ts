import type { Usage } from '#protocol';
import { CONTEXT_BUDGET } from '../context.ts';
import type { ReplyEvent, UpstreamProblem } from '../../upstream/upstream.ts';
import type { EagerReply } from './eager-reply.ts';
import type { LiveResponse, ResponseEvent, ResponseUsage } from './live-event.ts';
import type { ResponseSettings } from './live-settings.ts';
import { OutputWriter, type OutputWriterOptions } from './output-writer.ts';

export interface ResponseRunOptions extends Pick<OutputWriterOptions, 'onItemAdded' | 'onItemDone'> {
  id: string;
  settings: ResponseSettings;
  isOutOfBand: boolean;
  metadata?: Readonly<Record<string, string>>;
  reply: EagerReply;
  /** Of the upstream's sound unless it says otherwise. */
  rateHz: number;
  /** Of the sound that is answered. */
  askedMs: number;
  tell(event: ResponseEvent): void;
  drained(): Promise<void> | undefined;
  onAudio(itemId: string, durationMs: number): void;
  /** What the user said, where the upstream tells. */
  onTranscript(text: string, language: string | undefined): void;
  /** Called once, after the response is done. */
  onEnd(): void;
}

type Ending = Pick<LiveResponse, 'status' | 'reason' | 'problem'>;

/** One response: reads the answer and tells of it; whatever happens, it is done once and once only. */
export class ResponseRun {
  readonly id: string;
  readonly #options: ResponseRunOptions;
  readonly #output: OutputWriter;
  #rateHz: number;
  #usage: Usage = {};
  #isDone = false;

  constructor(options: ResponseRunOptions) {
    const { id, settings, rateHz, tell, onItemAdded, onItemDone } = options;
    this.id = id;
    this.#options = options;
    this.#rateHz = rateHz;
    const part = settings.output === 'speech' ? 'audio' : 'text';
    this.#output = new OutputWriter({ responseId: id, part, tell, onItemAdded, onItemDone });
  }

  /** It wants a tool called: the client may go on before it is done. */
  get hasCalled(): boolean {
    return this.#output.hasCalled;
  }

  start(): void {
    this.#options.tell({ kind: 'response-created', response: this.#report({ status: 'in-progress' }) });
    void this.#run();
  }

  cancel(reason: 'turn-detected' | 'client-cancelled'): void {
    this.#options.reply.abort();
    this.#end({ status: 'cancelled', reason });
  }

  async #run(): Promise<void> {
    for await (const event of this.#options.reply.events()) {
      if (this.#isDone) return;
      if (event.kind === 'failed') return this.#fail(event.problem);
      this.#take(event);
      const drained = event.kind === 'audio' ? this.#options.drained() : undefined;
      if (drained) await drained;
    }
    const { maxTokens } = this.#options.settings;
    const isCut = maxTokens !== undefined && (this.#usage.outputTokens ?? 0) >= maxTokens;
    this.#end(isCut ? { status: 'incomplete', reason: 'max-output-tokens' } : { status: 'completed' });
  }

  #take(event: Exclude<ReplyEvent, { kind: 'failed' }>): void {
    switch (event.kind) {
      case 'queued':
        return;
      case 'started':
        this.#rateHz = event.rateHz;
        return;
      case 'text':
        return this.#output.words(event.text);
      case 'audio': {
        const itemId = this.#output.audio(event.pcm, this.#rateHz);
        if (itemId !== undefined) this.#options.onAudio(itemId, (event.pcm.length * 1000) / 2 / this.#rateHz);
        return;
      }
      case 'tool-call':
        return this.#output.call(event);
      case 'transcript':
        return this.#options.onTranscript(event.text, event.language);
      case 'usage':
        this.#usage = event.usage;
        return;
    }
  }

  #fail(problem: UpstreamProblem): void {
    this.#end({ status: 'failed', problem });
  }

  #end(ending: Ending): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#output.end(ending.status === 'completed' ? 'completed' : 'incomplete');
    this.#options.tell({ kind: 'response-done', response: { ...this.#report(ending), usage: this.#toUsage() } });
    this.#options.onEnd();
  }

  #report(ending: Ending): LiveResponse {
    const { id, settings, isOutOfBand, metadata } = this.#options;
    return { id, ...ending, output: this.#output.items, isOutOfBand, settings, ...(metadata && { metadata }) };
  }

  #toUsage(): ResponseUsage {
    const { inputTokens = 0, outputTokens = 0 } = this.#usage;
    return {
      inputTokens,
      outputTokens,
      inputAudioTokens: Math.min(inputTokens, audioTokens(this.#options.askedMs)),
      outputAudioTokens: Math.min(outputTokens, audioTokens(this.#output.durationMs)),
    };
  }
}

const audioTokens = (durationMs: number): number =>
  Math.round((durationMs / 1000) * CONTEXT_BUDGET.audioTokensPerSecond);
