import type { OutputPlace } from '../../session/live/live-event.ts';

/** Where in a response something belongs, in the words of both dialects. */
export const placeOf = ({ responseId, itemId, outputIndex }: OutputPlace) => ({
  response_id: responseId,
  item_id: itemId,
  output_index: outputIndex,
});

export const contentPlace = (at: OutputPlace) => ({ ...placeOf(at), content_index: 0 });
