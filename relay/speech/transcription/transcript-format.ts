import type { TranscriptionEvent } from './transcribe.ts';
import { toSrt, toVtt } from './subtitles.ts';

export const TRANSCRIPT_FORMATS = ['json', 'verbose_json', 'text', 'srt', 'vtt'] as const;
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];

export type Transcript = Extract<TranscriptionEvent, { kind: 'done' }>;

export const needsTimes = (format: TranscriptFormat): boolean => format !== 'json' && format !== 'text';

const MEDIA_TYPES: Record<TranscriptFormat, string> = {
  json: 'application/json',
  verbose_json: 'application/json',
  text: 'text/plain; charset=utf-8',
  srt: 'application/x-subrip; charset=utf-8',
  vtt: 'text/vtt; charset=utf-8',
};

export const mediaTypeOfTranscript = (format: TranscriptFormat): string => MEDIA_TYPES[format];

/** Field names and seconds as clients of OpenAI's transcription API expect them. */
export function formatTranscript(transcript: Transcript, format: TranscriptFormat): string {
  switch (format) {
    case 'json':
      return JSON.stringify({ text: transcript.text });
    case 'verbose_json':
      return JSON.stringify(toVerbose(transcript));
    case 'text':
      return `${transcript.text}\n`;
    case 'srt':
      return toSrt(transcript.segments);
    case 'vtt':
      return toVtt(transcript.segments);
  }
}

export function toVerbose({ text, segments, durationMs, language }: Transcript) {
  return {
    task: 'transcribe',
    ...(language !== undefined && { language }),
    duration: durationMs / 1000,
    text,
    segments: segments.map((segment, id) => ({
      id,
      start: segment.startMs / 1000,
      end: segment.endMs / 1000,
      text: segment.text,
    })),
  };
}
