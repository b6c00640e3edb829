import type { Clock } from '#kernel/clock';
import { LIMITS } from '#protocol';
import type { Metrics } from '../observe/metrics.ts';
import { Sentences } from '../upstream/cascade/sentences.ts';
import { isSpeakable, toSpokenForm } from '../upstream/cascade/spoken-form.ts';
import { PcmResampler } from '../upstream/pcm/pcm-resampler.ts';
import { toUpstreamProblem } from '../upstream/problem.ts';
import type { SpeechRequest, Synthesiser } from '../upstream/speech.ts';
import type { UpstreamProblem } from '../upstream/upstream.ts';
import type { Gate } from './gate.ts';
import { readAhead } from './read-ahead.ts';
import { cacheKey, type SpeechCache } from './speech-cache.ts';

/** PCM16LE mono at NARRATION_RATE_HZ, whole samples; a failure is the last event. */
export type NarrationEvent = { kind: 'audio'; pcm: Uint8Array } | { kind: 'failed'; problem: UpstreamProblem };

export const NARRATION_RATE_HZ = LIMITS.outputRateHz;

/** Speech that lies ready before anybody took it: some twenty seconds, more than the longest sentence. */
const MAX_AHEAD_BYTES = 1024 * 1024;
/** Kept speech is handed out in pieces like fresh speech, so that a reader can stop in the middle. */
const CACHED_PIECE_BYTES = 48_000;

export interface NarratorOptions {
  synthesiser: Synthesiser;
  cache: SpeechCache;
  metrics: Metrics;
  clock: Clock;
}

/** What of a text is spoken at a time: its sentences, without marks that no voice can read. */
export function toPassages(text: string): string[] {
  const sentences = new Sentences();
  // Half a character cannot be sent to any server.
  const whole = text.replace(/\p{Cs}/gu, '');
  return [...sentences.push(whole), ...sentences.flush()].map(toSpokenForm).filter(isSpeakable);
}

/** Reads texts aloud, sentence by sentence, from memory where it has spoken one before. */
export class Narrator {
  readonly #options: NarratorOptions;

  constructor(options: NarratorOptions) {
    this.#options = options;
  }

  /**
   * While one sentence is being taken the next is synthesized. A closed gate stops the reading from the server.
   * Aborting, or leaving the loop, ends the server's request at once.
   */
  async *narrate(request: SpeechRequest, signal: AbortSignal, gate?: Gate): AsyncGenerator<NarrationEvent, void> {
    const own = new AbortController();
    const either = AbortSignal.any([signal, own.signal]);
    const options = { sizeOf: bytesOf, maxBytes: MAX_AHEAD_BYTES, ...(gate && { gate }) };
    try {
      yield* readAhead(this.#speakAll(request, either), options);
    } finally {
      own.abort();
    }
  }

  async *#speakAll(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<NarrationEvent, void> {
    for (const text of toPassages(request.text)) {
      if (signal.aborted) return;
      for await (const event of this.#speak({ ...request, text }, signal)) {
        yield event;
        if (event.kind === 'failed') return;
      }
    }
  }

  async *#speak(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<NarrationEvent, void> {
    const { synthesiser, cache, metrics } = this.#options;
    const key = cacheKey(request, `${synthesiser.name} ${synthesiser.model}`);
    const kept = cache.get(key);
    metrics.cacheLookup(kept ? 'hit' : 'miss');
    if (kept) {
      yield* inPieces(kept);
      return;
    }
    const pieces: Uint8Array[] = [];
    for await (const event of this.#synthesise(request, signal)) {
      if (event.kind === 'audio') pieces.push(event.pcm);
      yield event;
      if (event.kind === 'failed') return;
    }
    if (!signal.aborted) cache.put(key, Buffer.concat(pieces));
  }

  /** What the server makes of one sentence, at our rate. Silence without a word on it counts as a fault. */
  async *#synthesise(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<NarrationEvent, void> {
    const { synthesiser, metrics, clock } = this.#options;
    const startedAtMs = clock.nowMs();
    let resampler: PcmResampler | undefined;
    let hasSpoken = false;
    for await (const event of synthesiser.speak(request, signal)) {
      if (signal.aborted) return;
      if (event.kind === 'failed') {
        yield event;
        return;
      }
      if (!hasSpoken) metrics.audioStarted(synthesiser.name, clock.nowMs() - startedAtMs);
      hasSpoken = true;
      if (event.rateHz !== NARRATION_RATE_HZ) resampler ??= new PcmResampler(event.rateHz, NARRATION_RATE_HZ);
      const pcm = resampler ? resampler.push(toBuffer(event.pcm)) : event.pcm;
      if (pcm.length > 0) yield { kind: 'audio', pcm };
    }
    if (signal.aborted) return;
    const rest = resampler?.finish();
    if (rest && rest.length > 0) yield { kind: 'audio', pcm: rest };
    if (!hasSpoken) yield { kind: 'failed', problem: toUpstreamProblem('upstream-faulty', 'no audio') };
  }
}

const bytesOf = (event: NarrationEvent): number => (event.kind === 'audio' ? event.pcm.length : 0);

function* inPieces(pcm: Uint8Array): Generator<NarrationEvent> {
  for (let at = 0; at < pcm.length; at += CACHED_PIECE_BYTES) {
    yield { kind: 'audio', pcm: pcm.subarray(at, at + CACHED_PIECE_BYTES) };
  }
}

/** The same memory. */
const toBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
