import { isSpeakable } from './spoken-form.ts';

/** What recognisers write for sounds that are no words: `[BLANK_AUDIO]`, `(music)`, `*coughs*`, `<noise>`. */
const SOUNDS = /\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|<[^>]*>|♪/g;

/** The words of a transcript; empty where there are none and nobody is to be answered. */
export function toUserText(transcript: string): string {
  return isSpeakable(transcript.replace(SOUNDS, '')) ? transcript.trim() : '';
}
