import type { Browser } from '@playwright/test';
import { durationMs, type Spoken } from '../../fixtures/speech.ts';
import type { Bar, ScenarioResult, Trace } from '../result.ts';
import { EAR_RATE_HZ, followAnswer, gainsDb, lostBetween, steadyFromMs, type Stretch } from './answer-trail.ts';
import { gaplessAnswer, type KnownAnswer } from './answers.ts';
import { disturbances, type Disturbance } from './disturbances.ts';
import { asRate, inMs, toTrace } from './measures.ts';
import { plainTurns } from './people.ts';
import { Stage, type Heard, type Said } from './stage.ts';

const ANSWER_S = 24;
/** From one disturbance to the next: long enough for the answer to be back, or to be known as lost. */
const REST_MS = 1_400;
/** What sounds reaches the recording in blocks of a tenth of a second, and later on a busy machine. */
const LATE_MS = 400;
/** A shorter hole is not noticed as one. */
const HOLE_MS = 40;

interface Withstood {
  /** The answer was given up. */
  isStopped: boolean;
  /** It fell silent for a while. */
  isHushed: boolean;
  isDucked: boolean;
  /** From the end of the sound until the answer was as loud as before; 0 where it was so earlier, or always. */
  backMs: number;
  lostMs: number;
}

/** Coughs, keys and hums over answers, several in each. */
export async function measureInterjections(browser: Browser, rounds: number): Promise<ScenarioResult[]> {
  const answer = await gaplessAnswer(ANSWER_S);
  const [question] = await plainTurns();
  if (!question) throw new Error('nothing to ask');
  const stage = await Stage.open(browser, { sound: answer.sound });
  try {
    const cases: Case[] = [];
    let asked: Said | undefined;
    for (const sound of disturbances(rounds)) {
      const isLeft = asked && (await isEnoughLeft(stage, asked, durationMs(sound)));
      if (!asked || !isLeft) asked = await askAgain(stage, question);
      const before = (await stage.app.facts('reply.interrupted')).length;
      const said = await stage.say(sound);
      await stage.wait(durationMs(sound) + REST_MS);
      const heard = await stage.heard();
      const isStopped = (await stage.app.facts('reply.interrupted')).length > before;
      cases.push({ sound, said, heard, withstood: judge(heard, answer, asked, said, isStopped) });
      if (isStopped) asked = undefined;
    }
    return toResults(cases);
  } finally {
    await stage.close();
  }
}

interface Case {
  sound: Disturbance;
  said: Said;
  heard: Heard;
  withstood: Withstood;
}

async function isEnoughLeft(stage: Stage, asked: Said, soundMs: number): Promise<boolean> {
  const isPlaying = (await stage.statuses()).at(-1)?.status === 'speaking';
  const leftMs = asked.toMs + ANSWER_S * 1000 - (await stage.room.now()) * 1000;
  return isPlaying && leftMs > soundMs + REST_MS + 300;
}

async function askAgain(stage: Stage, question: Spoken): Promise<Said> {
  await stage.app.page.keyboard.press('Escape');
  await stage.app.reaches('listening', 20_000);
  await stage.room.forget();
  const said = await stage.say(question);
  await stage.wait(durationMs(question));
  await stage.app.reaches('speaking', 10_000);
  await stage.wait(1_200);
  return said;
}

function judge(heard: Heard, answer: KnownAnswer, asked: Said, said: Said, isStopped: boolean): Withstood {
  const onset = said.fromMs - heard.fromMs;
  const offset = said.toMs - heard.fromMs;
  const endMs = Math.min(offset + REST_MS - LATE_MS, (heard.page.length * 1000) / EAR_RATE_HZ - LATE_MS / 4);
  // From the beginning of the answer: only so is its place known.
  const trail = followAnswer(heard.page, answer.heard, asked.toMs - heard.fromMs, endMs + LATE_MS / 4);
  const holes = holesAfter(trail, onset);
  const gains = gainsDb(heard.page, answer.heard, trail, { fromMs: onset, toMs: endMs });
  const lastLowMs = gains.findLast(({ db }) => db < -3)?.atMs ?? offset;
  return {
    isStopped,
    isHushed: !isStopped && holes.some(({ silentMs }) => silentMs > HOLE_MS),
    isDucked: !Number.isNaN(steadyFromMs(gains, (db) => db < -6, 50)),
    backMs: Math.max(0, lastLowMs - offset),
    lostMs: holes.reduce((sum, { lostMs }) => sum + Math.abs(lostMs), 0),
  };
}

function holesAfter(trail: readonly Stretch[], fromMs: number): { silentMs: number; lostMs: number }[] {
  return trail.flatMap((stretch, i) => {
    const next = trail[i + 1];
    const silentMs = next ? next.heardFromMs - stretch.heardToMs : 0;
    if (!next || silentMs <= 0 || next.heardFromMs < fromMs) return [];
    return [{ silentMs, lostMs: lostBetween(stretch, next) }];
  });
}

/** What the bars are set for; whoever laughs or says "right" may well be about to speak. */
const BARRED: readonly Disturbance['kind'][] = ['cough', 'keyboard', 'mm-hm', 'hum'];

function toResults(cases: readonly Case[]): ScenarioResult[] {
  const kinds = [...new Set(cases.map(({ sound }) => sound.kind))];
  const ofKind = (wanted: readonly Disturbance['kind'][]) =>
    cases.flatMap(({ sound, withstood }) => (wanted.includes(sound.kind) ? [withstood] : []));
  const shown = cases.find(({ withstood }) => withstood.isHushed) ?? cases.find(({ withstood }) => withstood.isDucked);
  const barred = toResult('coughs, keys and hums', ofKind(BARRED), true);
  return [
    { ...barred, ...(shown && { trace: traceOf(shown) }) },
    ...kinds.map((kind) => toResult(kind, ofKind([kind]), false)),
  ];
}

const traceOf = ({ sound, said, heard }: Case): Trace =>
  toTrace(heard, said.fromMs - 700, said.toMs + REST_MS - LATE_MS, [
    { atMs: said.fromMs, what: sound.name },
    { atMs: said.toMs, what: 'it ends' },
  ]);

function toResult(what: string, cases: readonly Withstood[], hasBars: boolean): ScenarioResult {
  const kept = cases.filter(({ isStopped }) => !isStopped);
  const bar = (each: Bar) => (hasBars ? each : undefined);
  const rate = (name: string, is: (each: Withstood) => boolean, its?: Bar) => asRate(name, cases.map(is), its);
  const of = (pick: (each: Withstood) => number) => kept.map(pick);
  return {
    scenario: `over the answer: ${what}`,
    subject: 'earshot',
    where: 'browser',
    measures: [
      rate('false stops', ({ isStopped }) => isStopped, bar({ of: 'rate', atMost: 5 })),
      rate('hushes', ({ isHushed }) => isHushed),
      rate('ducks', ({ isDucked }) => isDucked),
      inMs(
        'back at full level',
        of(({ backMs }) => backMs),
        bar({ of: 'p95', atMost: 400 }),
      ),
      inMs(
        'answer lost',
        of(({ lostMs }) => lostMs),
        bar({ of: 'max', atMost: HOLE_MS }),
      ),
    ],
    notes: [
      'Back: after the end of the sound, within 3 dB; 0 where it was there before. Lost: what was skipped or heard twice, by finding what is heard in what was sent; the answer has no pauses of its own.',
    ],
  };
}
