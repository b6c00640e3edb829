import { toFloat } from '../../audio/voice.ts';
import { turnRecordings, type TurnRecording } from '../../audio/recordings.ts';
import type { RecordedCall } from './recorded-call.ts';
import { prolonged } from './sound.ts';

/** Enough silence after the last word for every rule to end the turn. */
const TAIL_MS = 5_500;

/** People and synthetic voices with labelled turns, each recording a call of its own; none without the shared data. */
export const labelledCalls = (): RecordedCall[] => turnRecordings().map(toCall);

function toCall(recording: TurnRecording): RecordedCall {
  const { id, category, turns, pauses, backchannels, assistant } = recording;
  return {
    id,
    group: category,
    samples: prolonged(toFloat(recording.load().samples), TAIL_MS),
    turns: turns.map((turn) => ({
      onsetMs: turn.onsetMs,
      offsetMs: turn.offsetMs,
      pauses: pauses
        .filter(({ startMs }) => startMs > turn.onsetMs && startMs < turn.offsetMs)
        .map(({ startMs, endMs }) => ({ onsetMs: startMs, offsetMs: endMs })),
    })),
    interjections: backchannels.map(({ onsetMs, offsetMs }) => ({ onsetMs, offsetMs })),
    ...(assistant && { assistant }),
  };
}
