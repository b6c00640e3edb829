import { Hono } from 'hono';
import { NARRATION_RATE_HZ, type NarrationEvent } from '../speech/narrator.ts';
import { ReadRequest } from '../speech/read-request.ts';
import { streamedWavHead } from '../speech/wav-head.ts';
import { once, streamResponse } from './byte-stream.ts';
import { readJson } from './json-body.ts';
import { notConfigured } from './not-configured.ts';
import { problem } from './problem.ts';
import type { SpeechParts } from './speech-parts.ts';
import { upstreamProblem } from './upstream-problem.ts';

export const READ_PATH = '/read';
export const BUSY_RETRY_MS = 5_000;

/** POST /read: a text as WAV, sent while it is being spoken. */
export function readRoutes({ narrator, metrics, readSlots }: SpeechParts): Hono {
  return new Hono().post(READ_PATH, async (c) => {
    if (!narrator) return notConfigured(c, 'synthesiser');
    const body = await readJson(c, ReadRequest);
    if (!body.ok) return body.problem;
    const free = readSlots.take();
    if (!free) return problem(c, 503, 'too-many-requests', 'too many texts are being read', BUSY_RETRY_MS);
    const closed = metrics.streamOpened('read');
    const events = narrator.narrate(body.value, c.req.raw.signal);
    const ended = once(() => {
      free();
      closed();
      void events.return();
    });
    const first = await firstOf(events, ended);
    // Only a client that has left hears nothing at all.
    if (!first) return c.body(null, 204);
    if (first.kind === 'failed') return upstreamProblem(c, 'speech server', first.problem);
    return streamResponse(c, wavStream(first.pcm, events), { 'Content-Type': 'audio/wav' }, ended);
  });
}

/** Waited for before the response begins, so that a server that fails at once still gets a status of its own. */
async function firstOf(
  events: AsyncGenerator<NarrationEvent, void>,
  ended: () => void,
): Promise<NarrationEvent | undefined> {
  let first: NarrationEvent | undefined;
  try {
    first = (await events.next()).value ?? undefined;
  } finally {
    if (first?.kind !== 'audio') ended();
  }
  return first;
}

async function* wavStream(
  first: Uint8Array,
  events: AsyncGenerator<NarrationEvent, void>,
): AsyncGenerator<Uint8Array, void> {
  yield Buffer.concat([streamedWavHead(NARRATION_RATE_HZ), first]);
  for await (const event of events) {
    // The status is sent by now: what fails from here on can only be told by breaking off.
    if (event.kind === 'failed') throw new Error(event.problem.kind);
    yield event.pcm;
  }
}
