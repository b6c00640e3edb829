import type { Browser } from '@playwright/test';
import { durationMs } from '../../fixtures/speech.ts';
import type { ScenarioResult } from '../result.ts';
import { gaplessAnswer } from './answers.ts';
import { asRate, inMs } from './measures.ts';
import { pausedTurns, type PausedTurn } from './people.ts';
import { Stage } from './stage.ts';
import { toTheEarMs } from './turns.ts';

const ANSWER_S = 1.5;

/** Turns with silences in mid-sentence: an answer that begins inside of one has cut its speaker off. */
export async function measurePauses(browser: Browser, rounds = 1): Promise<ScenarioResult> {
  const answer = await gaplessAnswer(ANSWER_S);
  const stage = await Stage.open(browser, { sound: answer.sound });
  try {
    const each = await pausedTurns();
    const turns = Array.from({ length: rounds }, () => each).flat();
    const isCutOff: boolean[] = [];
    const earMs: number[] = [];
    for (const turn of turns) {
      const { confirmed, offsetMs } = await sayOne(stage, turn);
      isCutOff.push(confirmed !== 1);
      if (confirmed === 1) earMs.push(toTheEarMs(await stage.heard(), answer, offsetMs));
      await stage.room.forget();
    }
    return {
      scenario: 'turns with pauses',
      subject: 'earshot',
      where: 'browser',
      measures: [
        asRate('false cut-offs', isCutOff, { of: 'rate', atMost: 5 }),
        inMs(
          'voice to voice',
          earMs.filter((ms) => !Number.isNaN(ms)),
        ),
        inMs(
          'longest pause of those cut off',
          turns.filter((_, i) => isCutOff[i]).map(({ longestPauseMs }) => longestPauseMs),
        ),
      ],
      notes: ['one turn each; cut off where it became more than one, or none'],
    };
  } finally {
    await stage.close();
  }
}

async function sayOne(stage: Stage, turn: PausedTurn): Promise<{ confirmed: number; offsetMs: number }> {
  const before = (await stage.facts('utterance.confirmed')).length;
  const { offsetMs } = await stage.say(turn);
  await stage.wait(durationMs(turn));
  await stage.untilStatus('speaking', 6_000);
  await stage.untilStatus('listening', 10_000);
  await stage.wait(500);
  return { confirmed: (await stage.facts('utterance.confirmed')).length - before, offsetMs };
}
