import { toMs } from '../sound/line.ts';
import { AnswerWords } from './answer-words.ts';

interface Answer {
  id: string;
  chunks: Int16Array[];
  /** Samples of the first chunk that have been played. */
  firstPlayed: number;
  receivedSamples: number;
  playedSamples: number;
  words: AnswerWords;
  /** All of its sound has come. */
  isWhole: boolean;
  /** Nothing more comes, words included. */
  isOver: boolean;
  /** Its end was told. */
  isFinished: boolean;
}

export interface Played {
  /** As many as were asked for; silence where there was nothing to play. */
  samples: Int16Array<ArrayBuffer>;
  /** How many of them are the agent's. */
  soundSamples: number;
  transcript: string;
  /** Answers played to their end just now, and how long they were. */
  finished: { answer: string; heardMs: number }[];
}

/** An answer broken off: what the caller heard of it, and what was there to be heard and never will be. */
export interface Cut {
  answer: string;
  heardMs: number;
  droppedMs: number;
}

/**
 * The agent's side of the line: what has come is played in order, as fast as it is asked for and no faster, until the
 * caller interrupts. Sound is neither played twice nor lost but by `cut`.
 */
export class AgentLine {
  #answers: Answer[] = [];
  /** Broken off, though the server may not know yet: what still comes of them is dropped. */
  readonly #cut = new Set<string>();

  get bufferedMs(): number {
    return toMs(
      this.#answers.reduce((sum, { receivedSamples, playedSamples }) => sum + receivedSamples - playedSamples, 0),
    );
  }

  /** More sound of an answer may be on its way. */
  get isReceiving(): boolean {
    return this.#answers.some(({ isWhole }) => !isWhole);
  }

  begin(id: string): void {
    this.#open(id);
  }

  push(id: string, samples: Int16Array): void {
    const answer = this.#open(id);
    if (!answer || samples.length === 0) return;
    answer.chunks.push(samples);
    answer.receivedSamples += samples.length;
  }

  pushWords(id: string, text: string): void {
    this.#open(id)?.words.add(text);
  }

  /** All of its sound has come. */
  complete(id: string): void {
    const answer = this.#find(id);
    if (answer) answer.isWhole = true;
  }

  /** Nothing more of it comes. */
  end(id: string): void {
    this.#cut.delete(id);
    const answer = this.#find(id);
    if (answer) answer.isWhole = answer.isOver = true;
  }

  play(count: number): Played {
    const played: Played = { samples: new Int16Array(count), soundSamples: 0, transcript: '', finished: [] };
    for (const answer of this.#answers) {
      this.#playSome(answer, played);
      // The sound behind it belongs to the same answer.
      if (!answer.isWhole) break;
    }
    this.#answers = this.#answers.filter((answer) => !(answer.isOver && isPlayed(answer) && answer.words.isAllGiven));
    return played;
  }

  /** Undefined when nothing of the agent was being heard; an answer that had not begun to sound is dropped as well. */
  cut(): Cut | undefined {
    const unheard = this.#answers.filter((answer) => !(answer.isWhole && isPlayed(answer)));
    const heard = unheard.find(({ receivedSamples }) => receivedSamples > 0);
    for (const { id, isOver } of unheard) if (!isOver) this.#cut.add(id);
    const droppedMs = this.bufferedMs;
    this.#answers = [];
    return heard && { answer: heard.id, heardMs: toMs(heard.playedSamples), droppedMs };
  }

  #playSome(answer: Answer, into: Played): void {
    let left = into.samples.length - into.soundSamples;
    for (let chunk = answer.chunks[0]; chunk && left > 0; chunk = answer.chunks[0]) {
      const piece = chunk.subarray(answer.firstPlayed, answer.firstPlayed + left);
      into.samples.set(piece, into.soundSamples);
      into.soundSamples += piece.length;
      left -= piece.length;
      answer.playedSamples += piece.length;
      answer.firstPlayed += piece.length;
      if (answer.firstPlayed < chunk.length) break;
      answer.chunks.shift();
      answer.firstPlayed = 0;
    }
    const { playedSamples, receivedSamples, isWhole } = answer;
    into.transcript += answer.words.take(toMs(playedSamples), toMs(receivedSamples), isWhole);
    if (answer.isFinished || !isWhole || !isPlayed(answer)) return;
    answer.isFinished = true;
    if (receivedSamples > 0) into.finished.push({ answer: answer.id, heardMs: toMs(receivedSamples) });
  }

  #open(id: string): Answer | undefined {
    if (this.#cut.has(id)) return undefined;
    const known = this.#find(id);
    if (known) return known;
    const counts = { firstPlayed: 0, receivedSamples: 0, playedSamples: 0 };
    const flags = { isWhole: false, isOver: false, isFinished: false };
    const answer = { id, chunks: [], words: new AnswerWords(), ...counts, ...flags };
    this.#answers.push(answer);
    return answer;
  }

  #find(id: string): Answer | undefined {
    return this.#answers.find((answer) => answer.id === id);
  }
}

const isPlayed = ({ playedSamples, receivedSamples }: Answer): boolean => playedSamples === receivedSamples;
