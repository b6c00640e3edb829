import { setImmediate as nextTick } from 'node:timers/promises';
import { Resampler } from '#dsp/resampler';
import { LIMITS } from '#protocol';
import type { ContextItem, ReplyEvent, Upstream, UpstreamTurn } from '../upstream.ts';
import { prefaceTones } from './preface.ts';

/** Input resampled between two looks at the event loop: under a millisecond of work. */
const SLICE_SAMPLES = LIMITS.inputRateHz / 5;

/**
 * What answers when no model is connected, and says so: the user's own words come back. It proves microphone, turn
 * taking, playback and network, and nothing about intelligence.
 */
export function createEcho(): Upstream {
  return {
    name: 'echo',
    model: 'none',
    outputRateHz: LIMITS.outputRateHz,
    voices: [],
    respond,
    check: () => Promise.resolve({ state: 'up', latencyMs: 0, detail: 'no model: echo' }),
  };
}

async function* respond({ items, isSilent }: UpstreamTurn, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
  if (signal.aborted) return;
  const question = items.at(-1);
  yield { kind: 'text', text: `No model is connected. ${toWords(question)}` };
  if (signal.aborted || isSilent) return;
  yield { kind: 'audio', pcm: prefaceTones(LIMITS.outputRateHz) };
  if (question?.kind === 'user' && question.audio) yield* playBack(question.audio, signal);
}

function toWords(question: ContextItem | undefined): string {
  switch (question?.kind) {
    case 'user': {
      const { audio, text = '' } = question;
      if (!audio) return `This is an echo of what you wrote: ${text}`;
      return `This is an echo of the ${(audio.length / 2 / LIMITS.inputRateHz).toFixed(1)} seconds I heard.`;
    }
    case 'tool-result':
      return `This is what a tool has told: ${question.output}`;
    default:
      return 'There is nothing to echo.';
  }
}

async function* playBack(audio: Uint8Array, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
  const resampler = new Resampler({ fromHz: LIMITS.inputRateHz, toHz: LIMITS.outputRateHz });
  const samples = toFloat(audio);
  for (let at = 0; at < samples.length; at += SLICE_SAMPLES) {
    await nextTick();
    if (signal.aborted) return;
    yield { kind: 'audio', pcm: resampleSlice(resampler, samples, at) };
  }
}

/** The last slice brings what the filter still held back. */
function resampleSlice(resampler: Resampler, samples: Float32Array, at: number): Buffer {
  const slice = samples.subarray(at, at + SLICE_SAMPLES);
  const isLast = at + SLICE_SAMPLES >= samples.length;
  const output = new Float32Array(
    resampler.maxOutputSamples(slice.length) + (isLast ? resampler.maxOutputSamples(0) : 0),
  );
  let made = resampler.process(slice, output);
  if (isLast) made += resampler.flush(output.subarray(made));
  const pcm = Buffer.alloc(2 * made);
  for (let i = 0; i < made; i++) {
    const sample = Math.round((output[i] ?? 0) * 32768);
    pcm.writeInt16LE(Math.max(-32768, Math.min(32767, sample)), 2 * i);
  }
  return pcm;
}

function toFloat(pcm: Uint8Array): Float32Array {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  return Float32Array.from({ length: pcm.length >> 1 }, (_, i) => view.getInt16(2 * i, true) / 32768);
}
