import type { Browser } from '@playwright/test';
import { durationMs, type Spoken } from '../../fixtures/speech.ts';
import type { ScenarioResult } from '../result.ts';
import { EAR_RATE_HZ } from './answer-trail.ts';
import { naturalAnswer, type KnownAnswer } from './answers.ts';
import { createEchoPath } from './echo-path.ts';
import { levelDb } from './locate.ts';
import { asCount, asRate, inMs, measure } from './measures.ts';
import { Stage } from './stage.ts';

/** Half a minute, and no sentence twice. */
const ANSWER_SENTENCES = 6;
/** Later and it was not the person who stopped it. */
const CATCH_WITHIN_MS = 1_500;
/** Every third answer is spoken over, on some pages from the first one on, at times that differ. */
const SPOKEN_OVER_EVERY = 3;
const BARGE_IN_AFTER_MS = [4_000, 9_000, 6_500, 13_000];

export interface EchoOptions {
  /** Of output, over all pages together. */
  minutes: number;
  /** At once; as many as the machine plays without a gap. */
  pages: number;
  levelDb: number;
}

interface Sitting {
  outputMs: number;
  interruptedItself: number;
  caughtMs: (number | undefined)[];
  underruns: number;
  /** Of whole answers, against what was sent. */
  outputDb: number[];
}

/** Answers that come back into the microphone, with no canceller of the browser's: does it talk to itself? */
export async function measureEcho(
  browser: Browser,
  people: readonly Spoken[],
  options: EchoOptions,
): Promise<ScenarioResult> {
  const answer = await naturalAnswer(ANSWER_SENTENCES);
  const path = createEchoPath(answer.heard, { levelDb: options.levelDb, delayMs: 20 });
  const share = (options.minutes * 60_000) / options.pages;
  const sit = async (i: number): Promise<Sitting> => {
    const own = people.slice((2 * i) % people.length);
    return sitThrough(browser, { answer, path, people: own.length > 1 ? own : people, wantedMs: share, page: i });
  };
  const sittings = await Promise.all(Array.from({ length: options.pages }, (_, i) => sit(i)));
  const caught = sittings.flatMap(({ caughtMs }) => caughtMs);
  const total = (pick: (sitting: Sitting) => number) => sittings.reduce((sum, each) => sum + pick(each), 0);
  return {
    scenario: `echo at ${options.levelDb} dB`,
    subject: 'earshot',
    where: 'browser',
    measures: [
      asCount(
        'self-interruptions',
        total((each) => each.interruptedItself),
        { of: 'sum', atMost: 0 },
      ),
      asRate(
        'caught',
        caught.map((ms) => ms !== undefined),
        { of: 'rate', atLeast: 95 },
      ),
      inMs(
        'taken notice after onset',
        caught.flatMap((ms) => ms ?? []),
      ),
      measure(
        'answers as heard against as sent',
        'dB',
        sittings.flatMap(({ outputDb }) => outputDb),
      ),
      asCount(
        'underruns',
        total((each) => each.underruns),
      ),
    ],
    notes: [
      `${(total((each) => each.outputMs) / 60_000).toFixed(1)} minutes of output on ${options.pages} pages at once; no browser canceller`,
    ],
  };
}

interface SittingPlan {
  answer: KnownAnswer;
  path: Float32Array<ArrayBuffer>;
  people: readonly Spoken[];
  wantedMs: number;
  page: number;
}

async function sitThrough(browser: Browser, plan: SittingPlan): Promise<Sitting> {
  const { answer, path, people, wantedMs, page } = plan;
  const stage = await Stage.open(browser, { sound: answer.sound });
  const sitting: Sitting = { outputMs: 0, interruptedItself: 0, caughtMs: [], underruns: 0, outputDb: [] };
  try {
    await stage.room.setEcho(path);
    for (let i = 0; sitting.outputMs < wantedMs; i++) {
      const [question, interruption] = [people[i % people.length], people[(i + 1) % people.length]];
      if (!question || !interruption) throw new Error('nobody to speak');
      await stage.room.forget();
      await stage.say(question);
      await stage.wait(durationMs(question));
      if (!(await stage.app.reaches('speaking', 8_000))) throw new Error('the question was not answered');
      const fromMs = (await stage.room.now()) * 1000;
      const afterMs = BARGE_IN_AFTER_MS[Math.floor(i / SPOKEN_OVER_EVERY) % BARGE_IN_AFTER_MS.length] ?? 0;
      if ((i + page) % SPOKEN_OVER_EVERY === 0) await speakOver(stage, interruption, afterMs, sitting);
      else await listenToAll(stage, answer, sitting);
      sitting.outputMs += (await stage.room.now()) * 1000 - fromMs;
      await stage.app.page.keyboard.press('Escape');
      await stage.app.reaches('listening', 8_000);
      await stage.wait(600);
    }
    sitting.underruns = (await stage.app.glitches()).underruns;
    return sitting;
  } finally {
    await stage.close();
  }
}

/** Nobody speaks: whatever ends it before its time is itself. */
async function listenToAll(stage: Stage, answer: KnownAnswer, sitting: Sitting): Promise<void> {
  const answerMs = (answer.heard.length * 1000) / EAR_RATE_HZ;
  const before = await interruptions(stage);
  const wholeUntilMs = answerMs + 10_000;
  const isOver = await stage.app.reaches('listening', wholeUntilMs);
  const own = (await interruptions(stage)) - before;
  sitting.interruptedItself += own;
  if (own > 0 || !isOver) return;
  const { page } = await stage.heard();
  sitting.outputDb.push(energyDb(page) - energyDb(answer.heard));
}

async function speakOver(stage: Stage, spoken: Spoken, afterMs: number, sitting: Sitting): Promise<void> {
  const before = await interruptions(stage);
  await stage.wait(afterMs);
  if ((await interruptions(stage)) > before) {
    sitting.interruptedItself++;
    return;
  }
  const { onsetMs } = await stage.say(spoken);
  await stage.wait(durationMs(spoken) + 200);
  const left = (await stage.statuses()).find(({ atMs, status }) => atMs > onsetMs && status !== 'speaking');
  const isCaught = left !== undefined && left.atMs < onsetMs + CATCH_WITHIN_MS;
  sitting.caughtMs.push(isCaught ? left.atMs - onsetMs : undefined);
}

const interruptions = async (stage: Stage): Promise<number> => (await stage.app.facts('reply.interrupted')).length;

const energyDb = (samples: Float32Array): number =>
  levelDb(samples, 0, samples.length) + 10 * Math.log10(samples.length);
