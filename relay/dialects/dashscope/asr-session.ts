import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import type { TranscriptionSettings } from '../../session/transcription/transcription-event.ts';
import { schemaFault, type ClientFault } from '../realtime/fault.ts';
import {
  DEFAULT_SAMPLE_RATE_HZ,
  FormatWord,
  hintsOf,
  SampleRate,
  TranscriptionWish,
  writeTranscription,
} from './session-fields.ts';
import {
  changeDetection,
  DEFAULT_DETECTION,
  DetectionChange,
  toTurnDetection,
  type WireDetection,
} from './turn-detection.ts';

/** A recognition as its client configured it. */
export interface AsrSession {
  /** As the client named it. */
  model: string;
  inputFormat: FormatWord;
  inputRateHz: number;
  transcription: TranscriptionWish;
  /** Undefined: the client commits what is to be written down. */
  detection: WireDetection | undefined;
}

/** Its own default: sentences are written down, so voice is rather taken for voice once too often. */
const ASR_DETECTION: WireDetection = { ...DEFAULT_DETECTION, threshold: 0.2 };

export const newAsrSession = (model: string): AsrSession => ({
  ...{ model, inputFormat: 'pcm', inputRateHz: DEFAULT_SAMPLE_RATE_HZ },
  transcription: {},
  detection: ASR_DETECTION,
});

const Change = v.object({
  input_audio_format: v.nullish(FormatWord),
  sample_rate: v.nullish(SampleRate),
  input_audio_transcription: v.nullish(TranscriptionWish),
  turn_detection: v.nullish(DetectionChange),
});

/** The session after an update: what belongs to conversations only is passed over. */
export function changeAsrSession(current: AsrSession, update: unknown): Result<AsrSession, ClientFault> {
  const parsed = v.safeParse(Change, update, { abortEarly: true });
  if (!parsed.success) return failed(schemaFault(parsed.issues, 'session.'));
  const { turn_detection: turns, input_audio_transcription: words, ...change } = parsed.output;
  const detection = turns && changeDetection(current.detection ?? ASR_DETECTION, turns);
  return ok({
    ...current,
    inputFormat: change.input_audio_format ?? current.inputFormat,
    inputRateHz: change.sample_rate ?? current.inputRateHz,
    transcription: words === undefined ? current.transcription : (words ?? {}),
    detection: detection === undefined ? current.detection : (detection ?? undefined),
  });
}

export const toTranscriptionSettings = ({
  inputRateHz,
  detection,
  transcription,
}: AsrSession): TranscriptionSettings => ({
  inputRateHz,
  ...(detection && { turnDetection: toTurnDetection(detection) }),
  ...hintsOf(transcription),
});

/** As `session.created` and `session.updated` show it. */
export const writeAsrSession = (id: string, session: AsrSession, recogniserModel: string): object => ({
  object: 'realtime.session',
  id,
  model: session.model,
  modalities: ['text'],
  input_audio_format: session.inputFormat,
  sample_rate: session.inputRateHz,
  input_audio_transcription: writeTranscription(session.transcription, recogniserModel),
  turn_detection: session.detection ?? null,
});
