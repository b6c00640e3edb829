import { isSameLanguage } from '#protocol';
import { isWrittenIn, lettersIn, scriptOf, type Script } from './script.ts';
import type { Sound } from './sound.ts';

/** Less than this is a click or a breath, and whatever was made of it is made up. */
const MIN_LOUD_MS = 120;
/** So long a stretch of sound is evidence enough of a change of language. */
const CONVINCING_MS = 2_000;
/** Turns in a row that make a language the conversation's. */
const SETTLED_TURNS = 2;
/** Very fast speech is about 25 letters a second in Latin script; a syllable or a word sign takes longer. */
const MAX_LETTERS_PER_SECOND = { word: 32, sign: 14 };
const SIGNS: readonly Script[] = ['Hani', 'Jpan', 'Hang'];
/** Recognisers cut the pause off; a word that was begun before the recording counts whole. */
const SLACK_LETTERS = 6;

/** What is known when the words of an utterance arrive. */
export interface Evidence {
  text: string;
  /** Of the text, where it could be told. */
  language?: string;
  sound: Sound;
  /** The only languages that can have been spoken, as while interpreting. */
  fixed?: readonly string[];
  /** Languages a person may be expected to speak here beside the recent ones: that of the answers. */
  expected: readonly string[];
  /** Languages of the turns before that were not doubtful, newest first. */
  recent: readonly string[];
}

/** Whether what a recogniser wrote is perhaps not what was said. It is shown all the same, with a mark. */
export function isDoubtful(evidence: Evidence): boolean {
  return isInvented(evidence) || isOutsideFixed(evidence) || isSudden(evidence);
}

/** Words from silence, or more of them than fit into the sound. */
function isInvented({ text, sound }: Evidence): boolean {
  const script = scriptOf(text);
  if (script === undefined) return false;
  if (sound.loudMs < MIN_LOUD_MS) return true;
  const perSecond = MAX_LETTERS_PER_SECOND[SIGNS.includes(script) ? 'sign' : 'word'];
  return lettersIn(text) > SLACK_LETTERS + (perSecond * sound.durationMs) / 1000;
}

function isOutsideFixed({ text, language, fixed }: Evidence): boolean {
  return fixed !== undefined && !fits(text, language, fixed);
}

/** Another language than all turns so far, on too little sound to believe it. */
function isSudden({ text, language, sound, fixed, expected, recent }: Evidence): boolean {
  if (fixed !== undefined || recent.length < SETTLED_TURNS) return false;
  return sound.loudMs < CONVINCING_MS && !fits(text, language, [...expected, ...recent]);
}

/** Where the language could not be told, its script must do. */
function fits(text: string, language: string | undefined, languages: readonly string[]): boolean {
  if (language !== undefined) return languages.some((known) => isSameLanguage(known, language));
  const script = scriptOf(text);
  return script === undefined || languages.some((known) => isWrittenIn(known, script));
}
