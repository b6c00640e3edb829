import { floatToInt16, int16ToBytes } from '#dsp/pcm';
import { resample } from '#dsp/resampler';
import { SileroBatch } from '#models/vad/silero-batch';
import { EarStream } from '../../../relay/vad/ear-stream.ts';
import { loadSilero } from '../../../relay/vad/networks.ts';
import type { TurnDetection, TurnSignal } from '../../../relay/vad/turn-detection.ts';
import { RATE_HZ } from '../corpus/recorded-call.ts';

/** What most clients send. */
export const CLIENT_RATE_HZ = 24_000;
export const PIECE_MS = 20;
const PIECE_BYTES = (2 * CLIENT_RATE_HZ * PIECE_MS) / 1000;
const MAX_TOGETHER = 32;

/** A signal, with the piece of sound upon which it was told. Positions in samples at the client's rate. */
export type Told = TurnSignal & { piece: number };

export interface Listened {
  samples: Float32Array;
  detection: TurnDetection;
  /** From this piece on an answer is heard. */
  answeringFromPiece?: number;
}

let network: Promise<SileroBatch> | undefined;

/** What the relay's streams make of recordings sent to them at 24 kHz, 20 ms at a time; no threads and no clock. */
export async function hearTogether(calls: readonly Listened[]): Promise<Told[][]> {
  network ??= loadSilero().then((run) => new SileroBatch(run, MAX_TOGETHER));
  const batch = await network;
  const all: Told[][] = [];
  for (let from = 0; from < calls.length; from += MAX_TOGETHER) {
    all.push(...(await hearSome(calls.slice(from, from + MAX_TOGETHER), batch)));
  }
  return all;
}

export const toMs = (sample: number): number => (sample * 1000) / CLIENT_RATE_HZ;

export function toClientPcm(samples: Float32Array): Uint8Array {
  const resampled = resample(samples, RATE_HZ, CLIENT_RATE_HZ);
  const pcm = new Int16Array(resampled.length);
  floatToInt16(resampled, pcm);
  return int16ToBytes(pcm);
}

async function hearSome(calls: readonly Listened[], batch: SileroBatch): Promise<Told[][]> {
  const lines = calls.map(({ samples, detection, answeringFromPiece }) => ({
    pcm: toClientPcm(samples),
    answeringFromPiece,
    told: [] as Told[],
    stream: new EarStream({
      ...{ rateHz: CLIENT_RATE_HZ, detection, isAnswering: false, fromSample: 0, isInTurn: false, hasJudge: false },
      epoch: 0,
    }),
  }));
  const pieces = Math.max(...lines.map(({ pcm }) => Math.ceil(pcm.length / PIECE_BYTES)));
  for (let piece = 0; piece < pieces; piece++) {
    for (const { stream, pcm, answeringFromPiece } of lines) {
      if (piece === answeringFromPiece) stream.control({ kind: 'answering', isAnswering: true });
      stream.push(pcm.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES), 0);
    }
    for (;;) {
      const ready = lines.filter(({ stream }) => stream.advance());
      if (ready.length === 0) break;
      const probabilities = await batch.probabilities(ready.map(({ stream }) => stream.memory));
      ready.forEach(({ stream, told }, i) =>
        stream.heard(
          probabilities[i] ?? 0,
          (signal) => told.push({ ...signal, piece }),
          () => undefined,
        ),
      );
    }
  }
  return lines.map(({ told }) => told);
}
