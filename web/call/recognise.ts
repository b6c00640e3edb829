import { bytesToInt16 } from '#dsp/pcm';
import { encodeWav } from '#dsp/wav';
import { LIMITS } from '#protocol';

/** Words that come later than this stop nothing any more. */
const PATIENCE_MS = 1_500;
const HTTP_NOT_CONFIGURED = 501;

/**
 * Has a second of sound (PCM16LE at LIMITS.inputRateHz) understood by the relay's recogniser. Undefined where there is
 * none, it has no time, or it is too slow; a relay without one is not asked again.
 */
export function createPhraseRecogniser(
  request: typeof fetch = (...args) => fetch(...args),
): (pcm: Uint8Array<ArrayBuffer>) => Promise<string | undefined> {
  let isOffered = true;
  return async (pcm) => {
    if (!isOffered || pcm.length === 0) return undefined;
    const form = new FormData();
    form.set('audio', new Blob([encodeWav(new Int16Array(bytesToInt16(pcm)), LIMITS.inputRateHz)]), 'sound.wav');
    form.set('response_format', 'text');
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const response = await request('/voice/transcribe', { method: 'POST', body: form, signal });
      isOffered = response.status !== HTTP_NOT_CONFIGURED;
      return response.ok ? await response.text() : undefined;
    } catch {
      return undefined;
    }
  };
}
