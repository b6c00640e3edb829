import type { Browser } from '@playwright/test';
import { durationMs, type Spoken } from '../../fixtures/speech.ts';
import type { ScenarioResult } from '../result.ts';
import { followAnswer, gainsDb, steadyFromMs, type Stretch } from './answer-trail.ts';
import { gaplessAnswer, type KnownAnswer } from './answers.ts';
import { firstVoicedMs } from './first-voiced.ts';
import { asRate, inMs, toTrace } from './measures.ts';
import { Stage, type Heard, type Said } from './stage.ts';

const ANSWER_S = 20;
/** Of silence, before an answer counts as stopped and not as held. */
const STOPPED_AFTER_MS = 250;

export interface Yielded {
  duckMs: number;
  duckAfterVoicedMs: number;
  /** Undefined: it went on as if nobody had spoken. */
  stopMs?: number;
  /** Of the old answer, after it had stopped. */
  staleMs: number;
}

/**
 * People speak over answers; each time the next answer is the long one again. `rigMs`: what the rig itself takes from its
 * microphone to its recording, which is taken off all times.
 */
export async function measureBargeIn(
  browser: Browser,
  interruptions: readonly Spoken[],
  rigMs: number,
): Promise<ScenarioResult> {
  const answer = await gaplessAnswer(ANSWER_S);
  const stage = await Stage.open(browser, { sound: answer.sound });
  try {
    const [question] = interruptions;
    if (question) await stage.say(question);
    const said: Said[] = [];
    for (const [i, spoken] of interruptions.entries()) {
      await stage.app.reaches('speaking', 10_000);
      await stage.wait(1_500 + 130 * (i % 5));
      said.push(await stage.say(spoken));
      await stage.wait(durationMs(spoken) + 300);
    }
    await stage.app.page.keyboard.press('Escape');
    const heard = await stage.heard();
    const yielded: Yielded[] = [];
    for (const each of said) yielded.push(await judgeYield(heard, answer, each));
    return { ...toResult(yielded, rigMs), ...traceOf(heard, said.at(-1), yielded.at(-1)) };
  } finally {
    await stage.close();
  }
}

/** What became of the answer when somebody spoke, by the waveform. */
export async function judgeYield(heard: Heard, answer: KnownAnswer, said: Said): Promise<Yielded> {
  const onset = said.onsetMs - heard.fromMs;
  // The next answer cannot begin before the end of what is said.
  const endMs = said.offsetMs - heard.fromMs + 200;
  const trail = followAnswer(heard.page, answer.heard, Math.max(0, onset - 1_200), endMs);
  const gains = gainsDb(heard.page, answer.heard, trail, { fromMs: onset, toMs: endMs });
  const duckMs = steadyFromMs(gains, (db) => db < -6, 50) - onset;
  const stop = stopIn(trail, onset, endMs);
  return {
    duckMs,
    duckAfterVoicedMs: onset + duckMs - (await firstVoicedMs(heard.microphone, onset)),
    ...(stop && { stopMs: stop.heardToMs - onset }),
    staleMs: stop ? staleAfter(trail, stop) : 0,
  };
}

function stopIn(trail: readonly Stretch[], onsetMs: number, endMs: number): Stretch | undefined {
  return trail.find(({ heardToMs }, i) => {
    const nextFromMs = trail[i + 1]?.heardFromMs ?? endMs;
    return heardToMs >= onsetMs && nextFromMs - heardToMs >= STOPPED_AFTER_MS;
  });
}

/** What of the same answer was heard later; the next one begins at its beginning. */
function staleAfter(trail: readonly Stretch[], stop: Stretch): number {
  const later = trail.filter(({ heardFromMs }) => heardFromMs > stop.heardToMs);
  const next = later.findIndex(({ answerFromMs }) => answerFromMs < stop.answerFromMs);
  const stale = next < 0 ? later : later.slice(0, next);
  return stale.reduce((sum, { heardFromMs, heardToMs }) => sum + heardToMs - heardFromMs, 0);
}

function toResult(yielded: readonly Yielded[], rigMs: number): ScenarioResult {
  const times = (values: readonly number[]) => values.filter((ms) => !Number.isNaN(ms)).map((ms) => ms - rigMs);
  const stops = yielded.flatMap(({ stopMs }) => stopMs ?? []);
  return {
    scenario: 'barge-in',
    subject: 'earshot',
    where: 'browser',
    measures: [
      asRate(
        'caught',
        yielded.map(({ stopMs }) => stopMs !== undefined),
        { of: 'rate', atLeast: 95 },
      ),
      inMs('duck after onset', times(yielded.map(({ duckMs }) => duckMs))),
      inMs('duck', times(yielded.map(({ duckAfterVoicedMs }) => duckAfterVoicedMs)), { of: 'p95', atMost: 80 }),
      inMs('stop', times(stops), { of: 'p95', atMost: 300 }),
      inMs(
        'audio after the stop',
        yielded.map(({ staleMs }) => staleMs),
        { of: 'max', atMost: 0 },
      ),
    ],
    notes: [
      `By the waveform, less the ${Math.round(rigMs)} ms the rig itself takes. Duck: 6 dB quieter, after the first frame with voice (Silero v6 at 0.5). Stop: a quarter of a second of silence, after the labelled onset (known to 40 ms in recordings).`,
    ],
  };
}

function traceOf(heard: Heard, said: Said | undefined, yielded: Yielded | undefined): Pick<ScenarioResult, 'trace'> {
  if (!said || !yielded) return {};
  const marks = [
    { atMs: said.onsetMs, what: 'voice begins' },
    { atMs: said.onsetMs + yielded.duckMs, what: 'ducked' },
    ...(yielded.stopMs === undefined ? [] : [{ atMs: said.onsetMs + yielded.stopMs, what: 'stopped' }]),
  ].filter(({ atMs }) => !Number.isNaN(atMs));
  return { trace: toTrace(heard, said.onsetMs - 1_000, said.onsetMs + 1_500, marks) };
}
