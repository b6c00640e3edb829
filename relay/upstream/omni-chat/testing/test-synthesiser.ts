import { speak } from '../../../../e2e/audio/voice.ts';
import { toBytes } from '../../../../e2e/audio/wav.ts';
import type { SpeechEvent, SpeechRequest, Synthesiser } from '../../speech.ts';

/** Speaks within the process what it is asked, and keeps that. */
export class TestSynthesiser implements Synthesiser {
  readonly name = 'test-synthesiser';
  readonly model = 'test';
  readonly voices = ['Nova'];
  readonly requests: (SpeechRequest & { signal: AbortSignal })[] = [];

  async *speak(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<SpeechEvent, void> {
    this.requests.push({ ...request, signal });
    const { samples, rateHz } = await speak(request.text);
    if (!signal.aborted) yield { kind: 'audio', pcm: toBytes(samples), rateHz };
  }

  check(): Promise<{ state: 'up' }> {
    return Promise.resolve({ state: 'up' });
  }
}
