/** Which languages a family of models is known to hear and to speak, by its own documentation. BCP 47, primary subtags. */
export interface ModelLanguages {
  matches: RegExp;
  input?: readonly string[];
  output?: readonly string[];
}

/** Of OpenAI's Whisper, in the order of its tokenizer. */
const WHISPER = (
  'en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml ' +
  'cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am ' +
  'yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue'
).split(' ');

const QWEN_SPOKEN = ['en', 'zh', 'fr', 'de', 'ru', 'it', 'es', 'pt', 'ja', 'ko'];

export const MODEL_LANGUAGES: readonly ModelLanguages[] = [
  {
    matches: /qwen-?3(\.\d+)?-omni/i,
    input: 'en zh ko ja de ru it fr es pt ms nl id tr vi yue ar ur'.split(' '),
    output: QWEN_SPOKEN,
  },
  { matches: /qwen-?2\.5-omni|qwen-omni-turbo/i, input: ['en', 'zh'], output: ['en', 'zh'] },
  // Before the others of its family: these were trained on English alone.
  { matches: /whisper.*\.en\b|distil-(small|medium|large-v2)/i, input: ['en'] },
  { matches: /whisper/i, input: WHISPER },
  { matches: /kokoro/i, output: ['en', 'es', 'fr', 'hi', 'it', 'ja', 'pt', 'zh'] },
  { matches: /qwen-?3-tts/i, output: QWEN_SPOKEN },
];

/** What is known of a served model, or nothing where we do not know it. */
export const languagesOf = (model: string): ModelLanguages | undefined =>
  MODEL_LANGUAGES.find(({ matches }) => matches.test(model));
