/** Stands in for a turn of which neither sound nor words are left; neutral, so that the model does not answer it. */
export const LOST_SPEECH = '(spoken message)';
