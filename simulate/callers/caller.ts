import { createRandom } from '#kernel/random';
import { toMs, type LineSound } from '../sound/line.ts';
import { noiseAt, roomTone } from './background.ts';
import type { CallerSounds, Utterance } from './caller-sounds.ts';
import { Ear } from './ear.ts';
import { Mouth } from './mouth.ts';
import type { Scenario } from './scenario.ts';

/** One stretch of speech of a caller, from its first sound to its last. */
export interface CallerSpan {
  kind: 'line' | 'interruption' | 'repeat' | 'backchannel';
  text: string;
  startMs: number;
  endMs: number;
}

export type Turn = Exclude<CallerSpan['kind'], 'backchannel'>;

type Doing =
  | { kind: 'pausing'; untilMs: number }
  | { kind: 'talking'; endMs: number }
  | { kind: 'waiting'; sinceMs: number }
  | { kind: 'listening'; interruptAtMs: number; backchannelAtMs: number }
  | { kind: 'done' }
  | { kind: 'hung-up' };

/** The agent has come to an end when it was silent for this long; sentences lie closer together. */
const ANSWER_GAP_MS = 900;
/** Both are taken to talk at the same time while the agent was heard this short a time ago. */
const OVERLAP_MS = 500;

export interface CallerOptions {
  scenario: Scenario;
  sounds: CallerSounds;
  /** Lines to say; they begin again when there are not as many. */
  turns: number;
  seed: number;
}

/**
 * A person on the phone by the book. Decides at each tick, by nothing but what was heard of the agent and draws that
 * depend on the seed alone.
 */
export class Caller {
  readonly spans: CallerSpan[] = [];
  readonly #options: CallerOptions;
  readonly #random: () => number;
  readonly #mouth: Mouth;
  readonly #ear = new Ear();
  #doing: Doing;
  #linesSaid = 0;
  #repeats = 0;
  /** The last turn of its own. */
  #saidFromMs = 0;

  constructor(options: CallerOptions) {
    const { scenario, sounds, seed } = options;
    this.#options = options;
    this.#random = createRandom(seed);
    const noise = scenario.noise && [noiseAt(scenario.noise.snrDb, seed, sounds.noise)];
    this.#mouth = new Mouth([roomTone(seed), ...(noise ?? [])]);
    this.#doing = { kind: 'pausing', untilMs: this.#draw(scenario.pauseMs) };
  }

  get doing(): Doing['kind'] {
    return this.#doing.kind;
  }

  get isOver(): boolean {
    return this.#doing.kind === 'done' || this.#doing.kind === 'hung-up';
  }

  /** The next tick of its sound, with whatever it decides at its beginning. */
  speak(count: number): { audio: LineSound; isUrgent: boolean; isTalking: boolean } {
    this.#decide(this.#mouth.nowMs);
    const isUrgent = this.#isUrgent(this.#mouth.nowMs, this.#mouth.nowMs + toMs(count));
    return { audio: this.#mouth.next(count), isUrgent, isTalking: this.#doing.kind === 'talking' };
  }

  /** The agent's sound of the same tick. */
  hear(sound: Int16Array): void {
    this.#ear.hear(sound);
  }

  /** How the server reacts is being measured: to the end of a turn, or to somebody talking over it. */
  #isUrgent(fromMs: number, untilMs: number): boolean {
    if (this.#doing.kind === 'waiting') return true;
    if (this.#doing.kind === 'talking' && this.#doing.endMs <= untilMs) return true;
    const spokenMs = this.spans.at(-1)?.endMs ?? -Infinity;
    return this.#ear.silentMs < OVERLAP_MS && fromMs < spokenMs + OVERLAP_MS;
  }

  #decide(nowMs: number): void {
    const doing = this.#doing;
    switch (doing.kind) {
      case 'pausing':
        if (nowMs >= doing.untilMs) this.#sayLine('line');
        return;
      case 'talking':
        if (nowMs >= doing.endMs) this.#doing = { kind: 'waiting', sinceMs: doing.endMs };
        return;
      case 'waiting':
        return this.#wait(nowMs, doing.sinceMs);
      case 'listening':
        return this.#listen(nowMs, doing);
      default:
        return;
    }
  }

  #wait(nowMs: number, sinceMs: number): void {
    const { patience } = this.#options.scenario;
    // What began before the line is no answer to it.
    if (this.#ear.isSounding && this.#ear.onsetMs >= this.#saidFromMs) return this.#beginToListen();
    const silentMs = Math.min(nowMs - sinceMs, this.#ear.silentMs);
    if (silentMs < patience.waitMs) return;
    if (this.#repeats >= patience.repeats) {
      this.#doing = { kind: 'hung-up' };
      return;
    }
    this.#repeats++;
    this.#say('repeat', this.#line(this.#linesSaid - 1));
  }

  #beginToListen(): void {
    const { interrupts, backchannels } = this.#options.scenario;
    const { onsetMs } = this.#ear;
    const draw = this.#random();
    const interruptsNow = interrupts && !this.#isLastLine() && draw < interrupts.share;
    this.#doing = {
      kind: 'listening',
      interruptAtMs: interruptsNow ? onsetMs + this.#draw(interrupts.afterMs) : Infinity,
      backchannelAtMs: backchannels ? onsetMs + this.#draw(backchannels.everyMs) : Infinity,
    };
  }

  #listen(nowMs: number, listening: Doing & { kind: 'listening' }): void {
    const { scenario, sounds } = this.#options;
    if (this.#ear.silentMs >= ANSWER_GAP_MS) {
      this.#repeats = 0;
      this.#doing = this.#isLastLine()
        ? { kind: 'done' }
        : { kind: 'pausing', untilMs: nowMs + this.#draw(scenario.pauseMs) };
    } else if (nowMs >= listening.interruptAtMs) this.#sayLine('interruption');
    else if (scenario.backchannels && nowMs >= listening.backchannelAtMs) {
      const said = sounds.backchannels[Math.floor(this.#random() * sounds.backchannels.length)];
      if (!said) return;
      const endMs = this.#utter('backchannel', said);
      this.#doing = { ...listening, backchannelAtMs: endMs + this.#draw(scenario.backchannels.everyMs) };
    }
  }

  #isLastLine(): boolean {
    return this.#linesSaid >= this.#options.turns;
  }

  #line(index: number): Utterance {
    const { lines } = this.#options.sounds;
    const line = lines[index % lines.length];
    if (!line) throw new RangeError('a caller without lines');
    return line;
  }

  #sayLine(kind: Turn): void {
    this.#repeats = 0;
    this.#say(kind, this.#line(this.#linesSaid++));
  }

  #say(kind: Turn, utterance: Utterance): void {
    this.#saidFromMs = this.#mouth.nowMs;
    this.#doing = { kind: 'talking', endMs: this.#utter(kind, utterance) };
  }

  #utter(kind: CallerSpan['kind'], { text, speech }: Utterance): number {
    const startMs = this.#mouth.nowMs;
    const before = this.spans.at(-1);
    if (before && before.endMs > startMs) before.endMs = startMs;
    const endMs = this.#mouth.say(speech);
    this.spans.push({ kind, text, startMs, endMs });
    return endMs;
  }

  #draw([from, to]: readonly [number, number]): number {
    return from + (to - from) * this.#random();
  }
}
