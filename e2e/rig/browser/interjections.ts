import type { Browser } from '@playwright/test';
import { durationMs } from '../../fixtures/speech.ts';
import type { ScenarioResult } from '../result.ts';
import {
  EAR_RATE_HZ,
  followAnswer,
  gainsDb,
  lostBetween,
  steadyFromMs,
  type Gain,
  type Stretch,
} from './answer-trail.ts';
import { gaplessAnswer, type KnownAnswer } from './answers.ts';
import { disturbances, type Disturbance } from './disturbances.ts';
import { asRate, inMs, toTrace } from './measures.ts';
import { plainTurns } from './people.ts';
import { Stage, type Heard, type Said } from './stage.ts';

const ANSWER_S = 24;
/** From one disturbance to the next: long enough for the answer to be back, or to be known as lost. */
const REST_MS = 2_000;
/** What sounds reaches the recording in blocks of a tenth of a second, and later on a busy machine. */
const LATE_MS = 400;
const LEVEL_WINDOW_MS = 80;
/** A shorter hole is not noticed as one. */
const HOLE_MS = 40;

interface Withstood {
  /** The answer was given up. */
  isStopped: boolean;
  /** It fell silent for a while. */
  isHushed: boolean;
  isDucked: boolean;
  /** From the end of the sound until the answer was as loud as before; 0 where it always was. */
  backMs: number;
  lostMs: number;
}

/** Coughs, keys and hums over answers, several in each; one of each made kind for each seed. */
export async function measureInterjections(browser: Browser, seeds: readonly number[]): Promise<ScenarioResult[]> {
  const answer = await gaplessAnswer(ANSWER_S);
  const [question] = await plainTurns();
  if (!question) throw new Error('nothing to ask');
  const stage = await Stage.open(browser, { sound: answer.sound });
  try {
    const cases: { sound: Disturbance; withstood: Withstood }[] = [];
    let trace: ScenarioResult['trace'];
    let answeredUntilMs = 0;
    for (const sound of disturbances(seeds)) {
      const isPlaying = (await stage.statuses()).at(-1)?.status === 'speaking';
      const leftMs = answeredUntilMs - (await stage.room.now()) * 1000;
      if (!isPlaying || leftMs < durationMs(sound) + REST_MS + 1_500) {
        await askAgain(stage, question);
        answeredUntilMs = (await stage.room.now()) * 1000 + ANSWER_S * 1000 - 1_200;
      }
      const before = (await stage.facts('reply.interrupted')).length;
      const said = await stage.say(sound);
      await stage.wait(durationMs(sound) + REST_MS);
      const heard = await stage.heard();
      const isStopped = (await stage.facts('reply.interrupted')).length > before;
      if (isStopped) answeredUntilMs = 0;
      const withstood = judge(heard, answer, said, isStopped);
      cases.push({ sound, withstood });
      if (withstood.isDucked && !trace)
        trace = toTrace(heard, said.fromMs - 700, said.toMs + REST_MS, [{ atMs: said.fromMs, what: sound.name }]);
    }
    return toResults(cases, trace);
  } finally {
    await stage.close();
  }
}

async function askAgain(stage: Stage, question: Parameters<Stage['say']>[0]): Promise<void> {
  await stage.app.page.keyboard.press('Escape');
  await stage.untilStatus('listening', 20_000);
  await stage.room.forget();
  await stage.say(question);
  await stage.wait(durationMs(question));
  await stage.untilStatus('speaking', 10_000);
  await stage.wait(1_200);
}

function judge(heard: Heard, answer: KnownAnswer, said: Said, isStopped: boolean): Withstood {
  const onset = said.fromMs - heard.fromMs;
  const offset = said.toMs - heard.fromMs;
  const endMs = Math.min(offset + REST_MS - LATE_MS, (heard.page.length * 1000) / EAR_RATE_HZ - 50);
  // From the beginning of the answer: only so is its place known.
  const trail = followAnswer(heard.page, answer.heard, 0, endMs);
  const holes = holesAfter(trail, onset);
  const quick = gainsDb(heard.page, answer.heard, trail, { fromMs: onset, toMs: endMs });
  const isDucked = steadyFromMs(quick, (db) => db < -6, 50) < endMs;
  const steady = gainsDb(heard.page, answer.heard, trail, { fromMs: onset, toMs: endMs, windowMs: LEVEL_WINDOW_MS });
  return {
    isStopped,
    isHushed: !isStopped && holes.some(({ silentMs }) => silentMs > HOLE_MS),
    isDucked,
    backMs: isDucked ? backAtMs(steady) - offset : 0,
    lostMs: holes.reduce((sum, { lostMs }) => sum + Math.abs(lostMs), 0),
  };
}

/** When the level had come back for good; the end of the recording if it never had. */
function backAtMs(gains: readonly Gain[]): number {
  const lastLow = gains.findLast(({ db }) => db < -3) ?? gains[0];
  return lastLow ? lastLow.atMs : NaN;
}

function holesAfter(trail: readonly Stretch[], fromMs: number): { silentMs: number; lostMs: number }[] {
  return trail.flatMap((stretch, i) => {
    const next = trail[i + 1];
    const silentMs = next ? next.heardFromMs - stretch.heardToMs : 0;
    if (!next || silentMs <= 0 || next.heardFromMs < fromMs) return [];
    return [{ silentMs, lostMs: lostBetween(stretch, next) }];
  });
}

function toResults(
  cases: readonly { sound: Disturbance; withstood: Withstood }[],
  trace: ScenarioResult['trace'],
): ScenarioResult[] {
  const kinds = [...new Set(cases.map(({ sound }) => sound.kind))];
  const results = kinds.map((kind) =>
    toResult(
      kind,
      cases.flatMap(({ sound, withstood }) => (sound.kind === kind ? [withstood] : [])),
    ),
  );
  const all = toResult(
    'anything',
    cases.map(({ withstood }) => withstood),
  );
  return [{ ...all, ...(trace && { trace }) }, ...results];
}

function toResult(kind: string, cases: readonly Withstood[]): ScenarioResult {
  const kept = cases.filter(({ isStopped }) => !isStopped);
  const ducked = kept.filter(({ isDucked }) => isDucked);
  return {
    scenario: `over the answer: ${kind}`,
    subject: 'earshot',
    where: 'browser',
    measures: [
      asRate(
        'false stops',
        cases.map(({ isStopped }) => isStopped),
        { of: 'rate', atMost: 5 },
      ),
      asRate(
        'hushes',
        cases.map(({ isHushed }) => isHushed),
      ),
      asRate(
        'ducks',
        cases.map(({ isDucked }) => isDucked),
      ),
      inMs(
        'back at full level',
        ducked.map(({ backMs }) => backMs),
        { of: 'p95', atMost: 400 },
      ),
      inMs(
        'answer lost',
        kept.map(({ lostMs }) => lostMs),
        { of: 'max', atMost: HOLE_MS },
      ),
    ],
    notes: [
      'Back: after the end of the sound, within 3 dB. Lost: what was skipped or heard twice, by finding what is heard in what was sent; the answer has no pauses of its own.',
    ],
  };
}
