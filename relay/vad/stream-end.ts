import type { StreamSetup } from './ears.messages.ts';
import type { HearingThread } from './hearing-thread.ts';
import type { TurnDetection, TurnDetector, TurnSignal } from './turn-detection.ts';

export interface StreamEndOptions {
  id: number;
  thread: HearingThread;
  rateHz: number;
  detection: TurnDetection;
  hasJudge: boolean;
  listener: (signal: TurnSignal) => void;
}

/** The near end of a stream that is heard in a thread. It knows enough to have it taken up by another one. */
export class StreamEnd implements TurnDetector {
  readonly id: number;
  readonly #options: StreamEndOptions;
  #detection: TurnDetection;
  #isAnswering = false;
  #pushedBytes = 0;
  /** Since the last that was sent. */
  #leftOutBytes = 0;
  #epoch = 0;
  #turn: 'none' | 'speaking' | 'paused' = 'none';
  #isOpen = true;
  #marks = 0;
  readonly #waiting = new Map<number, () => void>();

  constructor(options: StreamEndOptions) {
    this.id = options.id;
    this.#options = options;
    this.#detection = options.detection;
  }

  push(pcm: Uint8Array): void {
    this.#pushedBytes += pcm.byteLength;
    if (this.#options.thread.hear(this.id, this.#leftOutBytes, pcm)) {
      this.#leftOutBytes = 0;
      return;
    }
    this.#leftOutBytes += pcm.byteLength;
    this.#options.thread.lose(this.toMs(pcm.byteLength));
  }

  /** How long so many bytes of its sound are. */
  toMs(bytes: number): number {
    return (bytes * 500) / this.#options.rateHz;
  }

  configure(detection: TurnDetection): void {
    this.#detection = detection;
    this.#options.thread.control(this.id, { kind: 'configure', detection });
  }

  setAnswering(isAnswering: boolean): void {
    if (isAnswering === this.#isAnswering) return;
    this.#isAnswering = isAnswering;
    this.#options.thread.control(this.id, { kind: 'answering', isAnswering });
  }

  restart(): void {
    this.#turn = 'none';
    this.#epoch++;
    this.#options.thread.control(this.id, { kind: 'restart', epoch: this.#epoch });
  }

  settled(): Promise<void> {
    const mark = ++this.#marks;
    const settled = new Promise<void>((resolve) => this.#waiting.set(mark, resolve));
    this.#options.thread.control(this.id, { kind: 'mark', mark });
    return settled;
  }

  close(): void {
    this.#isOpen = false;
    this.#giveUpMarks();
    this.#options.thread.close(this);
  }

  /** For a thread that has heard nothing yet. A pause that nobody will end any more is over. */
  toSetup(): StreamSetup {
    this.#leftOutBytes = 0;
    this.#giveUpMarks();
    if (this.#turn === 'paused') this.tell({ kind: 'resumed' }, this.#epoch);
    return {
      rateHz: this.#options.rateHz,
      detection: this.#detection,
      isAnswering: this.#isAnswering,
      fromSample: this.#pushedBytes / 2,
      isInTurn: this.#turn !== 'none',
      hasJudge: this.#options.hasJudge,
      epoch: this.#epoch,
    };
  }

  reached(mark: number): void {
    this.#waiting.get(mark)?.();
    this.#waiting.delete(mark);
  }

  /** What a thread has heard; of what was said before a restart nobody wants to know. */
  tell(signal: TurnSignal, epoch: number): void {
    if (!this.#isOpen || epoch !== this.#epoch) return;
    this.#turn = AFTER[signal.kind];
    this.#options.listener(signal);
  }

  /** The thread that was to reach them is gone. */
  #giveUpMarks(): void {
    for (const settle of this.#waiting.values()) settle();
    this.#waiting.clear();
  }
}

const AFTER = { started: 'speaking', paused: 'paused', resumed: 'speaking', stopped: 'none' } as const;
