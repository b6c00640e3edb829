import { floatToInt16 } from '#dsp/pcm';
import { fromDb } from '#dsp/level';
import { SoundSense } from '#dsp/sound/sound-sense';
import { SILERO, Silero } from '#models/vad/silero';
import { loadNodeNetwork } from '#models/vad/testing/node-network';
import { EchoGuard } from '../../../web/call/echo-guard.ts';
import { loadAnswer } from '../corpus/answer.ts';
import { loadQuestions } from '../corpus/question.ts';
import { createRandom } from '../corpus/random.ts';
import { RATE_HZ, toMs, toSamples } from '../corpus/recorded-call.ts';
import { roomTone } from '../corpus/sound.ts';
import type { ScenarioResult } from '../result.ts';
import { toRate } from '../statistics.ts';
import { ConversationRun } from './conversation-run.ts';
import { EchoRoom } from './echo-room.ts';
import { USUAL_LINE } from './line.ts';
import { toHeard } from './to-heard.ts';

/** Relative to somebody who speaks at -26 dBFS: at -10 dB. */
const ECHO_DB = -36;
const ROUND_MS = 20_000;
const CAUGHT_WITHIN_MS = 1_500;

interface Round {
  /** The answer gave way though nobody had spoken. */
  isSelfInterrupted: boolean;
  /** Absent where nobody spoke, or the answer was gone before. */
  isCaught?: boolean;
}

/**
 * Answers played into a room whose echo comes back, with the product's own echo guard: rounds of 20 s in one call, in
 * every second of which somebody speaks over the answer.
 */
export async function measureEcho(minutes: number): Promise<ScenarioResult> {
  const call = await EchoCall.begin();
  const questions = await loadQuestions();
  const random = createRandom(13);
  const rounds: Round[] = [];
  for (let i = 0; i < (minutes * 60_000) / ROUND_MS; i++) {
    const question = questions[(7 * i) % questions.length];
    const isSpoken = i % 2 === 1 && question;
    rounds.push(await call.round(isSpoken ? { atMs: 8_000 + 5_000 * random(), speech: question.speech } : undefined));
  }
  return {
    scenario: 'echo at −10 dB',
    subject: 'earshot',
    where: 'lab',
    measures: [
      {
        ...{
          name: 'self-interruptions',
          unit: 'count',
          values: rounds.map((round) => Number(round.isSelfInterrupted)),
        },
        bar: { of: 'sum', atMost: 0 },
      },
      {
        ...{ name: 'caught', unit: '%', values: toRate(rounds.flatMap(({ isCaught }) => isCaught ?? [])) },
        bar: { of: 'rate', atLeast: 95 },
      },
    ],
    notes: [
      `${minutes} minutes; no echo canceller of a browser, loudspeaker and microphone on one clock.`,
      call.report,
    ],
  };
}

class EchoCall {
  readonly #silero: Silero;
  readonly #answer: Float32Array;
  readonly #room: EchoRoom;
  readonly #guard = new EchoGuard();
  readonly #sense = new SoundSense();
  readonly #tap = new Int16Array(SILERO.frameSamples);
  #frames = 0;

  private constructor(silero: Silero, answer: Float32Array) {
    this.#silero = silero;
    this.#answer = answer;
    this.#room = new EchoRoom(answer, ECHO_DB);
  }

  static async begin(): Promise<EchoCall> {
    return new EchoCall(new Silero(await loadNodeNetwork()), await loadAnswer());
  }

  get report(): string {
    return `The guard at the end: ${JSON.stringify(this.#guard.report)}`;
  }

  async round(said: { atMs: number; speech: Float32Array } | undefined): Promise<Round> {
    const assistant = { startMs: 500, durationMs: 10 * ROUND_MS };
    const run = new ConversationRun({ line: USUAL_LINE, assistant, echo: this.#guard.report.mode });
    const unsubscribe = this.#guard.onReport(({ mode }) => run.echoChanged(mode));
    const near = roomTone(toSamples(ROUND_MS), this.#frames);
    if (said) near.set(said.speech, toSamples(said.atMs));
    for (let at = 0; at + SILERO.frameSamples <= near.length; at += SILERO.frameSamples) {
      await this.#frame(run, near.subarray(at, at + SILERO.frameSamples), at);
    }
    unsubscribe();
    const stopMs = run.commands.find(({ command }) => command.type === 'play.stop')?.atMs ?? Infinity;
    if (!said || stopMs < said.atMs) return { isSelfInterrupted: stopMs < Infinity };
    return { isSelfInterrupted: false, isCaught: stopMs < said.atMs + CAUGHT_WITHIN_MS };
  }

  async #frame(run: ConversationRun, microphone: Float32Array, at: number): Promise<void> {
    const playing = this.#playing(run, toMs(at));
    this.#frames++;
    const endContextTime = (this.#frames * SILERO.frameSamples) / RATE_HZ;
    this.#room.echo(playing, microphone);
    floatToInt16(playing, this.#tap);
    this.#guard.played({ sequence: this.#frames, pcm: this.#tap, endContextTime });
    const { likelihood: echo, residual } = this.#guard.hear(microphone, endContextTime);
    const probability = await this.#silero.probability(residual);
    run.hear(toHeard(this.#sense, residual, { probability, endSample: at + SILERO.frameSamples, echo }));
  }

  /** What leaves the loudspeaker during this frame. */
  #playing(run: ConversationRun, fromMs: number): Float32Array<ArrayBuffer> {
    const sounding = run.playback.soundingAt(fromMs);
    const frame = new Float32Array(SILERO.frameSamples);
    if (!sounding) return frame;
    const from = toSamples(sounding.playedMs);
    const gain = fromDb(sounding.gainDb);
    return frame.map((_, i) => gain * (this.#answer[(from + i) % this.#answer.length] ?? 0));
  }
}
