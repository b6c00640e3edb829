import { failed, ok, type Result } from '#kernel/result';
import type { Usage } from '#protocol';
import type { PcmReader } from '../pcm/pcm-reader.ts';
import { toUpstreamProblem } from '../problem.ts';
import type { ContextItem, ReplyEvent, ToolCall, UpstreamProblem } from '../upstream.ts';
import type { CalledTool, RealtimeEvent } from './event.ts';

export interface AnswerOptions {
  pcm: PcmReader;
  /** A closing event follows; otherwise the answer is over when both its words and its audio are. */
  hasResponses: boolean;
  findsTurnsItself(): boolean;
}

/** Makes one answer out of the events of a server. */
export class AnswerReader {
  readonly #options: AnswerOptions;
  #text = '';
  readonly #calls: ToolCall[] = [];
  #isTextDone = false;
  #isAudioDone = false;
  #hasAudio = false;
  #usage: Usage | undefined;
  #isOver = false;
  /** Of this turn's user items: late transcripts of the turn before may still come. */
  readonly #items = new Set<string>();
  /** Pieces of a transcript that is not whole yet. */
  #heard = '';
  #isHeard = false;

  constructor(options: AnswerOptions) {
    this.#options = options;
  }

  /** All it has said and called so far, as it goes into the history. */
  get said(): ContextItem[] {
    return [...(this.#text === '' ? [] : [{ kind: 'assistant', text: this.#text } as const]), ...this.#calls];
  }

  get usage(): Usage | undefined {
    return this.#usage;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the user's words have come, or are known not to. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** What has come of a transcript that was never finished. */
  get heardSoFar(): string {
    return this.#isHeard ? '' : this.#heard;
  }

  read(event: RealtimeEvent): Result<ReplyEvent[], UpstreamProblem> {
    switch (event.kind) {
      case 'committed':
        this.#items.add(event.item);
        return nothing;
      case 'transcript-delta':
        if (this.#isOurs(event.item)) this.#heard += event.text;
        return nothing;
      case 'transcript':
        return ok(this.#hear(event));
      case 'transcript-failed':
        this.#isHeard ||= this.#isOurs(event.item);
        return nothing;
      case 'text':
        return ok(this.#say(event.text));
      case 'text-done':
        this.#usage = event.usage ?? this.#usage;
        this.#isTextDone = true;
        this.#closeWithoutEvent();
        // Some servers give the words only when they are complete.
        return ok(this.#text === '' ? this.#say(event.text) : []);
      case 'audio':
        return this.#speak(event.data, event.rateHz);
      case 'audio-done':
        this.#isAudioDone = true;
        this.#closeWithoutEvent();
        return nothing;
      case 'called':
        return ok(this.#call(event.calls));
      case 'done':
        return this.#finish(event);
      case 'created':
      case 'updated':
      case 'other':
        return nothing;
    }
  }

  #isOurs(item: string): boolean {
    return this.#items.has(item);
  }

  #hear({ item, text }: { item: string; text: string }): ReplyEvent[] {
    if (!this.#isOurs(item)) return [];
    this.#isHeard = true;
    return text === '' ? [] : [{ kind: 'transcript', text }];
  }

  #say(text: string): ReplyEvent[] {
    this.#text += text;
    return text === '' ? [] : [{ kind: 'text', text }];
  }

  #speak(data: string, rateHz: number | undefined): Result<ReplyEvent[], UpstreamProblem> {
    const pcm = this.#options.pcm.read(data, rateHz);
    if (!pcm.ok) return pcm;
    if (pcm.value.length === 0) return nothing;
    this.#hasAudio = true;
    return ok([{ kind: 'audio', pcm: pcm.value }]);
  }

  /** Each call once; its name may come only with its item. */
  #call(calls: readonly CalledTool[]): ToolCall[] {
    const named = calls.flatMap(({ callId, name, arguments: written }): ToolCall[] =>
      name === undefined || this.#calls.some((call) => call.callId === callId)
        ? []
        : [{ kind: 'tool-call', callId, name, arguments: written || '{}' }],
    );
    this.#calls.push(...named);
    return named;
  }

  #closeWithoutEvent(): void {
    if (!this.#options.hasResponses) this.#isOver = this.#isTextDone && this.#isAudioDone;
  }

  #finish({ status, calls, usage, problem }: RealtimeEvent & { kind: 'done' }): Result<ReplyEvent[], UpstreamProblem> {
    if (problem) return failed(problem);
    // Not by us. A server that finds turns itself stops an answer when the utterance turns out to go on.
    if (status === 'cancelled' && this.#options.findsTurnsItself() && this.said.length === 0 && !this.#hasAudio)
      return nothing;
    if (status === 'cancelled') return failed(toUpstreamProblem('upstream-died', 'cancelled by the server'));
    this.#usage = usage ?? this.#usage;
    this.#isOver = true;
    return ok(this.#call(calls));
  }
}

const nothing: Result<ReplyEvent[], never> = ok([]);
