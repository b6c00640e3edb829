import type { Browser } from '@playwright/test';
import { durationMs } from '../../fixtures/speech.ts';
import type { ScenarioResult } from '../result.ts';
import { EAR_RATE_HZ } from './answer-trail.ts';
import { gaplessAnswer, type KnownAnswer } from './answers.ts';
import { levelDb } from './locate.ts';
import { asRate, inMs } from './measures.ts';
import { pausedTurns, type PausedTurn } from './people.ts';
import { Stage, type Heard, type Said } from './stage.ts';
import { toTheEarMs } from './turns.ts';

const ANSWER_S = 1.5;

/** In 10 ms. */
const AUDIBLE_DB = -50;

interface PausedRun {
  isCutOff: boolean;
  /** NaN: no answer was heard after it. */
  earMs: number;
}

/** Turns with silences in mid-sentence: an answer that begins inside of one has cut its speaker off. */
export async function measurePauses(browser: Browser, rounds = 1): Promise<ScenarioResult> {
  const answer = await gaplessAnswer(ANSWER_S);
  const stage = await Stage.open(browser, { sound: answer.sound });
  try {
    const each = await pausedTurns();
    const turns = Array.from({ length: rounds }, () => each).flat();
    const runs: (PausedRun & { turn: PausedTurn })[] = [];
    for (const turn of turns) {
      runs.push({ turn, ...(await sayOne(stage, answer, turn)) });
      await stage.room.forget();
    }
    const whole = runs.filter(({ isCutOff }) => !isCutOff);
    return {
      scenario: 'turns with pauses',
      subject: 'earshot',
      where: 'browser',
      measures: [
        asRate(
          'false cut-offs',
          runs.map(({ isCutOff }) => isCutOff),
          { of: 'rate', atMost: 5 },
        ),
        asRate(
          'missed ends',
          whole.map(({ earMs }) => Number.isNaN(earMs)),
        ),
        inMs(
          'voice to voice',
          whole.flatMap(({ earMs }) => (Number.isNaN(earMs) ? [] : earMs)),
        ),
        inMs(
          'longest pause of those cut off',
          runs.flatMap(({ isCutOff, turn }) => (isCutOff ? turn.longestPauseMs : [])),
        ),
      ],
      notes: ['cut off: an answer was heard before the end of the voice, or it was taken for more than one turn'],
    };
  } finally {
    await stage.close();
  }
}

async function sayOne(stage: Stage, answer: KnownAnswer, turn: PausedTurn): Promise<PausedRun> {
  const before = (await stage.app.facts('utterance.confirmed')).length;
  const said = await stage.say(turn);
  await stage.wait(durationMs(turn));
  await stage.app.reaches('speaking', 6_000);
  await stage.app.reaches('listening', 10_000);
  await stage.wait(500);
  const heard = await stage.heard();
  const confirmed = (await stage.app.facts('utterance.confirmed')).slice(before);
  // One that was taken up again before anything was heard is confirmed more than once.
  const isSplit = new Set(confirmed.map(({ utterance }) => utterance)).size > 1;
  return { isCutOff: isSplit || isTalkedOver(heard, said), earMs: toTheEarMs(heard, answer, said.offsetMs) };
}

function isTalkedOver(heard: Heard, said: Said): boolean {
  const at = (ms: number) => ((ms - heard.fromMs) * EAR_RATE_HZ) / 1000;
  const frame = EAR_RATE_HZ / 100;
  for (let from = at(said.onsetMs); from + frame <= at(said.offsetMs); from += frame) {
    if (levelDb(heard.page, from, from + frame) > AUDIBLE_DB) return true;
  }
  return false;
}
