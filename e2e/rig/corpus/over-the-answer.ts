import { INTERJECTION_KINDS, interjection, type InterjectionKind } from '../../audio/interjections.ts';
import { labelledCalls } from './labelled-calls.ts';
import { loadNoises } from './noises.ts';
import { loadQuestions } from './question.ts';
import { createRandom } from './random.ts';
import { toMs, toSamples, type RecordedCall } from './recorded-call.ts';
import { atSpeechLevel, mixIn, roomTone } from './sound.ts';

/** A call in which an answer plays, and one sound happens over it; nothing of the answer comes back (headphones). */
export interface OverlapCall extends RecordedCall {
  /** What happens: `words` take the floor, everything else does not. */
  kind: 'words' | 'acknowledgement' | 'typing' | InterjectionKind;
  onsetMs: number;
  offsetMs: number;
}

const LEAD_MS = 2_500;
const TAIL_MS = 2_500;
const ANSWER_FROM_MS = 500;
const TYPING_PIECES = 12;
const TYPING_PIECE_MS = 1_500;
/** As loud as speech, and softer. */
const LEVELS_DB = [-26, -32, -38];
/** Made sounds of each kind. */
const SEEDS = 20;

/** Questions asked over the answer. */
export async function bargeIns(): Promise<OverlapCall[]> {
  return (await loadQuestions()).map(({ speech }, i) => overlap(`barge-in-${i + 1}`, 'words', speech));
}

/** Sounds over the answer that want nothing of it: by people and keys where there are recordings, and made ones. */
export async function unwantedSounds(): Promise<OverlapCall[]> {
  const made = INTERJECTION_KINDS.flatMap((kind) =>
    Array.from({ length: SEEDS }, (_, seed) =>
      overlap(`${kind}-${seed + 1}`, kind, atLevel(interjection(kind, seed), seed)),
    ),
  );
  const hums = acknowledgements().flatMap((hum) => LEVELS_DB.map((_, i) => atLevel(hum, i)));
  const keys = (await typingPieces()).map((piece, i) => atLevel(piece, i));
  return [
    ...hums.map((hum, i) => overlap(`acknowledgement-${i + 1}`, 'acknowledgement', hum)),
    ...keys.map((piece, i) => overlap(`typing-${i + 1}`, 'typing', piece)),
    ...made,
  ];
}

const atLevel = (sound: Float32Array, i: number): Float32Array => atSpeechLevel(sound, LEVELS_DB[i % LEVELS_DB.length]);

function overlap(id: string, kind: OverlapCall['kind'], sound: Float32Array): OverlapCall {
  const samples = roomTone(toSamples(LEAD_MS + TAIL_MS) + sound.length, sound.length);
  mixIn(samples, sound, toSamples(LEAD_MS));
  const span = { onsetMs: LEAD_MS, offsetMs: LEAD_MS + toMs(sound.length) };
  const turns = kind === 'words' ? [{ ...span, pauses: [] }] : [];
  const assistant = { startMs: ANSWER_FROM_MS, speechMs: [] };
  return {
    id,
    kind,
    group: 'over the answer',
    samples,
    turns,
    interjections: turns.length > 0 ? [] : [span],
    assistant,
    ...span,
  };
}

/** Real ones, by people in meetings, cut out of the labelled recordings. */
function acknowledgements(): Float32Array[] {
  const headset = labelledCalls().find(({ id }) => id.startsWith('E1_'));
  if (!headset) return [];
  return headset.interjections.map(({ onsetMs, offsetMs }) =>
    headset.samples.slice(toSamples(onsetMs), toSamples(offsetMs)),
  );
}

async function typingPieces(): Promise<Float32Array[]> {
  const noise = (await loadNoises()).find(({ name }) => /typing|key/.test(name));
  if (!noise) throw new Error('no sound of a keyboard');
  const random = createRandom(3);
  return Array.from({ length: TYPING_PIECES }, () => {
    const from = Math.floor(random() * (noise.samples.length - toSamples(TYPING_PIECE_MS)));
    return noise.samples.slice(from, from + toSamples(TYPING_PIECE_MS));
  });
}
