import type { Clock } from '#kernel/clock';
import type { Metrics } from '../observe/metrics.ts';
import type { Narrator } from '../speech/narrator.ts';
import type { Recogniser } from '../upstream/speech.ts';
import type { Slots } from '../speech/slots.ts';

/** What the speech routes share. */
export interface SpeechParts {
  clock: Clock;
  metrics: Metrics;
  /** Absent where no speech server is configured. */
  narrator?: Narrator;
  /** Absent where no transcription server is configured. */
  recogniser?: Recogniser;
  /** How many texts may be read at once, over HTTP and WebSocket together. */
  readSlots: Slots;
}
