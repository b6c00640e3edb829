import { baseLanguage } from '#protocol';
import type { TranscriptionEvent } from '../../session/transcription/transcription-event.ts';
import type { WireEvent } from '../realtime/wire-event.ts';
import { writeSpokenItem } from './item-view.ts';
import { heardAt, toSpeechStarted, toSpeechStopped, toTranscriptFailed, TRANSCRIPTION } from './omni-event.ts';

/** What clients are told of an event, in order. */
export function toAsrEvents(event: TranscriptionEvent): WireEvent[] {
  switch (event.kind) {
    case 'speech-started':
      return [toSpeechStarted(event.itemId, event.startMs)];
    case 'speech-stopped':
      return [toSpeechStopped(event.itemId, event.endMs)];
    case 'committed':
      return [
        { type: 'input_audio_buffer.committed', fields: { item_id: event.itemId } },
        { type: 'conversation.item.created', fields: { item: writeSpokenItem(event.itemId) } },
      ];
    case 'cleared':
      return [{ type: 'input_audio_buffer.cleared', fields: {} }];
    case 'interim': {
      const words = { text: event.stable, stash: event.tentative };
      return [{ type: `${TRANSCRIPTION}.text`, fields: { ...heardAs(event), ...words } }];
    }
    case 'completed':
      return [{ type: `${TRANSCRIPTION}.completed`, fields: { ...heardAs(event), transcript: event.text } }];
    case 'failed':
      return [toTranscriptFailed(event.itemId, event.problem.kind)];
  }
}

/** Some clients read an emotion; no recogniser here judges one, so it is always the neutral one. */
const heardAs = ({ itemId, language }: { itemId: string; language?: string }) => ({
  ...heardAt(itemId),
  ...(language !== undefined && { language: baseLanguage(language) }),
  emotion: 'neutral',
});
