import type { Recogniser, TranscriptEvent, TranscriptionRequest } from '../../upstream/speech.ts';
import type { UpstreamHealth } from '../../upstream/upstream.ts';

export type Answer = (request: TranscriptionRequest, nth: number) => TranscriptEvent[] | 'hang';

/** A transcription server that keeps every request and says what the test wants. */
export class ScriptedRecogniser implements Recogniser {
  readonly name = 'scripted-ear';
  readonly model = 'whisper-script';
  readonly asked: { request: TranscriptionRequest; signal: AbortSignal }[] = [];
  answer: Answer;

  constructor(answer: Answer = (_, nth) => [{ kind: 'done', text: `piece ${nth}` }]) {
    this.answer = answer;
  }

  async *transcribe(request: TranscriptionRequest, signal: AbortSignal): AsyncGenerator<TranscriptEvent> {
    this.asked.push({ request, signal });
    const events = this.answer(request, this.asked.length);
    if (events !== 'hang') return yield* events;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  }

  check(): Promise<UpstreamHealth> {
    return Promise.resolve({ state: 'up' });
  }
}
