import type { TurnDetection } from '../../../relay/vad/turn-detection.ts';
import { labelledCalls } from '../corpus/labelled-calls.ts';
import { loadNoises, noiseCalls } from '../corpus/noises.ts';
import { oneWordCalls } from '../corpus/one-word-calls.ts';
import { bargeIns, unwantedSounds, type OverlapCall } from '../corpus/over-the-answer.ts';
import type { RecordedCall } from '../corpus/recorded-call.ts';
import { thoughtfulCalls } from '../corpus/thoughtful-calls.ts';
import type { Measure, ScenarioResult } from '../result.ts';
import { toRate } from '../statistics.ts';
import { hearTogether, PIECE_MS, toMs, type Told } from './hear-together.ts';
import { scoreTurns, toTurns } from './score-turns.ts';

const WANTS = { createResponse: true, interruptResponse: true };
const serverVad = (silenceDurationMs: number): TurnDetection => ({
  ...{ type: 'server-vad', threshold: 0.5, prefixPaddingMs: 300, silenceDurationMs },
  ...WANTS,
});
const semanticVad = (eagerness: 'low' | 'medium' | 'high'): TurnDetection => ({
  type: 'semantic-vad',
  eagerness,
  ...WANTS,
});

const SEED = 20_261_121;
const DRAWN_TURNS = 200;
const NOISE_MINUTES = 10;
/** What may not start a turn over an answer. Laughter is measured beside them. */
const UNWANTED_KINDS = ['cough', 'keyboard', 'typing', 'mm-hm', 'hum', 'acknowledgement'];

/** Turns as the relay hears them of clients that send nothing but sound, against what people labelled. */
export async function measureDetection(): Promise<ScenarioResult[]> {
  const people = labelledCalls().filter(({ group }) => !/echo|backchannel|no speech/.test(group));
  const quiet = people.filter(({ group }) => group !== 'noise');
  const noisy = people.filter(({ group }) => group === 'noise');
  const drawn = await thoughtfulCalls({ turns: DRAWN_TURNS, seed: SEED });
  const all: [string, readonly RecordedCall[], string, TurnDetection][] = [
    ['labelled turns', quiet, 'server-vad 500 ms', serverVad(500)],
    ['labelled turns', quiet, 'server-vad 800 ms', serverVad(800)],
    ['labelled turns in noise', noisy, 'server-vad 500 ms', serverVad(500)],
    ['one word', await oneWordCalls(), 'server-vad 500 ms', serverVad(500)],
    ['drawn pauses', drawn, 'server-vad 500 ms', serverVad(500)],
    ['drawn pauses', drawn, 'server-vad 800 ms', serverVad(800)],
    ['drawn pauses', drawn, 'semantic-vad low', semanticVad('low')],
    ['drawn pauses', drawn, 'semantic-vad medium', semanticVad('medium')],
    ['drawn pauses', drawn, 'semantic-vad high', semanticVad('high')],
  ];
  const results: ScenarioResult[] = [];
  for (const [name, calls, subject, detection] of all) {
    if (calls.length === 0) continue;
    const told = await hearTogether(calls.map(({ samples }) => ({ samples, detection })));
    results.push({ scenario: `ears: ${name}`, subject, where: 'lab', measures: scoreTurns(calls, told) });
  }
  return [...results, await measureNoise(), ...(await measureOverAnswers())];
}

async function measureNoise(): Promise<ScenarioResult> {
  const calls = noiseCalls(await loadNoises(), NOISE_MINUTES);
  const told = await hearTogether(calls.map(({ samples }) => ({ samples, detection: serverVad(500) })));
  const starts = told.map((signals) => toTurns(signals).length);
  const notes = calls.flatMap(({ id }, i) => (starts[i] ? [`${id}: ${starts[i]}`] : []));
  const measures: Measure[] = [{ name: 'phantom turns', unit: 'count', values: starts }];
  return { scenario: 'ears: noise and music', subject: 'server-vad 500 ms', where: 'lab', measures, notes };
}

async function measureOverAnswers(): Promise<ScenarioResult[]> {
  const words = await bargeIns();
  const sounds = await unwantedSounds();
  const [toldOfWords, toldOfSounds] = [await overAnswer(words), await overAnswer(sounds)];
  const starts = toldOfWords.map((signals) => signals.find(({ kind }) => kind === 'started'));
  const falseStarts = (kinds: readonly string[], isBarred: boolean): Measure => ({
    name: `false starts: ${kinds.length > 1 ? 'cough, keyboard, mm-hm' : kinds.join()}`,
    unit: '%',
    values: toRate(
      toldOfSounds.flatMap((signals, i) => (kinds.includes(sounds[i]?.kind ?? '') ? [signals.length > 0] : [])),
    ),
    ...(isBarred && { bar: { of: 'rate', atMost: 5 } }),
  });
  const kinds = [...new Set(sounds.map(({ kind }) => kind))];
  const measures: Measure[] = [
    { name: 'caught', unit: '%', values: toRate(starts.map(Boolean)), bar: { of: 'rate', atLeast: 95 } },
    {
      name: 'told after onset',
      unit: 'ms',
      values: starts.flatMap((start, i) => (start ? (start.piece + 1) * PIECE_MS - (words[i]?.onsetMs ?? NaN) : [])),
    },
    {
      name: 'onset error',
      unit: 'ms',
      values: starts.flatMap((start, i) =>
        start?.kind === 'started' ? toMs(start.startSample) - (words[i]?.onsetMs ?? NaN) : [],
      ),
    },
    falseStarts(UNWANTED_KINDS, true),
    ...kinds.map((kind) => falseStarts([kind], false)),
  ];
  return [{ scenario: 'ears: over an answer', subject: 'server-vad 500 ms', where: 'lab', measures }];
}

const overAnswer = (calls: readonly OverlapCall[]): Promise<Told[][]> =>
  hearTogether(
    calls.map(({ samples, assistant }) => ({
      samples,
      detection: serverVad(500),
      answeringFromPiece: Math.round((assistant?.startMs ?? 0) / PIECE_MS),
    })),
  );
