import { labelledCalls } from './labelled-calls.ts';
import { loadNoises } from './noises.ts';
import { loadQuestions } from './question.ts';
import { createRandom } from './random.ts';
import { toMs, toSamples, type RecordedCall } from './recorded-call.ts';
import { atSpeechLevel, mixIn, roomTone } from './sound.ts';

/** A call in which an answer plays, and one sound happens over it; nothing of the answer comes back (headphones). */
export interface OverlapCall extends RecordedCall {
  /** What happens: `words` take the floor, everything else does not. */
  kind: 'words' | 'acknowledgement' | 'keyboard' | 'knock';
  onsetMs: number;
  offsetMs: number;
}

const LEAD_MS = 2_500;
const TAIL_MS = 2_500;
const ANSWER_FROM_MS = 500;
const KEYBOARD_PIECES = 12;
const KEYBOARD_PIECE_MS = 1_500;

/** Questions asked over the answer. */
export async function bargeIns(): Promise<OverlapCall[]> {
  return (await loadQuestions()).map(({ speech }, i) => overlap(`barge-in-${i + 1}`, 'words', speech));
}

/** Sounds over the answer that want nothing of it. */
export async function interjections(): Promise<OverlapCall[]> {
  const levels = [-26, -32, -38];
  const hums = acknowledgements().flatMap((hum) => levels.map((level) => atSpeechLevel(hum, level)));
  const keys = await keyboardPieces();
  return [
    ...hums.map((hum, i) => overlap(`acknowledgement-${i + 1}`, 'acknowledgement', hum)),
    ...keys.map((keys, i) => overlap(`keyboard-${i + 1}`, 'keyboard', keys)),
  ];
}

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

async function keyboardPieces(): Promise<Float32Array[]> {
  const noise = (await loadNoises()).find(({ name }) => /typing|key/.test(name));
  if (!noise) throw new Error('no sound of a keyboard');
  const random = createRandom(3);
  return Array.from({ length: KEYBOARD_PIECES }, (_, i) => {
    const from = Math.floor(random() * (noise.samples.length - toSamples(KEYBOARD_PIECE_MS)));
    const piece = noise.samples.slice(from, from + toSamples(KEYBOARD_PIECE_MS));
    return atSpeechLevel(piece, [-26, -34, -42][i % 3]);
  });
}
