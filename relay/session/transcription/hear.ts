import { messageOf } from '#kernel/result';
import { toUpstreamProblem } from '../../upstream/problem.ts';
import type { Recogniser, TranscriptionRequest } from '../../upstream/speech.ts';
import type { UpstreamProblem } from '../../upstream/upstream.ts';

/** What became of one stretch of speech. */
export type Heard =
  | { kind: 'heard'; text: string; language?: string }
  | { kind: 'failed'; problem: UpstreamProblem }
  /** Nobody wanted it any more. */
  | { kind: 'aborted' };

/** Has one stretch of speech written down; never throws. `onPartial` gets the text as it grows, where it does. */
export async function hear(
  recogniser: Recogniser,
  request: Promise<TranscriptionRequest>,
  signal: AbortSignal,
  onPartial: (text: string) => void,
): Promise<Heard> {
  try {
    const asked = await request;
    if (signal.aborted) return { kind: 'aborted' };
    for await (const event of recogniser.transcribe(asked, signal)) {
      if (signal.aborted) break;
      if (event.kind === 'failed') return event;
      if (event.kind === 'partial') onPartial(event.text);
      if (event.kind === 'done') {
        const { text, language } = event;
        return { kind: 'heard', text: text.trim(), ...(language !== undefined && { language }) };
      }
    }
  } catch (thrown) {
    return { kind: 'failed', problem: toUpstreamProblem('upstream-faulty', messageOf(thrown)) };
  }
  if (signal.aborted) return { kind: 'aborted' };
  return { kind: 'failed', problem: toUpstreamProblem('upstream-died', 'no transcript') };
}
