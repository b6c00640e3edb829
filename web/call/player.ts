import { bytesToInt16 } from '#dsp/pcm';
import type { Clock } from '#kernel/clock';
import { LIMITS } from '#protocol';
import type { PlaybackCommand, PlaybackEvent } from '../audio/worklets/playback.messages.ts';

/** The part of a MessagePort the player needs: tests hand in a plain object. */
export interface PlaybackPort {
  postMessage(command: PlaybackCommand, transfer: Transferable[]): void;
}

export type TapFrame = Extract<PlaybackEvent, { type: 'tap' }>;

export interface PlayerListener {
  /** `leadMs` of the answer's own silence were played before. */
  audible(stream: number, contextTime: number, leadMs: number): void;
  /** What left for the loudspeaker; the buffer is the listener's only during the call. */
  tapped(frame: TapFrame): void;
  /** How much of which answer has been played: the truth for credit and for what is remembered. */
  played(utterance: string, attempt: number, playedSample: number): void;
  drained(stream: number): void;
  stopped(stream: number, playedSample: number): void;
}

interface Answer {
  rateHz: number;
  chunks: Uint8Array[];
}

interface Playing {
  stream: number;
  utterance: string;
  attempt: number;
  playedSample: number;
}

/**
 * Keeps the audio of answers as it arrives, held or not, and feeds the one that is to be heard to the playback worklet.
 * Lives in the call worker, so that a busy page cannot starve the ear.
 */
export class Player {
  /** A worklet that does not answer a stop (its context was suspended) must not hold up the conversation. */
  static readonly #STOP_PATIENCE_MS = 250;
  readonly #clock: Clock;
  readonly #listener: PlayerListener;
  readonly #answers = new Map<string, Answer>();
  #port: PlaybackPort | undefined;
  #playing: Playing | undefined;
  #patience: { stream: number; cancel: () => void } | undefined;
  underruns = 0;
  levelDb = -120;

  constructor(clock: Clock, listener: PlayerListener) {
    this.#clock = clock;
    this.#listener = listener;
  }

  attach(port: PlaybackPort): void {
    this.#port = port;
  }

  /** The rate of the audio to come; without it the wire's usual one. */
  begin(utterance: string, attempt: number, rateHz: number): void {
    this.#answer(utterance, attempt).rateHz = rateHz;
  }

  /** More audio of an answer; the bytes are kept, not copied. */
  append(utterance: string, attempt: number, pcm: Uint8Array): void {
    this.#answer(utterance, attempt).chunks.push(pcm);
    const playing = this.#playing;
    if (playing?.utterance === utterance && playing.attempt === attempt) this.#feed(playing.stream, pcm);
  }

  rateOf(utterance: string, attempt: number): number {
    return this.#answer(utterance, attempt).rateHz;
  }

  /** From now on only this utterance's answers are kept: earlier ones have been heard, and are in the journal. */
  start(stream: number, utterance: string, attempt: number): void {
    const { rateHz, chunks } = this.#answer(utterance, attempt);
    this.#playing = { stream, utterance, attempt, playedSample: 0 };
    for (const key of this.#answers.keys()) if (!key.startsWith(`${utterance}/`)) this.#answers.delete(key);
    this.#post({ type: 'start', stream, rateHz });
    for (const chunk of chunks) this.#feed(stream, chunk);
  }

  /** Nothing more will come; `drained` follows when it has all been heard. */
  end(stream: number): void {
    this.#post({ type: 'end', stream });
  }

  duck(gainDb: number, rampMs: number): void {
    this.#post({ type: 'duck', gainDb, rampMs });
  }

  restore(rampMs: number): void {
    this.#post({ type: 'restore', rampMs });
  }

  pause(stream: number, fadeMs: number): void {
    this.levelDb = -120;
    this.#post({ type: 'pause', stream, fadeMs });
  }

  resume(stream: number, rampMs: number): void {
    this.#post({ type: 'resume', stream, rampMs });
  }

  /** A sound of our own over whatever plays; the samples are handed over. */
  cue(rateHz: number, pcm: Int16Array<ArrayBuffer>): void {
    this.#post({ type: 'cue', rateHz, pcm }, [pcm.buffer]);
  }

  /** Answered by `stopped`, always. */
  stop(stream: number, fadeMs: number): void {
    this.#post({ type: 'stop', stream, fadeMs });
    this.#patience?.cancel();
    const cancel = this.#clock.after(fadeMs + Player.#STOP_PATIENCE_MS, () =>
      this.#onStopped(stream, this.#playing?.stream === stream ? this.#playing.playedSample : 0),
    );
    this.#patience = { stream, cancel };
  }

  handle(event: PlaybackEvent): void {
    switch (event.type) {
      case 'audible':
        this.#listener.audible(event.stream, event.contextTime, event.leadMs);
        return;
      case 'tap':
        this.#listener.tapped(event);
        this.#post({ type: 'recycle', pcm: event.pcm }, [event.pcm.buffer]);
        return;
      case 'progress':
        this.levelDb = event.levelDb;
        this.#notePlayed(event.stream, event.playedSamples);
        return;
      case 'underrun':
      case 'overflow':
        // Either way the ear heard a gap.
        this.underruns++;
        return;
      case 'drained':
        this.#notePlayed(event.stream, event.playedSamples);
        this.#silence(event.stream);
        this.#listener.drained(event.stream);
        return;
      case 'stopped':
        this.#onStopped(event.stream, event.playedSamples);
        return;
    }
  }

  #onStopped(stream: number, playedSample: number): void {
    if (this.#patience?.stream === stream) {
      this.#patience.cancel();
      this.#patience = undefined;
    }
    this.#silence(stream);
    this.#listener.stopped(stream, playedSample);
  }

  #silence(stream: number): void {
    if (this.#playing?.stream !== stream) return;
    this.#playing = undefined;
    this.levelDb = -120;
  }

  #notePlayed(stream: number, playedSample: number): void {
    const playing = this.#playing;
    if (playing?.stream !== stream || playedSample <= playing.playedSample) return;
    playing.playedSample = playedSample;
    this.#listener.played(playing.utterance, playing.attempt, playedSample);
  }

  #answer(utterance: string, attempt: number): Answer {
    const key = `${utterance}/${attempt}`;
    const known = this.#answers.get(key);
    if (known) return known;
    const answer: Answer = { rateHz: LIMITS.outputRateHz, chunks: [] };
    this.#answers.set(key, answer);
    return answer;
  }

  #feed(stream: number, bytes: Uint8Array): void {
    const pcm = new Int16Array(bytesToInt16(bytes));
    this.#post({ type: 'audio', stream, pcm }, [pcm.buffer]);
  }

  #post(command: PlaybackCommand, transfer: Transferable[] = []): void {
    this.#port?.postMessage(command, transfer);
  }
}
