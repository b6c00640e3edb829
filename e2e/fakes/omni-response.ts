import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTick, setTimeout as sleep } from 'node:timers/promises';
import { GARBAGE, type OmniFault, type OmniScript } from './omni-script.ts';
import type { TimedEvent } from './omni-timeline.ts';

const STREAM_HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };

type EarlyFault = Exclude<OmniFault, { afterChunks: number }>;

export interface Playback extends Pick<OmniScript, 'fault' | 'pieceBytes'> {
  /** Called just before the fault strikes. */
  onFault: () => void;
  onFirstPiece?: () => void;
}

/** Faults that take the place of any answer; resolves when they are over. */
export async function failBeforeHeaders(response: ServerResponse, fault: EarlyFault): Promise<void> {
  switch (fault.kind) {
    case 'status': {
      const retryAfter = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
      const error = { message: 'told to fail', type: 'ScriptedError', param: null, code: fault.status };
      response.writeHead(fault.status, { 'content-type': 'application/json', ...retryAfter });
      response.end(JSON.stringify({ error }));
      return;
    }
    case 'reset-before-headers':
      response.socket?.resetAndDestroy();
      return;
    case 'hang-before-headers':
      await new Promise((closed) => response.once('close', closed));
      return;
    case 'not-http':
      response.socket?.end('220 mail.example.org ESMTP\r\n');
      return;
    case 'html-page':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>Sign in</title><p>Please accept the terms of this network.');
      return;
  }
}

/** Plays the events at their times until the end, the scripted fault, or the client's hanging up (`gone`). */
export function playStream(
  response: ServerResponse,
  events: readonly TimedEvent[],
  playback: Playback,
  receivedAtMs: number,
  gone: AbortSignal,
): Promise<void> {
  response.writeHead(200, STREAM_HEADERS);
  const pieces = events.map(({ atMs, data }) => ({ atMs, bytes: `data: ${data}\n\n` }));
  return playPieces(response, pieces, playback, receivedAtMs, gone);
}

/** Part of a body and when it is due, from the arrival of the request. */
export interface TimedPiece {
  atMs: number;
  bytes: string | Buffer;
}

/** The same for a body of any kind, whose head is written. */
export async function playPieces(
  response: ServerResponse,
  pieces: readonly TimedPiece[],
  { fault, pieceBytes, onFault, onFirstPiece }: Playback,
  receivedAtMs: number,
  gone: AbortSignal,
): Promise<void> {
  response.flushHeaders();
  let lateMs = 0;
  for (const [i, { atMs, bytes }] of pieces.entries()) {
    await sleep(Math.max(0, receivedAtMs + atMs + lateMs - performance.now()), undefined, { signal: gone });
    if (fault && 'afterChunks' in fault && fault.afterChunks === i) {
      onFault();
      if (fault.kind !== 'stall') return breakStream(response, fault, gone);
      await stall(fault.ms, gone);
      lateMs = fault.ms;
    }
    if (i === 0) onFirstPiece?.();
    await write(response, bytes, pieceBytes, gone);
  }
  response.end();
}

async function breakStream(response: ServerResponse, fault: OmniFault, gone: AbortSignal): Promise<void> {
  if (fault.kind === 'garbage') await write(response, GARBAGE[fault.what](), undefined, gone);
  if (fault.kind === 'die') response.socket?.resetAndDestroy();
  else response.end();
}

/** `Infinity` is longer than any timer can be. */
function stall(ms: number, gone: AbortSignal): Promise<void> {
  return sleep(Math.min(ms, 2 ** 31 - 1), undefined, { signal: gone });
}

async function write(
  response: ServerResponse,
  text: string | Buffer,
  pieceBytes: number | undefined,
  gone: AbortSignal,
): Promise<void> {
  const bytes = Buffer.from(text);
  const step = pieceBytes ?? bytes.length;
  for (let at = 0; at < bytes.length; at += step) {
    const isFlowing = response.write(bytes.subarray(at, at + step));
    if (!isFlowing) await once(response, 'drain', { signal: gone });
    else if (pieceBytes !== undefined) await nextTick();
    gone.throwIfAborted();
  }
}
