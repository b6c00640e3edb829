/** What lies between the microphone, the answer and the ear, all in ms, and known exactly. The same for every subject. */
export interface Line {
  /** From the end of a frame at the microphone to the decision made on it: worklet, worker, voice model. */
  captureMs: number;
  /** One way between page and relay. */
  networkMs: number;
  /** The upstream's time to first audio. */
  upstreamMs: number;
  /** From the command to play to sound: message, render quantum, sound device. */
  playbackMs: number;
  /** Length of each answer. */
  answerMs: number;
}

export const USUAL_LINE: Line = { captureMs: 12, networkMs: 10, upstreamMs: 500, playbackMs: 25, answerMs: 1_200 };
