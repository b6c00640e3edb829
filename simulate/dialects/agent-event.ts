/** What a server tells about the call, whatever it calls it. `answer` names one answer of the agent. */
export type AgentEvent =
  /** It hears somebody; whatever is being played of the agent stops. */
  | { kind: 'speech-started' }
  | { kind: 'speech-stopped' }
  /** It has broken off its answer; what is not played yet is not to be heard. */
  | { kind: 'interrupted' }
  /** It has taken up what was said and owes an answer. */
  | { kind: 'committed' }
  | { kind: 'answer-started'; answer: string }
  /** At the rate of the line. */
  | { kind: 'audio'; answer: string; samples: Int16Array<ArrayBuffer> }
  /** The next of the words that its sound speaks. */
  | { kind: 'words'; answer: string; text: string }
  /** All of its sound has come. */
  | { kind: 'audio-done'; answer: string }
  /** Nothing more of it comes. */
  | { kind: 'answer-ended'; answer: string; status: string }
  /** What it understood the caller to say. */
  | { kind: 'understood'; text: string }
  | { kind: 'problem'; code: string }
  | { kind: 'closed'; code: number };

/** An event as a trace keeps it: sound by its length only. `atMs` counts the sound of the line since the call began. */
export type TimedEvent = { atMs: number } & (
  Exclude<AgentEvent, { kind: 'audio' }> | { kind: 'audio'; answer: string; ms: number }
);
