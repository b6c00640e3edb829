import { unreachable } from '#kernel/result';
import type { LiveEvent, ResponseEvent } from '../../session/live/live-event.ts';
import type { WireEvent } from '../realtime/wire-event.ts';
import { writeItem } from './item-view.ts';
import { NAMES, type Flavour } from './names.ts';

type ConversationEvent = Exclude<LiveEvent, ResponseEvent>;

const BUFFER = 'input_audio_buffer';
const TRANSCRIPTION = 'conversation.item.input_audio_transcription';

/** What is told of the conversation and of what is said into it; undefined where the flavour has no word for it. */
export function toConversationEvent(event: ConversationEvent, flavour: Flavour): WireEvent | undefined {
  switch (event.kind) {
    case 'speech-started':
    case 'speech-stopped':
    case 'idle':
    case 'committed':
    case 'cleared':
      return toBufferEvent(event);
    case 'item-added':
    case 'item-done': {
      const type = event.kind === 'item-added' ? NAMES[flavour].itemAdded : NAMES[flavour].itemDone;
      const item = writeItem(event.item, flavour);
      return type === undefined ? undefined : { type, fields: { previous_item_id: event.previousItemId, item } };
    }
    case 'item-deleted':
      return { type: 'conversation.item.deleted', fields: { item_id: event.itemId } };
    case 'item-truncated': {
      const { itemId, contentIndex, audioEndMs } = event;
      const fields = { item_id: itemId, content_index: contentIndex, audio_end_ms: audioEndMs };
      return { type: 'conversation.item.truncated', fields };
    }
    case 'transcript': {
      const usage = { type: 'duration', seconds: event.durationMs / 1000 };
      const fields = { item_id: event.itemId, content_index: 0, transcript: event.text, usage };
      return { type: `${TRANSCRIPTION}.completed`, fields };
    }
    case 'transcript-failed': {
      // Strings or nothing: the Agents SDK drops the event if one of them is null.
      const error = { type: 'server_error', code: event.code.replaceAll('-', '_'), message: 'The recogniser failed.' };
      return { type: `${TRANSCRIPTION}.failed`, fields: { item_id: event.itemId, content_index: 0, error } };
    }
    default:
      return unreachable(event);
  }
}

type BufferKind = 'speech-started' | 'speech-stopped' | 'idle' | 'committed' | 'cleared';

function toBufferEvent(event: Extract<ConversationEvent, { kind: BufferKind }>): WireEvent {
  switch (event.kind) {
    case 'speech-started': {
      const fields = { audio_start_ms: Math.round(event.startMs), item_id: event.itemId };
      return { type: `${BUFFER}.speech_started`, fields };
    }
    case 'speech-stopped': {
      const fields = { audio_end_ms: Math.round(event.endMs), item_id: event.itemId };
      return { type: `${BUFFER}.speech_stopped`, fields };
    }
    case 'idle': {
      const span = { audio_start_ms: Math.round(event.startMs), audio_end_ms: Math.round(event.endMs) };
      return { type: `${BUFFER}.timeout_triggered`, fields: { ...span, item_id: event.itemId } };
    }
    case 'committed': {
      const fields = { previous_item_id: event.previousItemId, item_id: event.itemId };
      return { type: `${BUFFER}.committed`, fields };
    }
    case 'cleared':
      return { type: `${BUFFER}.cleared`, fields: {} };
  }
}
