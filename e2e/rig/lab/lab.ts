import { labelledCalls } from '../corpus/labelled-calls.ts';
import { loadCrowd, loadNoises, noiseCalls } from '../corpus/noises.ts';
import { oneWordCalls } from '../corpus/one-word-calls.ts';
import { bargeIns, unwantedSounds, type OverlapCall } from '../corpus/over-the-answer.ts';
import type { RecordedCall } from '../corpus/recorded-call.ts';
import { hasSharedData } from '../corpus/shared-data.ts';
import { thoughtfulCalls } from '../corpus/thoughtful-calls.ts';
import type { Part, PartOptions } from '../part.ts';
import type { Bar, ScenarioResult } from '../result.ts';
import { measureBargeIns, measureUnwanted, react, type Reaction } from './barge-in.ts';
import { measureEcho } from './echo-run.ts';
import { hear } from './hear.ts';
import { USUAL_LINE, type Line } from './line.ts';
import { measurePhantoms } from './phantoms.ts';
import { BASELINES, earshot } from './subjects.ts';
import { atFewCutOffs, tradeOff } from './trade-off.ts';
import { measureTurns, NO_BARS, type Bars, type HeardCall } from './turn-scenarios.ts';
import { measureVoiceActivity } from './voice-activity.ts';

const SEED = 20_261_121;
const DRAWN_TURNS = 200;
const NOISE_MINUTES = 10;
/** The browser plays all of them; here a part has to do. */
const MAX_ECHO_MINUTES = 5;
const CROWD_MINUTES = 2;
/** What may not stop an answer. Laughter is measured beside them. */
const UNWANTED_KINDS = ['cough', 'keyboard', 'typing', 'mm-hm', 'hum', 'acknowledgement'];
const QUICK_LINE: Line = { ...USUAL_LINE, upstreamMs: 250 };

const SUBJECTS = [earshot(), ...BASELINES];
const TURN_BARS: Bars = {
  'missed ends': { of: 'rate', atMost: 0 },
  'first 100 ms kept': { of: 'min', atLeast: 99 },
};
/** Letters said alone are hard to tell from noises; the plain rules miss some of them too. */
const WORD_BARS: Bars = {
  'first 100 ms kept': TURN_BARS['first 100 ms kept'] as Bar,
  'missed ends': { of: 'rate', atMost: 5 },
};
/** With the upstream the bar is set for. */
const USUAL_BARS: Bars = { ...TURN_BARS, 'own share': { of: 'median', atMost: 300 } };

/** Recordings through the real detector and the real machine on a virtual clock, beside plain rules. */
export const labPart: Part = { obstacle: async () => undefined, run: runLab };

async function runLab({ say, minutes }: PartOptions): Promise<ScenarioResult[]> {
  if (!hasSharedData()) say('No recordings beside the checkout: speech and noises are made on the spot.');
  const results: ScenarioResult[] = [];
  const report = (added: ScenarioResult[]): void => void results.push(...added);
  say('lab: turns');
  report(await turnTaking());
  say('lab: noise');
  report(await noise());
  say('lab: sounds over the answer');
  report(await overTheAnswer());
  say('lab: echo');
  report([await measureEcho(Math.min(minutes / 4, MAX_ECHO_MINUTES))]);
  say('lab: voice activity');
  report(await measureVoiceActivity());
  return results;
}

async function turnTaking(): Promise<ScenarioResult[]> {
  const drawn = await allHeard(await thoughtfulCalls({ turns: DRAWN_TURNS, seed: SEED }));
  const labelled = await allHeard(labelledCalls().filter(isPlainTurn));
  const words = await allHeard(await oneWordCalls());
  const measured = (scenario: string, calls: readonly HeardCall[], line: Line, bars: Bars): ScenarioResult[] =>
    (calls.length === 0 ? [] : SUBJECTS).map((subject) =>
      measureTurns(scenario, subject, calls, line, subject.name === 'earshot' ? bars : NO_BARS),
    );
  const atPauses = measured('drawn pauses', drawn, USUAL_LINE, USUAL_BARS);
  const points = tradeOff(drawn, USUAL_LINE);
  const reference = atPauses.find(({ subject }) => subject === 'silence 800 ms');
  return [
    ...measured('labelled turns', labelled, USUAL_LINE, USUAL_BARS),
    ...atPauses,
    ...measured(`drawn pauses, upstream ${QUICK_LINE.upstreamMs} ms`, drawn, QUICK_LINE, TURN_BARS),
    ...measured('one word', words, USUAL_LINE, WORD_BARS),
    ...(reference ? atFewCutOffs(points, reference) : []),
    ...points.map(({ result }) => result),
  ];
}

async function noise(): Promise<ScenarioResult[]> {
  const quiet = await allHeard(noiseCalls(await loadNoises(), NOISE_MINUTES));
  const crowd = await allHeard(noiseCalls(await loadCrowd(), CROWD_MINUTES));
  return SUBJECTS.flatMap((subject) => [
    measurePhantoms('noise and music', subject, quiet, USUAL_LINE, subject.name === 'earshot'),
    ...(crowd.length > 0 ? [measurePhantoms('a cheering crowd', subject, crowd, USUAL_LINE, false)] : []),
  ]);
}

async function overTheAnswer(): Promise<ScenarioResult[]> {
  const reactions = async (calls: readonly OverlapCall[]): Promise<Reaction[]> => {
    const all: Reaction[] = [];
    for (const call of calls) all.push(react(call, await hear(call.samples), USUAL_LINE));
    return all;
  };
  const wanted = measureBargeIns(await reactions(await bargeIns()));
  const sounds = await unwantedSounds();
  const all = await reactions(sounds);
  const ofKinds = (kinds: readonly string[]) => all.filter((_, i) => kinds.includes(sounds[i]?.kind ?? ''));
  const kinds = [...new Set(sounds.map(({ kind }) => kind))];
  return [
    wanted,
    measureUnwanted('cough, keyboard, mm-hm', ofKinds(UNWANTED_KINDS), true),
    ...kinds.map((kind) => measureUnwanted(kind, ofKinds([kind]), false)),
  ];
}

const isPlainTurn = ({ group }: RecordedCall): boolean => !/echo|backchannel|no speech/.test(group);

async function allHeard(calls: readonly RecordedCall[]): Promise<HeardCall[]> {
  const heard: HeardCall[] = [];
  for (const call of calls) heard.push({ call, heard: await hear(call.samples) });
  return heard;
}
