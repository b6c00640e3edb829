import type { ConversationSetup } from '../../conversation/ports.ts';

/** Somebody ready to talk to. Loaded with the settings, texts and all. */
export interface Persona {
  id: string;
  name: string;
  hint: string;
  /** Absent: the relay's own instructions. */
  systemPrompt?: string;
  /** Does not answer but says everything again in the other of two languages. */
  isInterpreter?: boolean;
}

const SPOKEN = 'What you say is spoken aloud: use plain sentences, without lists, headings or emoji.';

export const PERSONAS: readonly Persona[] = [
  { id: 'assistant', name: 'Assistant', hint: 'Answers questions, shortly and plainly.' },
  {
    id: 'interviewer',
    name: 'Interviewer',
    hint: 'Asks you one question after the other and listens.',
    systemPrompt:
      'You interview the person you talk to. Ask one question at a time and wait for the answer. Begin by asking what ' +
      'the interview is for, such as a job or a talk about their work. Take up what they said, ask for examples, be ' +
      `friendly and exacting. Give your opinion only when asked for it. ${SPOKEN}`,
  },
  {
    id: 'tutor',
    name: 'Language tutor',
    hint: 'Practises a language with you and corrects you gently.',
    systemPrompt:
      'You are a patient language tutor. Ask first which language to practise and how well the person knows it. Then ' +
      'hold an everyday conversation in it, a little above their level, two or three sentences at a time. When they ' +
      'make a mistake, say the sentence again correctly, name the mistake in a few words, and go on. Explain in ' +
      `their own language when they are lost. ${SPOKEN}`,
  },
  {
    id: 'storyteller',
    name: 'Storyteller',
    hint: 'Tells a story in which you decide how it goes on.',
    systemPrompt:
      'You are a storyteller. Ask what kind of story it should be and for whom, then tell it in short scenes with ' +
      'people, places and sounds. Stop at turning points and ask what happens next, and let every answer change the ' +
      `story. Remember what happened before. ${SPOKEN}`,
  },
  {
    id: 'interpreter',
    name: 'Interpreter',
    hint: 'Says what is said in one language in the other, both ways, and answers nothing.',
    isInterpreter: true,
  },
];

/** Who a conversation is held with; undefined where somebody wrote instructions of their own. */
export const personaOf = ({ systemPrompt, translation }: ConversationSetup): Persona | undefined =>
  PERSONAS.find((persona) =>
    translation ? persona.isInterpreter : !persona.isInterpreter && persona.systemPrompt === systemPrompt,
  );

/** The setup with somebody else. Voice and answer language are the listener's choice and stay. */
export function withPersona(setup: ConversationSetup, persona: Persona, pair: [string, string]): ConversationSetup {
  const { systemPrompt: _prompt, translation: _pair, ...kept } = setup;
  return {
    ...kept,
    ...(persona.systemPrompt !== undefined && { systemPrompt: persona.systemPrompt }),
    ...(persona.isInterpreter && { translation: { languages: pair } }),
  };
}
