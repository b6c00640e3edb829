import {
  createFakeRealtime,
  type FakeRealtime,
  type FakeRealtimeOptions,
} from '../../../../e2e/fakes/realtime-server.ts';
import type { ContextItem, ReplyEvent, UpstreamTurn } from '../../upstream.ts';
import { collect, textOf, toneOf } from '../../upstream.contract.ts';
import { createOmniRealtime, type OmniRealtime, type OmniRealtimeOptions } from '../omni-realtime.ts';

export const TIMEOUTS = { connectMs: 1_000, firstEventMs: 1_500, stallMs: 500, totalMs: 20_000 };

export interface Ends {
  fake: FakeRealtime;
  upstream: OmniRealtime;
  close(): Promise<void>;
}

/** A server and a client of it. */
export async function start(
  fakeOptions: FakeRealtimeOptions = {},
  options: Partial<OmniRealtimeOptions> = {},
): Promise<Ends> {
  const fake = await createFakeRealtime({ ...fakeOptions, script: { pace: 0, ...fakeOptions.script } });
  const upstream = createOmniRealtime({ url: fake.url, model: fake.model, timeouts: TIMEOUTS, ...options });
  const close = () => {
    upstream.close();
    return fake.close();
  };
  return { fake, upstream, close };
}

export const transcriptOf = (events: readonly ReplyEvent[]): string =>
  events.map((event) => (event.kind === 'transcript' ? event.text : '')).join('');

/** Talks as a session does: each turn brings what was heard of those before. */
export class Talk {
  readonly context: ContextItem[] = [];
  readonly #upstream: OmniRealtime;

  constructor(upstream: OmniRealtime) {
    this.#upstream = upstream;
  }

  async say(seconds: number, extra: Partial<UpstreamTurn> = {}): Promise<ReplyEvent[]> {
    return this.ask({ kind: 'user', audio: toneOf(seconds) }, extra);
  }

  async ask(question: ContextItem, extra: Partial<UpstreamTurn> = {}): Promise<ReplyEvent[]> {
    const items = [...this.context, question];
    const events = await collect(this.#upstream, { settings: {}, conversation: 'c1', items, ...extra });
    const isSpoken = question.kind === 'user' && question.audio !== undefined;
    const calls = events.filter((event) => event.kind === 'tool-call');
    const text = textOf(events);
    this.context.push(isSpoken ? { ...question, text: transcriptOf(events) } : question);
    if (text !== '') this.context.push({ kind: 'assistant', text });
    this.context.push(...calls);
    return events;
  }
}
