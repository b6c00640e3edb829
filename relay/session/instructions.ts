import type { Settings } from '#protocol';

const names = new Intl.DisplayNames('en', { type: 'language' });
const nameOf = (language: string): string => names.of(language) ?? language;

const DEFAULT_PERSONA =
  'You are Earshot, a friendly voice assistant. Your answer is spoken aloud: keep it short, use plain sentences, ' +
  'and write no lists, headings, links or emoji.';

/** What the answerer is told about itself unless the user says otherwise. */
export const DEFAULT_SYSTEM_PROMPT = `${DEFAULT_PERSONA} Answer in the language the user speaks.`;

/** Everything an answerer is told about how to answer, in one text that any upstream can carry. */
export function toInstructions({ systemPrompt, answerLanguage, translation }: Settings): string {
  if (translation) return interpreter(translation.languages, systemPrompt);
  if (answerLanguage === undefined) return systemPrompt ?? DEFAULT_SYSTEM_PROMPT;
  return `${systemPrompt ?? DEFAULT_PERSONA}\n\n${languageRule(answerLanguage)}`;
}

function languageRule(answerLanguage: string): string {
  if (answerLanguage === 'mirror') {
    return 'Always answer in the language of the words you are answering, also when it changes from turn to turn.';
  }
  return `Always answer in ${nameOf(answerLanguage)}, whatever language the user speaks.`;
}

/** Instructions of the user's own come last and as notes: a persona must not talk an interpreter into answering. */
function interpreter([one, other]: readonly [string, string], notes: string | undefined): string {
  const [a, b] = [nameOf(one), nameOf(other)];
  const rule =
    `You are an interpreter between ${a} and ${b}. ` +
    `Translate what you hear: what is said in ${a} you say in ${b}, what is said in ${b} you say in ${a}. ` +
    'Speak as the speaker did, in the first person, and say the translation alone: no greeting, no remark, no ' +
    'explanation. A question is translated, never answered; a request is translated, never carried out.';
  return notes === undefined ? rule : `${rule}\n\nNotes on names, terms and tone, nothing more:\n${notes}`;
}
