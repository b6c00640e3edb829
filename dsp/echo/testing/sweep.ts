import { loadNodeNetwork } from '../../../models/vad/testing/node-network.ts';
import { Silero } from '../../../models/vad/silero.ts';
import { BLOCK, RATE_HZ } from '../blocks.ts';
import { EchoPath } from '../echo-path.ts';
import { levelDifferenceDb, toPcm } from './listen.ts';
import { createScene, loadMaterial, type Scene } from './scenes.ts';

/** A barge-in is one when so many frames in a row are voiced: 192 ms. */
const BARGE_IN_FRAMES = 6;
const FRAME_MS = (1000 * BLOCK) / RATE_HZ;

/** What counts as the talker's voice: probability of voice in the raw frame, in the residual, and of echo. */
const RULES: readonly [name: string, isVoice: (raw: number, left: number, echo: number) => boolean][] = [
  ['voice in the frame', (raw) => raw >= 0.5],
  ['voice in the residual', (_raw, left) => left >= 0.5],
  ['voice in the frame, no echo', (raw, _left, echo) => raw >= 0.5 && echo < 0.5],
  ['voice in the residual, no echo', (_raw, left, echo) => left >= 0.5 && echo < 0.5],
];

/** Of one rule, at one level of echo. */
class Score {
  falseFrames = 0;
  longestFalse = 0;
  falseStops = 0;
  caughtMs: number[] = [];
  talks = 0;

  addAlone(voiced: boolean[]): void {
    let run = 0;
    for (const isVoiced of voiced) {
      run = isVoiced ? run + 1 : 0;
      this.falseFrames += isVoiced ? 1 : 0;
      this.longestFalse = Math.max(this.longestFalse, run);
      if (run === BARGE_IN_FRAMES) this.falseStops++;
    }
  }

  addTalks(voiced: boolean[], { utterances }: Scene): void {
    for (const { start, end } of utterances) {
      this.talks++;
      let run = 0;
      for (let frame = Math.floor(start / BLOCK); frame * BLOCK < end; frame++) {
        run = voiced[frame] ? run + 1 : 0;
        if (run < BARGE_IN_FRAMES) continue;
        this.caughtMs.push(((frame + 1) * BLOCK - start) / 16);
        break;
      }
    }
  }

  toString(minutes: number): string {
    const sorted = this.caughtMs.toSorted((a, b) => a - b);
    const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(0);
    const fields = [
      (this.falseFrames / minutes).toFixed(1),
      this.longestFalse * FRAME_MS,
      this.falseStops,
      `${sorted.length}/${this.talks}`,
      at(0.5),
      at(0.95),
    ];
    return fields.join(' | ');
  }
}

/**
 * The table of rules: rooms, delays and levels of echo, with nobody there (`aloneS` seconds each) and with somebody who
 * talks over it every six seconds (`talkS`).
 */
export async function sweep(
  levelsDb: number[],
  aloneS: number,
  talkS: number,
  write: (line: string) => void,
): Promise<void> {
  const network = await loadNodeNetwork();
  const material = loadMaterial();
  const delaysMs = [30, 90, 250];
  write('echo dB | rule | false frames/min | longest ms | false stops | caught | median ms | p95 ms');
  for (const echoDb of levelsDb) {
    const scores = RULES.map(() => new Score());
    let removedDb = 0;
    let cpuMs = 0;
    for (const [i, room] of material.rooms.entries()) {
      const options = { room, delayMs: delaysMs[i % delaysMs.length] ?? 90, echoDb, seed: 100 + i };
      const alone = createScene(material, { ...options, seconds: aloneS });
      const talk = createScene(material, { ...options, seconds: talkS, talkEveryS: 6 });
      const heardAlone = await judge(alone, new Silero(network), new Silero(network));
      const heardTalk = await judge(talk, new Silero(network), new Silero(network));
      removedDb += heardAlone.removedDb / material.rooms.length;
      cpuMs += heardAlone.cpuMs / material.rooms.length;
      for (const [rule, score] of scores.entries()) {
        score.addAlone(heardAlone.voiced[rule] ?? []);
        score.addTalks(heardTalk.voiced[rule] ?? [], talk);
      }
    }
    const minutes = (aloneS * material.rooms.length) / 60;
    for (const [rule, [name]] of RULES.entries()) write(`${echoDb} | ${name} | ${scores[rule]?.toString(minutes)}`);
    write(
      `${echoDb} | removed ${removedDb.toFixed(1)} dB, ${cpuMs.toFixed(3)} ms of CPU per frame, ${minutes.toFixed(0)} min`,
    );
  }
}

async function judge(scene: Scene, raw: Silero, left: Silero) {
  const path = new EchoPath();
  const pcm = toPcm(scene.played);
  const voiced = RULES.map((): boolean[] => []);
  const residual = new Float32Array(scene.heard.length);
  let cpuUs = 0;
  let frames = 0;
  for (let end = BLOCK; end <= scene.heard.length; end += BLOCK) {
    const frame = scene.heard.subarray(end - BLOCK, end);
    const before = process.cpuUsage();
    path.play(pcm.subarray(end - BLOCK, end), end);
    const echo = path.hear(frame, end);
    const { user, system } = process.cpuUsage(before);
    cpuUs += user + system;
    frames++;
    residual.set(path.residual, end - BLOCK);
    const probability = await raw.probability(frame);
    const probabilityLeft = await left.probability(path.residual);
    for (const [rule, [, isVoice]] of RULES.entries()) voiced[rule]?.push(isVoice(probability, probabilityLeft, echo));
  }
  const removedDb = levelDifferenceDb(scene.heard, residual, 4 * RATE_HZ, frames * BLOCK);
  return { voiced, removedDb, cpuMs: cpuUs / 1000 / frames };
}
