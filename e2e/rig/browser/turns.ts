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

export interface TurnRun {
  spoken: Spoken;
  said: Said;
  /** Requests the GPU server had got before it. */
  requestsBefore: number;
  requestsAfter: number;
}

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
    const facts = await stage.app.log();
    return {
      scenario: 'turns',
      subject: 'earshot',
      where: 'browser',
      measures: [
        ...latencyMeasures(earMs, facts),
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
  const said = await stage.say(spoken);
  await stage.wait(durationMs(spoken));
  await stage.untilStatus('speaking', 6_000);
  await stage.untilStatus('listening', 15_000);
  await stage.wait(300);
  return { spoken, said, requestsBefore, requestsAfter: stage.gpu.requests.length };
}

/** From the end of the voice to the first sample of the answer in the room; NaN if there was none. */
export function toTheEarMs(heard: Heard, answer: KnownAnswer, offsetMs: number): number {
  const from = offsetMs - heard.fromMs;
  const [first] = followAnswer(heard.page, answer.heard, Math.max(0, from), from + 8_000);
  return first ? first.heardFromMs - first.answerFromMs - from : NaN;
}

function latencyMeasures(earMs: number[], facts: StoredFact[]): ScenarioResult['measures'] {
  const timings = facts.flatMap((fact) => (fact.type === 'turn.timed' && fact.timings ? [fact.timings] : []));
  const heard = earMs.filter((ms) => !Number.isNaN(ms));
  // A turn that was never heard has no figure either; where the counts differ no figure can be told to be whose.
  const pairs =
    timings.length === heard.length ? timings.map(({ totalMs }, i) => Math.abs(totalMs - (heard[i] ?? NaN))) : [];
  const part = (name: keyof (typeof timings)[number]) => timings.map((each) => each[name]);
  return [
    inMs('voice to voice', heard),
    inMs(
      'own share',
      heard.map((ms) => ms - UPSTREAM_FIRST_AUDIO_MS),
      { of: 'median', atMost: 300 },
    ),
    inMs('on-screen figure against the waveform', pairs, { of: 'p95', atMost: 30 }),
    inMs('on screen: total', part('totalMs')),
    inMs('on screen: wait', part('waitMs')),
    inMs('on screen: network', part('networkMs')),
    inMs('on screen: model', part('modelMs')),
    inMs('on screen: hold', part('holdMs')),
    inMs('on screen: buffer', part('bufferMs')),
  ];
}

function firstSyllables(stage: Stage, heard: Heard, runs: readonly TurnRun[]): ScenarioResult['measures'][number] {
  const shares = runs.flatMap(({ said, requestsBefore, requestsAfter }) => {
    const audio = stage.gpu.requests.slice(requestsBefore, requestsAfter).at(-1)?.audios.at(-1);
    return audio ? [firstSyllablePercent(heard, said, audio)] : [];
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
