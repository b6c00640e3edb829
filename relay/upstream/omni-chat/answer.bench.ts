/**
 * What the way down costs before the client's dialect, for one event with 100 ms of sound: `npx vitest bench --run
 * --project unit relay/upstream/omni-chat`. One iteration is a hundred events, so that a mean of 0.1 ms is one
 * microsecond an event.
 */
import { Readable } from 'node:stream';
import { bench } from 'vitest';
import { systemClock } from '#kernel/clock';
import { readEventStream } from '../http-client/event-stream.ts';
import { exchange } from '../http-client/exchange.ts';
import { UPSTREAM_TIMEOUTS } from '../http-client/patience.ts';
import { SseParser } from '../http-client/sse.ts';
import { Pool } from '../pool/pool.ts';
import type { ReplyEvent, Upstream } from '../upstream.ts';
import { AnswerReader } from './answer-reader.ts';
import { ChunkReader } from './chunk.ts';

const EVENTS = 100;
const RATE_HZ = 24_000;

const toData = (modality: string, content: string): string =>
  JSON.stringify({
    ...{ id: 'chatcmpl-0123456789abcdef', object: 'chat.completion.chunk', created: 1_700_000_000 },
    ...{ model: 'Qwen/Qwen3-Omni-30B-A3B-Instruct', modality },
    choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }],
  });

const pcm = Buffer.from(Uint8Array.from({ length: 4_800 }, (_, i) => (i * 31) & 0xff));
const word = Buffer.from(`data: ${toData('text', 'One')}\n\n`);
const sound = Buffer.from(`data: ${toData('audio', pcm.toString('base64'))}\n\n`);
const end = Buffer.from('data: [DONE]\n\n');

/** As they come from a socket: each event in memory of its own. */
async function* body(): AsyncGenerator<Buffer> {
  yield word;
  for (let i = 0; i < EVENTS; i++) yield Buffer.from(sound);
  yield end;
}

const upstream: Upstream = {
  ...{ name: 'bench', model: 'bench', outputRateHz: RATE_HZ, voices: [] },
  check: () => Promise.resolve({ state: 'up', latencyMs: 1 }),
  respond: (_, signal) =>
    exchange<ReplyEvent>(UPSTREAM_TIMEOUTS, signal, (patience) => {
      const reader = new AnswerReader(new ChunkReader(RATE_HZ), true);
      return readEventStream(Readable.from(body()), reader, patience, () => UPSTREAM_TIMEOUTS.stallMs);
    }),
};
const pool = new Pool({
  groups: [{ name: 'bench', servers: [{ name: 'bench', upstream, warmsUp: false, weight: 1 }] }],
});

const read = async (events: AsyncIterable<unknown>): Promise<void> => {
  let count = 0;
  for await (const _ of events) count++;
  if (count < EVENTS) throw new Error(`${count} events came`);
};

const parser = new SseParser();
bench('the bytes alone, copied', () => {
  for (let i = 0; i < EVENTS; i++) Buffer.from(sound);
});
bench('lines', () => {
  for (let i = 0; i < EVENTS; i++) parser.push(Buffer.from(sound));
});

const turn = { settings: {}, items: [], isSilent: false };
const { signal } = new AbortController();
bench("a server's answer", () => read(upstream.respond(turn, signal)));
bench("a pool's answer", () => read(pool.respond(turn, signal)));

const clock = systemClock;
const reader = new AnswerReader(new ChunkReader(RATE_HZ), false, clock);
const data = toData('audio', pcm.toString('base64'));
bench('one document', () => {
  for (let i = 0; i < EVENTS; i++) reader.read(data);
});
