/** A stretch of speech with its time. */
export interface Segment {
  text: string;
  startMs: number;
  endMs: number;
}

/** SubRip: numbered, times with a comma, a blank line after each. */
export function toSrt(segments: readonly Segment[]): string {
  return toCues(segments, ',')
    .map(({ times, text }, i) => `${i + 1}\n${times}\n${text}\n\n`)
    .join('');
}

/** WebVTT (W3C): its three special characters escaped. */
export function toVtt(segments: readonly Segment[]): string {
  const cues = toCues(segments, '.').map(({ times, text }) => `${times}\n${escapeVtt(text)}\n\n`);
  return `WEBVTT\n\n${cues.join('')}`;
}

/** On one line each: a blank one would end the cue. Without words there is none. */
function toCues(segments: readonly Segment[], separator: string): { times: string; text: string }[] {
  return segments
    .map(({ text, startMs, endMs }) => ({
      times: `${time(startMs, separator)} --> ${time(endMs, separator)}`,
      text: text.replace(/\s+/gu, ' ').trim(),
    }))
    .filter(({ text }) => text !== '');
}

const escapeVtt = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

function time(ms: number, separator: string): string {
  const whole = Math.max(0, Math.round(ms));
  const pad = (value: number, digits = 2) => String(Math.floor(value)).padStart(digits, '0');
  const clock = [whole / 3_600_000, (whole / 60_000) % 60, (whole / 1000) % 60].map((value) => pad(value)).join(':');
  return `${clock}${separator}${pad(whole % 1000, 3)}`;
}
