import type { WireEvent } from './realtime-client.ts';

export const AUDIO_DELTA = 'response.output_audio.delta';
export const SPEECH_STARTED = 'input_audio_buffer.speech_started';
const RESPONSE_CREATED = 'response.created';

/** Somebody spoke, on the clock of the stream. */
export interface Spoke {
  onsetMs: number;
  offsetMs: number;
}

/** From the end of the voice to the first audio of an answer that began after it; NaN if none came. */
export function voiceToVoiceMs(events: readonly WireEvent[], { offsetMs }: Spoke): number {
  const first = firstDeltas(events).find(({ atMs }) => atMs > offsetMs);
  return first ? first.atMs - offsetMs : NaN;
}

/** An answer was begun while the turn was still being spoken. */
export const isCutOff = (events: readonly WireEvent[], { onsetMs, offsetMs }: Spoke): boolean =>
  events.some(({ type, atMs }) => type === RESPONSE_CREATED && atMs > onsetMs && atMs < offsetMs);

export interface Gave {
  /** From the onset until the server said that it hears somebody: a client stops its loudspeaker then. */
  noticedMs?: number;
  /** From the onset to the last audio of the answer that was spoken over. */
  lastAudioMs?: number;
}

/** What became of the answer under way when somebody spoke. */
export function toYield(events: readonly WireEvent[], { onsetMs }: Spoke): Gave {
  const noticed = events.find(({ type, atMs }) => type === SPEECH_STARTED && atMs > onsetMs);
  const underWay = events.findLast(({ type, atMs }) => type === RESPONSE_CREATED && atMs < onsetMs)?.response;
  const last = events.findLast(({ type, response }) => type === AUDIO_DELTA && response === underWay);
  return {
    ...(noticed && { noticedMs: noticed.atMs - onsetMs }),
    ...(last && last.atMs > onsetMs && { lastAudioMs: last.atMs - onsetMs }),
  };
}

/** The first audio of each answer, in order. */
export function firstDeltas(events: readonly WireEvent[]): WireEvent[] {
  const seen = new Set<string>();
  return events.filter(({ type, response = '' }) => type === AUDIO_DELTA && !seen.has(response) && seen.add(response));
}

export const answersBegun = (events: readonly WireEvent[]): number =>
  events.filter(({ type }) => type === RESPONSE_CREATED).length;
