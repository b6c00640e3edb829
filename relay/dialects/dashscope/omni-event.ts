import { unreachable } from '#kernel/result';
import type { LiveEvent, OutputPlace } from '../../session/live/live-event.ts';
import { contentPlace, placeOf } from '../realtime/output-place.ts';
import type { WireEvent } from '../realtime/wire-event.ts';
import { writeItem } from './item-view.ts';
import { writeResponse, type ResponseContext } from './response-view.ts';

const BUFFER = 'input_audio_buffer';
const ARGUMENTS = 'response.function_call_arguments';
export const TRANSCRIPTION = 'conversation.item.input_audio_transcription';

type Told = Exclude<LiveEvent, { kind: 'audio' }>;

/** What clients are told of an event, in order; nothing where DashScope has no word for it. Sound is written apart. */
export function toOmniEvents(event: Told, context: ResponseContext): WireEvent[] {
  switch (event.kind) {
    case 'speech-started':
      return [toSpeechStarted(event.itemId, event.startMs)];
    case 'speech-stopped':
      return [toSpeechStopped(event.itemId, event.endMs)];
    case 'committed':
      return [{ type: `${BUFFER}.committed`, fields: { item_id: event.itemId } }];
    case 'cleared':
      return [{ type: `${BUFFER}.cleared`, fields: {} }];
    case 'item-added':
      return [{ type: 'conversation.item.created', fields: { item: writeItem(event.item) } }];
    case 'transcript':
      return [{ type: `${TRANSCRIPTION}.completed`, fields: { ...heardAt(event.itemId), transcript: event.text } }];
    case 'transcript-failed':
      return [toTranscriptFailed(event.itemId, event.code)];
    case 'idle':
    case 'item-done':
    case 'item-deleted':
    case 'item-truncated':
      return [];
    default:
      return toResponseEvents(event, context);
  }
}

type OfResponse = Extract<Told, { response: object } | { at: object }>;

function toResponseEvents(event: OfResponse, context: ResponseContext): WireEvent[] {
  switch (event.kind) {
    case 'response-created':
      return [{ type: 'response.created', fields: { response: writeResponse(event.response, context) } }];
    case 'response-done':
      return [{ type: 'response.done', fields: { response: writeResponse(event.response, context) } }];
    case 'output-item-added':
      return [{ type: 'response.output_item.added', fields: itemFields(event) }];
    case 'output-item-done':
      return [{ type: 'response.output_item.done', fields: itemFields(event) }];
    case 'part-added':
      return [{ type: 'response.content_part.added', fields: partFields({ ...event, text: '' }) }];
    case 'part-done':
      return [{ type: 'response.content_part.done', fields: partFields(event) }];
    case 'words': {
      const type = event.part === 'audio' ? 'response.audio_transcript.delta' : 'response.text.delta';
      return [{ type, fields: { ...contentPlace(event.at), delta: event.text } }];
    }
    case 'audio-done':
      // Told after the transcript's end, which is next.
      return [];
    case 'words-done':
      return toWordsDone(event);
    case 'arguments':
      return [
        { type: `${ARGUMENTS}.delta`, fields: { ...placeOf(event.at), call_id: event.callId, delta: event.text } },
      ];
    case 'arguments-done': {
      const { at, callId, name, arguments: text } = event;
      const fields = { ...placeOf(at), call_id: callId, name, arguments: text };
      return [{ type: `${ARGUMENTS}.done`, fields }];
    }
    default:
      return unreachable(event);
  }
}

function toWordsDone({ at, part, text }: Extract<Told, { kind: 'words-done' }>): WireEvent[] {
  const place = contentPlace(at);
  if (part === 'text') return [{ type: 'response.text.done', fields: { ...place, text } }];
  return [
    { type: 'response.audio_transcript.done', fields: { ...place, transcript: text } },
    { type: 'response.audio.done', fields: place },
  ];
}

export const toSpeechStarted = (itemId: string, startMs: number): WireEvent => ({
  type: `${BUFFER}.speech_started`,
  fields: { audio_start_ms: Math.round(startMs), item_id: itemId },
});

export const toSpeechStopped = (itemId: string, endMs: number): WireEvent => ({
  type: `${BUFFER}.speech_stopped`,
  fields: { audio_end_ms: Math.round(endMs), item_id: itemId },
});

export function toTranscriptFailed(itemId: string, kind: string): WireEvent {
  const error = { code: kind.replaceAll('-', '_'), message: 'The recogniser failed.', param: null };
  return { type: `${TRANSCRIPTION}.failed`, fields: { ...heardAt(itemId), error } };
}

export const heardAt = (itemId: string) => ({ item_id: itemId, content_index: 0 });

const itemFields = ({ at, item }: Extract<Told, { kind: 'output-item-added' | 'output-item-done' }>) => ({
  ...{ response_id: at.responseId, output_index: at.outputIndex },
  item: writeItem(item),
});

/** The words are under `text`, also those of sound. */
const partFields = ({ at, part, text }: { at: OutputPlace; part: 'audio' | 'text'; text: string }) => ({
  ...contentPlace(at),
  part: { type: part, text },
});
