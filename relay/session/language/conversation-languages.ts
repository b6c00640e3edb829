import { toAnswerLanguage, type ReplyPart, type Settings } from '#protocol';
import { detectLanguage } from './detect.ts';
import { isDoubtful } from './guard.ts';
import { soundOf } from './sound.ts';

/** Turns looked back on; a conversation may drift from one language into another. */
const REMEMBERED_TURNS = 4;

type Transcript = Extract<ReplyPart, { kind: 'transcript' }>;

/** One turn, as far as languages matter. */
export interface SpokenTurn {
  utterance: string;
  settings: Settings;
  /** PCM16LE mono at LIMITS.inputRateHz. */
  audio: Uint8Array;
}

/** Tells the languages of one turn. */
export interface TurnLanguages {
  /** What the user said; the upstream's word for its `language` is believed before our own guess. */
  ofTranscript(text: string, language: string | undefined): Transcript;
  /** The language of a whole answer. */
  ofAnswer(text: string): string | undefined;
}

/** Which languages a conversation has been held in so far. Words it doubts teach it nothing, unless they come twice. */
export class ConversationLanguages {
  /** By utterance, oldest first. */
  readonly #heard = new Map<string, string>();
  #doubted: { utterance: string; language: string | undefined } | undefined;

  of(turn: SpokenTurn): TurnLanguages {
    const { settings } = turn;
    let userLanguage: string | undefined;
    return {
      ofTranscript: (text, told) => {
        const part = this.#judge(turn, text, told);
        userLanguage = part.language;
        return part;
      },
      ofAnswer: (text) => {
        const target = toAnswerLanguage(settings, userLanguage);
        const pair = settings.translation?.languages ?? this.#recent(turn.utterance);
        return detectLanguage(text, target === undefined ? pair : [target, ...pair]);
      },
    };
  }

  #judge({ utterance, settings, audio }: SpokenTurn, text: string, told: string | undefined): Transcript {
    const fixed = settings.translation?.languages;
    const recent = this.#recent(utterance);
    const { answerLanguage } = settings;
    const answered = answerLanguage === undefined || answerLanguage === 'mirror' ? [] : [answerLanguage];
    const language = told ?? detectLanguage(text, fixed ?? [...recent, ...answered]);
    const repeated = this.#doubted && this.#doubted.utterance !== utterance ? this.#doubted.language : undefined;
    const known = language === undefined ? {} : { language };
    const expected = repeated === undefined ? answered : [...answered, repeated];
    const doubt = isDoubtful({ text, ...known, sound: soundOf(audio), ...(fixed && { fixed }), expected, recent });
    this.#doubted = doubt ? { utterance, language } : undefined;
    if (doubt) this.#heard.delete(utterance);
    else if (language !== undefined) this.#heard.set(utterance, language);
    return { kind: 'transcript', text, ...known, ...(doubt && { isDoubtful: true }) };
  }

  /** Of the turns before this one, newest first. */
  #recent(utterance: string): string[] {
    const others = [...this.#heard].filter(([heard]) => heard !== utterance);
    return others
      .slice(-REMEMBERED_TURNS)
      .map(([, language]) => language)
      .reverse();
  }
}
