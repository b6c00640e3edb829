import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { parseWav, type Recording } from './wav.ts';

export { generatedUtterance, type Utterance, type UtteranceOptions } from './utterance.ts';

/** Test recordings that are not part of the repository; everything that uses them does without where they are absent. */
const DATA_FOLDER = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

const Span = v.pipe(
  v.object({ onset_ms: v.number(), offset_ms: v.number(), transcript: v.nullish(v.string()) }),
  v.transform((span) => ({ onsetMs: span.onset_ms, offsetMs: span.offset_ms, transcript: span.transcript ?? '' })),
);
const Pause = v.pipe(
  v.object({ start_ms: v.number(), end_ms: v.number() }),
  v.transform((pause) => ({ startMs: pause.start_ms, endMs: pause.end_ms })),
);
const GroundTruth = v.object({
  id: v.string(),
  category: v.string(),
  duration_ms: v.number(),
  files: v.object({ wav16k: v.string(), wav48k: v.optional(v.string()) }),
  turns: v.array(Span),
  pauses: v.array(Pause),
  backchannels: v.array(Span),
  assistant_playback: v.optional(
    v.object({ start_ms: v.number(), speech_ms: v.array(v.tuple([v.number(), v.number()])) }),
  ),
  boundary_tolerance_ms: v.object({ onset: v.number(), offset: v.number() }),
});

export interface TurnRecording {
  id: string;
  category: string;
  durationMs: number;
  /** What the user says, in order; empty transcripts where nobody wrote the words down. */
  turns: v.InferOutput<typeof Span>[];
  /** Silences inside a turn. */
  pauses: v.InferOutput<typeof Pause>[];
  backchannels: v.InferOutput<typeof Span>[];
  /** What the assistant plays meanwhile: from where, and where in the recording it is speech. */
  assistant?: { startMs: number; speechMs: { onsetMs: number; offsetMs: number }[] };
  /** How exactly onsets and offsets are known. */
  toleranceMs: { onset: number; offset: number };
  /** For a browser's fake microphone. */
  wavPath: string;
  /** At 48 kHz, where there is one. */
  wav48kPath?: string;
  /** At 16 kHz. */
  load(): Recording;
}

/** Every recording with ground truth, by name; none where the folder is absent. */
export function turnRecordings(): TurnRecording[] {
  const folder = join(DATA_FOLDER, 'turns/gt');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.sort().map((name) => parseRecording(readFileSync(join(folder, name), 'utf8')));
}

function parseRecording(json: string): TurnRecording {
  const truth = v.parse(GroundTruth, JSON.parse(json));
  const wavPath = join(DATA_FOLDER, truth.files.wav16k);
  return {
    id: truth.id,
    category: truth.category,
    durationMs: truth.duration_ms,
    turns: truth.turns,
    pauses: truth.pauses,
    backchannels: truth.backchannels,
    ...(truth.assistant_playback && { assistant: toAssistant(truth.assistant_playback) }),
    toleranceMs: truth.boundary_tolerance_ms,
    wavPath,
    ...(truth.files.wav48k === undefined ? {} : { wav48kPath: join(DATA_FOLDER, truth.files.wav48k) }),
    load: () => parseWav(readFileSync(wavPath)),
  };
}

const toAssistant = (playback: { start_ms: number; speech_ms: [number, number][] }) => ({
  startMs: playback.start_ms,
  speechMs: playback.speech_ms.map(([onsetMs, offsetMs]) => ({ onsetMs, offsetMs })),
});
