import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLOSE, LIMITS, type AudioFrame, type OpenUtterance } from '#protocol';
import { Speaker } from '../../session/testing/speaker.ts';
import { Caller } from './testing/caller.ts';
import { startRelay, type TestRelay } from './testing/relay.ts';

let relay: TestRelay;
const speaker = new Speaker('u1', 1, 20);
const samplesOf = (frames: AudioFrame[]) =>
  frames.flatMap(({ pcm }) => [...new Int16Array(Uint8Array.from(pcm).buffer)]);
const ramp = (length: number) => Array.from({ length }, (_, i) => i);
const back = (received: number, attempt = 1): { open: OpenUtterance[] } => ({
  open: [{ utterance: 'u1', attempt, received }],
});
/** Events of the answer, text and audio, that have reached the caller. */
const eventsOf = (caller: Caller) => caller.all('reply').length + caller.frames.length;

beforeEach(async () => {
  relay = await startRelay();
  relay.upstream.onRequest = undefined;
});
afterEach(() => relay.stop());

async function untilAsked(count = 1): Promise<void> {
  for (let i = 0; relay.upstream.answers.length < count; i++) {
    if (i > 500) throw new Error('the upstream was not asked');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Everything of the answer, in one piece, after the second connection took over from event `received`. */
function expectWhole(first: Caller, second: Caller, received: number): void {
  const order = [...second.all('reply').map(({ n }) => n), ...second.frames.map(({ sequence }) => sequence)].sort(
    (a, b) => a - b,
  );
  const final = second.all('final')[0];
  expect(order).toEqual(Array.from({ length: (final?.count ?? 0) - received }, (_, i) => received + i));
  const before = first.frames.filter(({ sequence }) => sequence < received);
  expect(samplesOf([...before, ...second.frames])).toEqual(ramp(final?.samples ?? -1));
  expect(relay.upstream.answers).toHaveLength(1);
}

describe('a socket that is cut', { timeout: 30_000 }, () => {
  it('before the commit: only the missing frames are sent again', async () => {
    const first = await Caller.connect(relay.url);
    first.send(speaker.begin());
    for (let n = 0; n < 12; n++) first.sendFrame(speaker.frame(n));
    first.send({ type: 'ping', t: 1 });
    await first.next('pong');
    first.cut();
    const second = await Caller.connect(relay.url, back(0, 0));
    expect(second.all('welcome')[0]?.turns).toEqual({ u1: { state: 'assembling', frames: 12, attempt: 0 } });
    second.send(speaker.begin());
    for (let n = 12; n < 20; n++) second.sendFrame(speaker.frame(n));
    second.send(speaker.commit());
    await untilAsked();
    expect(Buffer.from(relay.upstream.last.spoken).equals(speaker.pcm)).toBe(true);
    second.cut();
  });

  it('after the commit was accepted: the answer is not asked for twice', async () => {
    const first = await Caller.connect(relay.url);
    first.say(speaker);
    await first.next('accepted');
    first.cut();
    const second = await Caller.connect(relay.url, back(0, 0));
    expect(second.all('welcome')[0]?.turns).toEqual({ u1: { state: 'running', frames: 20, attempt: 1 } });
    // What a client does that never saw the `accepted`: everything once more.
    second.say(speaker);
    expect(await second.next('accepted')).toMatchObject({ attempt: 1 });
    relay.upstream.last.text('Noon.').audio(500).end();
    await second.next('final');
    expectWhole(first, second, 0);
    second.cut();
  });

  it('in the middle of the answer: it goes on with the event the client asks for', async () => {
    const first = await Caller.connect(relay.url);
    first.say(speaker);
    await untilAsked();
    relay.upstream.last.text('Noon').audio(300);
    await first.until(() => eventsOf(first) === 6);
    first.cut();
    relay.upstream.last.text(', I think.').audio(200, 7_200).end();
    const second = await Caller.connect(relay.url, back(3));
    second.send({ ...speaker.begin(), handle: 9 });
    await second.next('final');
    expectWhole(first, second, 3);
    expect(second.frames.every(({ handle }) => handle === 9)).toBe(true);
    second.cut();
  });

  it('after the final, before the receipt: the final comes again', async () => {
    const first = await Caller.connect(relay.url);
    first.say(speaker);
    await untilAsked();
    relay.upstream.last.text('Noon.').end();
    await first.next('final');
    first.cut();
    const second = await Caller.connect(relay.url, back(2));
    second.send(speaker.begin());
    expect(await second.next('final')).toEqual(first.all('final')[0]);
    second.send({ type: 'receipt', utterance: 'u1', attempt: 1 });
    const third = await Caller.connect(relay.url, { fence: 1 });
    expect(third.all('welcome')[0]?.turns).toEqual({});
    third.cut();
  });

  it('20 times in one answer, at every event: nothing is lost or repeated', async () => {
    let caller = await Caller.connect(relay.url);
    caller.say(speaker);
    await untilAsked();
    const answer = relay.upstream.last;
    const heard: AudioFrame[] = [];
    let received = 0;
    const received1 = () => received + eventsOf(caller);
    for (let round = 0; round < 20; round++) {
      answer.audio(100, round * 2_400);
      // `started` and `audio-started` come before the first frame.
      await caller.until(() => received1() === round + 3);
      received = received1();
      heard.push(...caller.frames);
      caller.cut();
      caller = await Caller.connect(relay.url, back(received));
      caller.send(speaker.begin());
    }
    answer.end();
    expect(await caller.next('final')).toMatchObject({ count: 22, samples: 48_000 });
    expect(samplesOf(heard)).toEqual(ramp(48_000).map((n) => (n << 16) >> 16));
    caller.cut();
  });

  it('while a relay that remembers nothing took its place: everything is sent again as the next attempt', async () => {
    const first = await Caller.connect(relay.url);
    first.say(speaker);
    await first.next('accepted');
    const { epoch } = await first.next('welcome');
    await relay.stop();
    relay = await startRelay();
    const second = await Caller.connect(relay.url, back(1));
    expect(second.all('welcome')[0]).toMatchObject({ resumed: false, turns: {} });
    expect(second.all('welcome')[0]?.epoch).not.toBe(epoch);
    second.say(speaker, 1);
    expect(await second.next('accepted')).toMatchObject({ attempt: 2 });
    expect(await second.next('final')).toMatchObject({ attempt: 2 });
    second.cut();
  });
});

describe('credit over the wire', { timeout: 30_000 }, () => {
  it('never lets the relay run more than four seconds ahead of the ear', async () => {
    const caller = await Caller.connect(relay.url);
    caller.say(speaker);
    await untilAsked();
    relay.upstream.last.audio(12_000).end();
    const sent = () => caller.frames.reduce((sum, { pcm }) => sum + pcm.length / 2, 0);
    for (let sample = 0; sample < 192_000; sample += 24_000) {
      caller.send({ type: 'played', utterance: 'u1', attempt: 1, sample });
      caller.send({ type: 'ping', t: sample });
      await caller.until(() => caller.all('pong').at(-1)?.t === sample);
      expect(sent()).toBe(sample + LIMITS.creditMs * 24);
    }
    caller.send({ type: 'played', utterance: 'u1', attempt: 1, sample: 192_000 });
    expect(await caller.next('final')).toMatchObject({ samples: 288_000 });
    caller.cut();
  });
});

describe('ending a session', { timeout: 30_000 }, () => {
  it('closes its socket, stops its answer and forgets the conversation', async () => {
    const response = await fetch(`${relay.url}/session`, { method: 'POST' });
    const { id, ticket } = (await response.json()) as { id: string; ticket: string };
    const caller = new Caller(relay.url);
    await caller.greet({ ticket });
    expect(await caller.next('welcome')).toMatchObject({ session: id });
    caller.say(speaker);
    await untilAsked();
    const ended = await fetch(`${relay.url}/session/${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${ticket}` },
    });
    expect(ended.status).toBe(204);
    expect(await caller.closeCode()).toBe(CLOSE.goaway);
    expect(relay.upstream.last.signal.aborted).toBe(true);
    expect(relay.app.registry.size).toBe(0);
  });
});
