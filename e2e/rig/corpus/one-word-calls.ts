import { readdirSync } from 'node:fs';
import { generatedUtterance } from '../../audio/utterance.ts';
import { toFloat } from '../../audio/voice.ts';
import { RATE_HZ, toMs, toSamples, type RecordedCall } from './recorded-call.ts';
import { hasSharedData, loadSound } from './shared-data.ts';
import { sharedPath } from './shared-data.ts';
import { atSpeechLevel, mixIn, roomTone, speechSpan } from './sound.ts';

const WORDS_PER_CALL = 12;
const LEAD_MS = 1_000;
const GAP_MS = 4_500;
/** These recordings have noise of their own: what is so far below the loudest is not the word. */
const RANGE_DB = 25;

/** Calls in which every answer is one word: digits and letters by one man, or made on the spot. */
export async function oneWordCalls(): Promise<RecordedCall[]> {
  const words = hasSharedData() ? recordedWords() : await madeWords();
  const calls: RecordedCall[] = [];
  for (let from = 0; from < words.length; from += WORDS_PER_CALL) {
    calls.push(compose(`one-word-${calls.length + 1}`, words.slice(from, from + WORDS_PER_CALL)));
  }
  return calls;
}

function compose(id: string, words: Float32Array[]): RecordedCall {
  const samples = roomTone(toSamples(LEAD_MS + words.length * (1_000 + GAP_MS)), words.length);
  const turns = words.map((word, i) => {
    const at = toSamples(LEAD_MS + i * (1_000 + GAP_MS));
    mixIn(samples, word, at);
    return { onsetMs: toMs(at), offsetMs: toMs(at + word.length), pauses: [] };
  });
  return { id, group: 'one word', samples, turns, interjections: [] };
}

function recordedWords(): Float32Array[] {
  const names = readdirSync(sharedPath('words')).filter((name) => name.endsWith('.wav'));
  return names.sort().map((name) => {
    const whole = loadSound(`words/${name}`);
    const { from, to } = speechSpan(whole, RANGE_DB);
    return atSpeechLevel(whole.subarray(from, to));
  });
}

const WORDS = ['Yes.', 'No.', 'Nine.', 'Please.', 'Tomorrow.', 'Two.', 'Why?', 'Stop.'];

async function madeWords(): Promise<Float32Array[]> {
  const options = { rateHz: RATE_HZ, leadMs: 0, tailMs: 0 };
  return Promise.all(WORDS.map(async (word) => toFloat((await generatedUtterance(word, options)).samples)));
}
