/** The two vocabularies of the realtime wire, as far as clients depend on them. */
export interface EventNames {
  audioDelta: string;
  wordsDelta: string;
  wordsDone: string;
  textDelta: string;
  textDone: string;
  itemAdded: string;
}

export type Vocabulary = 'ga' | 'beta';

export const EVENT_NAMES: Record<Vocabulary, EventNames> = {
  ga: {
    audioDelta: 'response.output_audio.delta',
    wordsDelta: 'response.output_audio_transcript.delta',
    wordsDone: 'response.output_audio_transcript.done',
    textDelta: 'response.output_text.delta',
    textDone: 'response.output_text.done',
    itemAdded: 'conversation.item.added',
  },
  beta: {
    audioDelta: 'response.audio.delta',
    wordsDelta: 'response.audio_transcript.delta',
    wordsDone: 'response.audio_transcript.done',
    textDelta: 'response.text.delta',
    textDone: 'response.text.done',
    itemAdded: 'conversation.item.created',
  },
};

/** Names that only one of the two has. */
const OWN: Record<Vocabulary, RegExp> = {
  ga: /^(response\.output_(audio|audio_transcript|text)\.|conversation\.item\.(added|done)$)/,
  beta: /^(response\.(audio|audio_transcript|text)\.|conversation\.item\.created$)/,
};

/** Whether an event must never be sent to a client of this vocabulary. */
export const isForeign = (type: string, vocabulary: Vocabulary): boolean =>
  OWN[vocabulary === 'ga' ? 'beta' : 'ga'].test(type);
