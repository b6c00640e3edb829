import type { Browser } from '@playwright/test';
import type { StoredFact } from '../../fixtures/app-page.ts';
import { durationMs, type Spoken } from '../../fixtures/speech.ts';
import type { ScenarioResult } from '../result.ts';
import { followAnswer } from './answer-trail.ts';
import { gaplessAnswer, type KnownAnswer } from './answers.ts';
import { firstSyllablePercent } from './first-syllable.ts';
import { asCount, asRate, inMs, measure, toTrace } from './measures.ts';
import { Stage, UPSTREAM_FIRST_AUDIO_MS, type Heard, type Said } from './stage.ts';

const ANSWER_S = 1.5;
const LONGEST_WAIT_MS = 8_000;
/** Of an answer: a sound that begins within it is the answer's beginning, softer parts of which are not seen. */
const BEGINNING_MS = 60;

export interface TurnRun {
  spoken: Spoken;
  said: Said;
  /** Requests the GPU server had got before it. */
  requestsBefore: number;
  requestsAfter: number;
  /** What the screen said of the answer; of the last one where the turn was taken for several. */
  onScreen?: Timings;
}

type Timings = NonNullable<StoredFact['timings']>;

/** One question after the other, each answered to the end before the next one. */
export async function measureTurns(browser: Browser, turns: readonly Spoken[]): Promise<ScenarioResult> {
  const answer = await gaplessAnswer(ANSWER_S);
  const stage = await Stage.open(browser, { sound: answer.sound });
  try {
    const runs: TurnRun[] = [];
    for (const spoken of turns) runs.push(await takeTurn(stage, spoken));
    const heard = await stage.heard();
    const earMs = runs.map(({ said }) => toTheEarMs(heard, answer, said.offsetMs));
    const glitches = await stage.app.glitches();
    return {
      scenario: 'turns',
      subject: 'earshot',
      where: 'browser',
      measures: [
        ...latencyMeasures(earMs, runs),
        firstSyllables(stage, heard, runs),
        asRate('missed ends', earMs.map(Number.isNaN)),
        asCount('underruns', glitches.underruns, { of: 'sum', atMost: 0 }),
        asCount('lost frames', glitches.lostFrames, { of: 'sum', atMost: 0 }),
      ],
      notes: [
        `${turns.length} turns; times by the waveform run from the labelled end of the voice (known to 80 ms in recordings)`,
      ],
      ...traceOf(heard, runs),
    };
  } finally {
    await stage.close();
  }
}

/** Says it and waits until it was answered; returns all the same when it never is. */
export async function takeTurn(stage: Stage, spoken: Spoken): Promise<TurnRun> {
  const requestsBefore = stage.gpu.requests.length;
  const timedBefore = (await stage.app.facts('turn.timed')).length;
  const said = await stage.say(spoken);
  await stage.wait(durationMs(spoken));
  await stage.app.reaches('speaking', 6_000);
  await stage.app.reaches('listening', 15_000);
  await stage.wait(300);
  const onScreen = (await stage.app.facts('turn.timed')).slice(timedBefore).at(-1)?.timings;
  return { spoken, said, requestsBefore, requestsAfter: stage.gpu.requests.length, ...(onScreen && { onScreen }) };
}

/** From the end of the voice to the first sample of the answer in the room; NaN if there was none. */
export function toTheEarMs(heard: Heard, answer: KnownAnswer, offsetMs: number): number {
  const from = Math.max(0, offsetMs - heard.fromMs);
  let trail = followAnswer(heard.page, answer.heard, from, from + LONGEST_WAIT_MS);
  // One to a part of the turn may still sound.
  while (trail[0] && trail[0].answerFromMs > BEGINNING_MS) {
    trail = followAnswer(heard.page, answer.heard, trail[0].heardToMs, from + LONGEST_WAIT_MS);
  }
  const [first] = trail;
  return first ? first.heardFromMs - first.answerFromMs - from : NaN;
}

function latencyMeasures(earMs: readonly number[], runs: readonly TurnRun[]): ScenarioResult['measures'] {
  const heard = earMs.filter((ms) => !Number.isNaN(ms));
  const differences = runs.flatMap(({ onScreen }, i) =>
    onScreen ? Math.abs(onScreen.totalMs - (earMs[i] ?? NaN)) : [],
  );
  const part = (name: keyof Timings) => runs.flatMap(({ onScreen }) => onScreen?.[name] ?? []);
  return [
    inMs('voice to voice', heard),
    inMs(
      'own share',
      heard.map((ms) => ms - UPSTREAM_FIRST_AUDIO_MS),
      { of: 'median', atMost: 300 },
    ),
    inMs(
      'on-screen figure against the waveform',
      differences.filter((ms) => !Number.isNaN(ms)),
      { of: 'p95', atMost: 30 },
    ),
    inMs('on screen: total', part('totalMs')),
    inMs('on screen: wait', part('waitMs')),
    inMs('on screen: network', part('networkMs')),
    inMs('on screen: model', part('modelMs')),
    inMs('on screen: hold', part('holdMs')),
    inMs('on screen: buffer', part('bufferMs')),
  ];
}

function firstSyllables(stage: Stage, heard: Heard, runs: readonly TurnRun[]): ScenarioResult['measures'][number] {
  const shares = runs.map(({ said, requestsBefore, requestsAfter }) => {
    const audios = stage.gpu.requests.slice(requestsBefore, requestsAfter).flatMap((each) => each.audios.at(-1) ?? []);
    // The last that holds its beginning: earlier ones were sent on chance, and one of several turns may hold only its end.
    const arrived = audios.map((audio) => firstSyllablePercent(heard, said, audio));
    return arrived.findLast((percent) => !Number.isNaN(percent)) ?? 0;
  });
  return measure('first 100 ms kept', '%', shares, { of: 'min', atLeast: 90 });
}

function traceOf(heard: Heard, runs: readonly TurnRun[]): Pick<ScenarioResult, 'trace'> {
  const said = runs.at(-1)?.said;
  if (!said) return {};
  const fromMs = said.fromMs - 200;
  const marks = [
    { atMs: said.onsetMs, what: 'voice begins' },
    { atMs: said.offsetMs, what: 'voice ends' },
  ];
  return { trace: toTrace(heard, fromMs, said.offsetMs + 3_500, marks) };
}
