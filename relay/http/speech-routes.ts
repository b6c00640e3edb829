import { Hono } from 'hono';
import type { Clock } from '#kernel/clock';
import type { Metrics } from '../observe/metrics.ts';
import { Narrator } from '../speech/narrator.ts';
import { Slots } from '../speech/slots.ts';
import { SpeechCache } from '../speech/speech-cache.ts';
import type { Recogniser, Synthesiser } from '../upstream/speech.ts';
import { readRoutes } from './read.ts';
import { readStreamRoutes } from './read-stream.ts';
import { voiceBatchRoutes } from './voice-batch.ts';
import { voiceTranscribeRoutes } from './voice-transcribe.ts';

/** Each may hold a megabyte of speech that nobody took yet, and a request to the speech server. */
const MAX_READINGS = 32;

export interface SpeechRouteOptions {
  clock: Clock;
  metrics: Metrics;
  /** Where one is absent its routes answer 501. */
  recogniser?: Recogniser;
  synthesiser?: Synthesiser;
}

/** Speech for texts and texts for speech, for whoever asks over HTTP. */
export function speechRoutes({ clock, metrics, recogniser, synthesiser }: SpeechRouteOptions): Hono {
  const cache = new SpeechCache(clock);
  const parts = {
    ...{ clock, metrics, readSlots: new Slots(MAX_READINGS) },
    ...(recogniser && { recogniser }),
    ...(synthesiser && { narrator: new Narrator({ synthesiser, cache, metrics, clock }) }),
  };
  return new Hono()
    .route('/', readRoutes(parts))
    .route('/', readStreamRoutes(parts))
    .route('/', voiceBatchRoutes(parts))
    .route('/', voiceTranscribeRoutes(parts));
}
