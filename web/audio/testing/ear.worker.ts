import type { CaptureFrame, CaptureRecycle } from '../worklets/capture.messages.ts';
import type { PlaybackCommand, PlaybackEvent } from '../worklets/playback.messages.ts';

/** Stands in for the call worker: plays an endless tone in small pieces, and keeps what both worklets report. */
export interface EarReport {
  sequences: number[];
  levelsDb: number[];
  heard: number;
  tapped: number;
  underruns: number;
  playedSamples: number;
}

export type ToEar = { type: 'attach'; capture: MessagePort; playback: MessagePort } | { type: 'report' };

const RATE_HZ = 24_000;
const PIECE_SAMPLES = 480;
const AHEAD_MS = 300;

const report: EarReport = {
  sequences: [],
  levelsDb: [],
  heard: 0,
  tapped: 0,
  underruns: 0,
  playedSamples: 0,
};

function listen(capture: MessagePort): void {
  capture.onmessage = ({ data }: MessageEvent<CaptureFrame>) => {
    report.sequences.push(data.sequence);
    report.levelsDb.push(data.levelDb);
    capture.postMessage({ type: 'recycle', pcm: data.pcm } satisfies CaptureRecycle, [data.pcm.buffer]);
  };
}

function play(playback: MessagePort): void {
  const send = (command: PlaybackCommand) => playback.postMessage(command);
  playback.onmessage = ({ data }: MessageEvent<PlaybackEvent>) => {
    if (data.type === 'audible') report.heard++;
    if (data.type === 'tap') {
      report.tapped++;
      const { pcm } = data;
      playback.postMessage({ type: 'recycle', pcm } satisfies PlaybackCommand, [pcm.buffer]);
    }
    if (data.type === 'underrun') report.underruns++;
    if (data.type === 'progress') report.playedSamples = data.playedSamples;
  };
  send({ type: 'start', stream: 1, rateHz: RATE_HZ });
  let sent = 0;
  setInterval(() => {
    while (sent < report.playedSamples + (AHEAD_MS / 1000) * RATE_HZ) {
      const at = sent;
      const toSample = (_: unknown, i: number) => 8_000 * Math.sin((2 * Math.PI * 440 * (at + i)) / RATE_HZ);
      send({ type: 'audio', stream: 1, pcm: Int16Array.from({ length: PIECE_SAMPLES }, toSample) });
      sent += PIECE_SAMPLES;
    }
  }, 20);
}

self.onmessage = ({ data }: MessageEvent<ToEar>) => {
  if (data.type === 'report') {
    self.postMessage(report);
    return;
  }
  listen(data.capture);
  play(data.playback);
};
