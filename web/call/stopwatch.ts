import { toTimings, type TurnTimings } from '../conversation/timings.ts';

interface Lap {
  utterance: string;
  voiceEndMs: number;
  committedMs: number;
  confirmedMs?: number;
  attempt?: number;
  firstAudioMs?: number;
  modelMs?: number;
  audibleMs?: number;
  leadMs?: number;
  isDone?: boolean;
}

/** Notes the instants of a turn, all on this thread's clock, and adds them up once they are complete. */
export class Stopwatch {
  readonly #onTimed: (utterance: string, attempt: number, timings: TurnTimings) => void;
  #lap: Lap | undefined;

  constructor(onTimed: (utterance: string, attempt: number, timings: TurnTimings) => void) {
    this.#onTimed = onTimed;
  }

  /** Also for a second commit of the same utterance: only the one that was answered counts. */
  committed(utterance: string, voiceEndMs: number, nowMs: number): void {
    this.#lap = { utterance, voiceEndMs, committedMs: nowMs };
  }

  confirmed(utterance: string, nowMs: number): void {
    this.#note(utterance, { confirmedMs: nowMs });
  }

  /** Only the first audio of an attempt counts; a later attempt starts over. */
  audioArrived(utterance: string, attempt: number, nowMs: number): void {
    if (this.#lap?.utterance !== utterance || (this.#lap.attempt ?? 0) >= attempt) return;
    this.#note(utterance, { attempt, firstAudioMs: nowMs });
  }

  modelTook(utterance: string, modelMs: number): void {
    this.#note(utterance, { modelMs });
  }

  /** `leadMs` of the answer's own silence were played before that. */
  audible(utterance: string, atMs: number, leadMs: number): void {
    this.#note(utterance, { audibleMs: atMs, leadMs });
  }

  #note(utterance: string, instants: Partial<Lap>): void {
    if (this.#lap?.utterance !== utterance || this.#lap.isDone) return;
    const lap = (this.#lap = { ...this.#lap, ...instants });
    const { attempt, confirmedMs, firstAudioMs, modelMs, audibleMs, leadMs = 0 } = lap;
    if (attempt === undefined || confirmedMs === undefined || firstAudioMs === undefined) return;
    if (modelMs === undefined || audibleMs === undefined) return;
    lap.isDone = true;
    const { voiceEndMs, committedMs } = lap;
    this.#onTimed(
      utterance,
      attempt,
      toTimings({ voiceEndMs, committedMs, confirmedMs, firstAudioMs, modelMs, audibleMs, leadMs }),
    );
  }
}
