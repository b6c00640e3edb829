import { unreachable } from '#kernel/result';
import type { OutputPlace, ResponseEvent } from '../../session/live/live-event.ts';
import type { WireEvent } from '../realtime/wire-event.ts';
import { writeItem } from './item-view.ts';
import { contentPlace, placeOf } from '../realtime/output-place.ts';
import { NAMES } from './names.ts';
import { writeResponse, type ResponseContext } from './response-view.ts';

const ARGUMENTS = 'response.function_call_arguments';

/** What is told of a response; its sound is written apart. */
export function toResponseEvent(event: Exclude<ResponseEvent, { kind: 'audio' }>, context: ResponseContext): WireEvent {
  const names = NAMES[context.flavour];
  switch (event.kind) {
    case 'response-created':
    case 'response-done': {
      const type = event.kind === 'response-created' ? 'response.created' : 'response.done';
      return { type, fields: { response: writeResponse(event.response, context) } };
    }
    case 'output-item-added':
    case 'output-item-done': {
      const type = event.kind === 'output-item-added' ? 'response.output_item.added' : 'response.output_item.done';
      const { responseId, outputIndex } = event.at;
      const item = writeItem(event.item, context.flavour);
      return { type, fields: { response_id: responseId, output_index: outputIndex, item } };
    }
    case 'part-added':
      return toPartEvent('response.content_part.added', event, '');
    case 'part-done':
      return toPartEvent('response.content_part.done', event, event.text);
    case 'words': {
      const type = event.part === 'audio' ? names.transcriptDelta : names.textDelta;
      return { type, fields: { ...contentPlace(event.at), delta: event.text } };
    }
    case 'words-done':
      return event.part === 'audio'
        ? { type: names.transcriptDone, fields: { ...contentPlace(event.at), transcript: event.text } }
        : { type: names.textDone, fields: { ...contentPlace(event.at), text: event.text } };
    case 'audio-done':
      return { type: names.audioDone, fields: contentPlace(event.at) };
    case 'arguments': {
      const fields = { ...placeOf(event.at), call_id: event.callId, delta: event.text };
      return { type: `${ARGUMENTS}.delta`, fields };
    }
    case 'arguments-done': {
      const { callId, name, arguments: text } = event;
      return { type: `${ARGUMENTS}.done`, fields: { ...placeOf(event.at), call_id: callId, name, arguments: text } };
    }
    default:
      return unreachable(event);
  }
}

/** `part.type` is the same in both flavours, unlike the content of items. */
function toPartEvent(type: string, { at, part }: { at: OutputPlace; part: 'audio' | 'text' }, text: string): WireEvent {
  const words = part === 'audio' ? { type: part, transcript: text } : { type: part, text };
  return { type, fields: { ...contentPlace(at), part: words } };
}
