import type { ErrorCode } from '#protocol/errors';
import type {
  JournalProblemKind,
  LinkProblemKind,
  MicrophoneProblemKind,
  SpeakerProblemKind,
} from '../conversation/ports.ts';

type MicProblemKind = MicrophoneProblemKind | 'mic-lost' | 'noise-suppression-failed';
type PageProblemKind = 'audio-blocked' | 'engine-failed';
/** Of the model that judges the end of a turn. */
type ModelProblemKind = 'model-unavailable' | 'model-corrupt' | 'model-unreadable' | 'model-failed' | 'model-too-slow';
/** What became of a turn, as relay and call report it. */
type AnswerProblemKind =
  | Extract<ErrorCode, `upstream-${string}` | 'utterance-too-long' | 'too-many-attempts'>
  | 'no-answer'
  | 'reply-incomplete'
  | 'audio-refused';
/** Everything that can go wrong and has words. */
export type ProblemKind =
  | MicProblemKind
  | SpeakerProblemKind
  | PageProblemKind
  | ModelProblemKind
  | AnswerProblemKind
  | LinkProblemKind
  | JournalProblemKind
  | 'unknown';
