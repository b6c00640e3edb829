import type { AudioChunk, ReplyChunk, UtteranceRecord } from './audio-records.ts';
import type { LogEntry } from '../conversation/log.ts';

/** One change to what is stored. Applying the same change twice is the same as once. */
export type JournalOp =
  | { op: 'begin'; record: UtteranceRecord }
  | { op: 'audio'; chunk: AudioChunk }
  | { op: 'note'; utterance: string; patch: UtterancePatch }
  | { op: 'reply'; chunk: ReplyChunk }
  | { op: 'settle'; utterance: string; attempt: number }
  | { op: 'discard'; utterance: string }
  | { op: 'log'; entry: LogEntry };

export type UtterancePatch = Partial<Pick<UtteranceRecord, 'isSealed' | 'attempt' | 'playedSample'>>;

/** An utterance with the user's audio, as far as it is stored. */
export interface StoredUtterance {
  record: UtteranceRecord;
  chunks: AudioChunk[];
}

/** What `stored` will be once `ops` are written: how reading works while writing does not. */
export function overlay(stored: readonly StoredUtterance[], ops: readonly JournalOp[]): StoredUtterance[] {
  const utterances = new Map(stored.map(({ record, chunks }) => [record.utterance, { record, chunks: [...chunks] }]));
  for (const op of ops) {
    switch (op.op) {
      case 'begin':
        utterances.set(op.record.utterance, { record: op.record, chunks: [] });
        break;
      case 'audio':
        utterances.get(op.chunk.utterance)?.chunks.push(op.chunk);
        break;
      case 'note':
      case 'settle': {
        const known = utterances.get(op.utterance);
        if (known)
          known.record = op.op === 'note' ? { ...known.record, ...op.patch } : settled(known.record, op.attempt);
        break;
      }
      case 'discard':
        utterances.delete(op.utterance);
        break;
      case 'reply':
      case 'log':
        break;
    }
  }
  return [...utterances.values()];
}

/** No longer pending: its answer is stored. */
export function settled({ pendingIn: _over, ...record }: UtteranceRecord, attempt: number): UtteranceRecord {
  return { ...record, settledAttempt: attempt };
}
