/** OpenAI's Realtime API has two sets of names; a connection speaks one of them from its first event to its last. */
export type Flavour = 'ga' | 'beta';

export interface Names {
  audioDelta: string;
  audioDone: string;
  transcriptDelta: string;
  transcriptDone: string;
  textDelta: string;
  textDone: string;
  itemAdded: string;
  /** Items that are done are told of once more, where there is a name for it. */
  itemDone: string | undefined;
  /** Kinds of content in what the assistant says. */
  audioContent: string;
  textContent: string;
}

/** Everything in which the two differ only by name. */
export const NAMES: Record<Flavour, Names> = {
  ga: {
    audioDelta: 'response.output_audio.delta',
    audioDone: 'response.output_audio.done',
    transcriptDelta: 'response.output_audio_transcript.delta',
    transcriptDone: 'response.output_audio_transcript.done',
    textDelta: 'response.output_text.delta',
    textDone: 'response.output_text.done',
    itemAdded: 'conversation.item.added',
    itemDone: 'conversation.item.done',
    audioContent: 'output_audio',
    textContent: 'output_text',
  },
  beta: {
    audioDelta: 'response.audio.delta',
    audioDone: 'response.audio.done',
    transcriptDelta: 'response.audio_transcript.delta',
    transcriptDone: 'response.audio_transcript.done',
    textDelta: 'response.text.delta',
    textDone: 'response.text.done',
    itemAdded: 'conversation.item.created',
    itemDone: undefined,
    audioContent: 'audio',
    textContent: 'text',
  },
};

const BETA_KEYS = [
  ...['modalities', 'voice', 'input_audio_format', 'output_audio_format', 'input_audio_transcription'],
  ...['turn_detection', 'temperature', 'max_response_output_tokens'],
];

/** Which of the two a session object is written in; undefined when it could be either. */
export function flavourOf(session: Readonly<Record<string, unknown>>): Flavour | undefined {
  if ('type' in session || 'audio' in session || 'output_modalities' in session) return 'ga';
  return BETA_KEYS.some((key) => key in session) ? 'beta' : undefined;
}
