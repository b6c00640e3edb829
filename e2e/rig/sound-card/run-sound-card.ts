import type { Spoken } from '../../fixtures/speech.ts';
import { EAR_RATE_HZ } from '../browser/answer-trail.ts';
import { gaplessAnswer, naturalAnswer, type KnownAnswer } from '../browser/answers.ts';
import { judgeYield } from '../browser/barge-in.ts';
import { activeLevelDb, NEAR_END_LEVEL_DBFS } from '../browser/echo-path.ts';
import { asCount, asRate, inMs, orBrokenOff, toTrace } from '../browser/measures.ts';
import { plainTurns } from '../browser/people.ts';
import { UPSTREAM_FIRST_AUDIO_MS } from '../browser/stage.ts';
import { toTheEarMs } from '../browser/turns.ts';
import type { ScenarioResult } from '../result.ts';
import { saidWhen, SoundCardStage, type Remark } from './sound-card-stage.ts';
import { SoundServer } from './sound-server.ts';

export interface SoundCardOptions {
  /** Of answers to which nobody says anything. */
  minutes?: number;
  turns?: number;
  bargeIns?: number;
  say?: (line: string) => void;
}

const ECHO_DB = -10;
const SHORT_ANSWER_S = 1.5;
const LONG_ANSWER_S = 20;

/** Through a sound card made of software, with the browser's real echo canceller; everything is measured outside of it. */
export async function runSoundCard(options: SoundCardOptions = {}): Promise<ScenarioResult[]> {
  const { minutes = 1, turns = 5, bargeIns = 3, say = () => undefined } = options;
  const all = await plainTurns();
  const people = (count: number) =>
    Array.from({ length: count }, (_, i) => all[i % all.length]).filter((each) => !!each);
  const server = await SoundServer.start();
  try {
    const scenarios = {
      turns: () => measureTurns(server, people(turns)),
      'barge-in': () => measureBargeIn(server, people(bargeIns)),
      echo: () => measureEcho(server, all, minutes),
    };
    const results: ScenarioResult[] = [];
    for (const [name, measure] of Object.entries(scenarios)) {
      say(`sound card: ${name}`);
      results.push(...(await orBrokenOff(name, 'sound card', async () => [await measure()])));
    }
    return results;
  } finally {
    await server.stop();
  }
}

/** The echo is as loud as this, beside the person, before the browser cancels it. */
function echoes(server: SoundServer, answer: KnownAnswer): void {
  server.setEchoGain(NEAR_END_LEVEL_DBFS + ECHO_DB - activeLevelDb(answer.heard.subarray(0, 5 * EAR_RATE_HZ)));
}

const tapeNote = ({ lostMs }: { lostMs: number }): string =>
  `loudspeaker and microphone were recorded beside each other and lost ${lostMs.toFixed(1)} ms from beginning to end`;

async function measureTurns(server: SoundServer, people: readonly Spoken[]): Promise<ScenarioResult> {
  const answer = await gaplessAnswer(SHORT_ANSWER_S);
  echoes(server, answer);
  const stage = await SoundCardStage.open(server, { sound: answer.sound });
  try {
    const runs: Turn[] = [];
    for (const spoken of people) runs.push(await takeTurn(stage, spoken));
    const heard = await stage.heard();
    const said = runs.map(({ remark }) => saidWhen(remark, heard));
    const earMs = said.map(({ offsetMs }) => toTheEarMs(heard, answer, offsetMs));
    const audible = earMs.filter((ms) => !Number.isNaN(ms));
    const pairs = runs
      .flatMap(({ onScreenMs = NaN }, i) => onScreenMs - (earMs[i] ?? NaN))
      .filter((ms) => !Number.isNaN(ms));
    const last = said.at(-1);
    const marks = last ? [{ atMs: last.offsetMs, what: 'voice ends' }] : [];
    return {
      scenario: 'turns',
      subject: 'earshot',
      where: 'sound card',
      measures: [
        inMs('voice to voice', audible),
        inMs(
          'own share',
          audible.map((ms) => ms - UPSTREAM_FIRST_AUDIO_MS),
        ),
        inMs('on-screen figure against the recording', pairs.map(Math.abs), { of: 'p95', atMost: 30 }),
        inMs('on-screen figure less the recording', pairs),
        asRate('missed ends', earMs.map(Number.isNaN)),
      ],
      notes: [
        'by a recording outside of the browser, from the labelled end of the voice (known to 80 ms in recordings) to the answer at the loudspeaker',
        tapeNote(heard),
      ],
      ...(last && { trace: toTrace(heard, last.fromMs - 200, last.offsetMs + 3_000, marks) }),
    };
  } finally {
    await stage.close();
  }
}

interface Turn {
  remark: Remark;
  onScreenMs?: number;
}

/** Returns all the same when it is never answered. */
async function takeTurn(stage: SoundCardStage, spoken: Spoken): Promise<Turn> {
  const timedBefore = (await stage.app.facts('turn.timed')).length;
  const remark = await stage.say(spoken);
  await stage.app.reaches('speaking', 6_000);
  await stage.app.reaches('listening', 10_000);
  await stage.wait(400);
  const onScreenMs = (await stage.app.facts('turn.timed')).slice(timedBefore).at(-1)?.timings?.totalMs;
  return { remark, ...(onScreenMs !== undefined && { onScreenMs }) };
}

async function measureBargeIn(server: SoundServer, people: readonly Spoken[]): Promise<ScenarioResult> {
  const answer = await gaplessAnswer(LONG_ANSWER_S);
  echoes(server, answer);
  const stage = await SoundCardStage.open(server, { sound: answer.sound });
  try {
    const [question] = people;
    if (question) await stage.say(question);
    const remarks: Remark[] = [];
    for (const [i, spoken] of people.entries()) {
      await stage.app.reaches('speaking', 8_000);
      await stage.wait(1_800 + 130 * (i % 5));
      remarks.push(await stage.say(spoken));
      await stage.wait(200);
    }
    const heard = await stage.heard();
    const yielded = await Promise.all(remarks.map((remark) => judgeYield(heard, answer, saidWhen(remark, heard))));
    const known = (ms: number) => !Number.isNaN(ms);
    return {
      scenario: 'barge-in',
      subject: 'earshot',
      where: 'sound card',
      measures: [
        asRate(
          'caught',
          yielded.map(({ stopMs }) => stopMs !== undefined),
          { of: 'rate', atLeast: 95 },
        ),
        inMs('duck after onset', yielded.map(({ duckMs }) => duckMs).filter(known)),
        inMs(
          'stop',
          yielded.flatMap(({ stopMs }) => stopMs ?? []),
        ),
        inMs(
          'audio after the stop',
          yielded.map(({ staleMs }) => staleMs),
          { of: 'max', atMost: 0 },
        ),
      ],
      notes: [
        `while the canceller works against an echo of ${ECHO_DB} dB; with all the delay of sound card and browser, which no bar counts`,
        tapeNote(heard),
      ],
    };
  } finally {
    await stage.close();
  }
}

async function measureEcho(server: SoundServer, people: readonly Spoken[], minutes: number): Promise<ScenarioResult> {
  const answer = await naturalAnswer(9);
  echoes(server, answer);
  const stage = await SoundCardStage.open(server, { sound: answer.sound });
  try {
    const answerMs = (answer.heard.length * 1000) / EAR_RATE_HZ;
    const atFirst = await stage.echoShown();
    let outputMs = 0;
    for (let i = 0; outputMs < minutes * 60_000; i++) {
      const spoken = people[i % people.length];
      if (!spoken) break;
      await stage.say(spoken);
      await stage.app.reaches('speaking', 8_000);
      const fromMs = stage.tape.nowMs;
      await stage.app.reaches('listening', answerMs + 10_000);
      outputMs += stage.tape.nowMs - fromMs;
      await stage.app.page.keyboard.press('Escape');
      await stage.wait(600);
    }
    const { length: interrupted } = await stage.app.facts('reply.interrupted');
    const atLast = await stage.echoShown();
    const glitches = await stage.app.glitches();
    return {
      scenario: `echo at ${ECHO_DB} dB`,
      subject: 'earshot',
      where: 'sound card',
      measures: [
        asCount('self-interruptions', interrupted, { of: 'sum', atMost: 0 }),
        asCount('underruns', glitches.underruns),
        asCount('lost frames', glitches.lostFrames),
      ],
      notes: [
        `${(outputMs / 60_000).toFixed(1)} minutes of output, through the browser's own canceller`,
        `echo as the page sees it after the first cue: ${atFirst}; in the end: ${atLast}`,
      ],
    };
  } finally {
    await stage.close();
  }
}
