import { describe, expect, it } from 'vitest';
import type { ResponseRequest } from './live-settings.ts';
import { LiveStage, SERVER_VAD, settled } from './testing/live-stage.ts';

const SPOKEN = ['committed', 'item-added', 'item-done'];
const OPENED = ['output-item-added', 'item-added', 'part-added'];
const CLOSED = ['audio-done', 'words-done', 'part-done', 'item-done', 'output-item-done', 'response-done'];
const call = { kind: 'tool-call', callId: 'call_1', name: 'get_time', arguments: '{"zone":"UTC"}' } as const;
const text = (words: string) => ({ kind: 'message', role: 'user', content: [{ kind: 'text', text: words }] }) as const;

/** Says so many milliseconds and falls silent, as the detector tells it. */
async function speak(stage: LiveStage, ms: number): Promise<void> {
  const { detector } = stage.ears;
  const from = detector.samples;
  stage.hear(ms + 600);
  detector.signal({ kind: 'started', startSample: from + 160 });
  detector.signal({ kind: 'stopped', endSample: from + ms * 16 });
  await settled();
}

describe('a spoken turn', () => {
  it('is told in order, from the first word heard to the end of the answer', async () => {
    const stage = new LiveStage({ turnDetection: SERVER_VAD });
    await speak(stage, 1_000);
    expect(stage.told()).toEqual(['speech-started', 'speech-stopped', ...SPOKEN, 'response-created']);
    stage.upstream.last.text('Hello ').audio(100).text('there.').audio(100).end();
    await settled();
    expect(stage.told()).toEqual([...OPENED, 'words', 'audio', 'words', 'audio', ...CLOSED]);
  });

  it('reaches the upstream with the sound before it and nothing behind its end', async () => {
    const stage = new LiveStage({ turnDetection: SERVER_VAD });
    stage.hear(2_000);
    const { detector } = stage.ears;
    detector.signal({ kind: 'started', startSample: 16_000 });
    stage.hear(1_000, 32_000);
    detector.signal({ kind: 'stopped', endSample: 40_000 });
    await settled();
    expect(stage.find('speech-started').startMs).toBe(900);
    expect(stage.find('speech-stopped').endMs).toBe(2_500);
    const [asked] = stage.upstream.last.turn.items;
    const sound = asked?.kind === 'user' && asked.audio ? new Int16Array(asked.audio.slice().buffer) : undefined;
    expect(sound?.length).toBe(40_000 - 14_400);
    expect(sound?.[0]).toBe(14_400);
    expect(sound?.at(-1)).toBe(39_999 % 30_000);
  });

  it('goes to the upstream at the first pause, and is answered by that when nothing more is said', async () => {
    const stage = new LiveStage({ turnDetection: SERVER_VAD });
    stage.hear(1_200);
    const { detector } = stage.ears;
    detector.signal({ kind: 'started', startSample: 1_600 });
    detector.signal({ kind: 'paused', endSample: 16_000 });
    await settled();
    stage.upstream.last.text('Yes').audio(40);
    await settled();
    expect(stage.told()).toEqual(['speech-started']);
    stage.hear(400);
    detector.signal({ kind: 'stopped', endSample: 16_000 });
    await settled();
    expect(stage.upstream.answers).toHaveLength(1);
    expect(stage.told().slice(-4)).toEqual([...OPENED.slice(1), 'words', 'audio']);
  });

  it('is asked for anew when the speaker goes on, at most three times before it is over', async () => {
    const stage = new LiveStage({ turnDetection: SERVER_VAD });
    const { detector } = stage.ears;
    detector.signal({ kind: 'started', startSample: 0 });
    for (let i = 1; i <= 5; i++) {
      stage.hear(400);
      detector.signal({ kind: 'paused', endSample: i * 6_400 });
      await settled();
      detector.signal({ kind: 'resumed' });
    }
    expect(stage.upstream.answers).toHaveLength(3);
    expect(stage.upstream.answers.every(({ signal }) => signal.aborted)).toBe(true);
    detector.signal({ kind: 'stopped', endSample: 32_000 });
    await settled();
    expect(stage.upstream.answers).toHaveLength(4);
    expect(stage.upstream.last.turn.items).toHaveLength(1);
  });

  it('is not answered by itself when the client wants to ask', async () => {
    const stage = new LiveStage({ turnDetection: { ...SERVER_VAD, createResponse: false } });
    await speak(stage, 500);
    expect(stage.told()).toEqual(['speech-started', 'speech-stopped', ...SPOKEN]);
    expect(stage.upstream.answers).toEqual([]);
    expect(stage.session.respond()).toBeUndefined();
  });
});

describe('an interruption', () => {
  async function interrupted(heardMs: number) {
    const stage = new LiveStage({ turnDetection: SERVER_VAD });
    await speak(stage, 500);
    stage.upstream.last.text('one two three four five six seven eight nine ten').audio(1_000);
    await settled();
    stage.told();
    stage.clock.advance(heardMs);
    expect(stage.ears.detector.isAnswering).toBe(true);
    await speak(stage, 600);
    return stage;
  }

  it('ends the answer at once, as cancelled by a turn, and the request with it', async () => {
    const stage = await interrupted(500);
    expect(stage.upstream.answers[0]?.signal.aborted).toBe(true);
    const done = stage.events.find((event) => event.kind === 'response-done');
    expect(done?.response).toMatchObject({ status: 'cancelled', reason: 'turn-detected' });
    expect(stage.told().slice(0, 7)).toEqual(['speech-started', ...CLOSED]);
  });

  it('leaves in the history what was heard', async () => {
    const stage = await interrupted(500);
    expect(stage.upstream.last.turn.items[1]).toEqual({ kind: 'assistant', text: 'one two three four five' });
  });

  it('cuts also an answer that was given in full but not yet heard in full', async () => {
    const stage = new LiveStage({ turnDetection: SERVER_VAD });
    await speak(stage, 500);
    stage.upstream.last.text('one two three four').audio(1_000).end();
    await settled();
    stage.clock.advance(500);
    await speak(stage, 500);
    expect(stage.upstream.last.turn.items[1]).toEqual({ kind: 'assistant', text: 'one two' });
  });

  it('is believed when the client tells how much it has played', async () => {
    const stage = await interrupted(800);
    const answer = stage.session.items[1]!;
    expect(stage.session.truncateItem(answer.id, 300)).toBeUndefined();
    expect(stage.find('item-truncated')).toMatchObject({ itemId: answer.id, audioEndMs: 300 });
    expect(stage.session.items[1]).toMatchObject({ content: [{ kind: 'audio', transcript: 'one two three' }] });
    expect(stage.session.truncateItem(answer.id, 1_200)?.kind).toBe('beyond-audio');
    expect(stage.session.truncateItem(stage.session.items[0]!.id, 10)?.kind).toBe('not-spoken');
    expect(stage.session.truncateItem('item_x', 10)?.kind).toBe('item-unknown');
  });

  it('does not stop an answer that the client wants finished, and is answered behind it', async () => {
    const stage = new LiveStage({ turnDetection: { ...SERVER_VAD, interruptResponse: false } });
    await speak(stage, 500);
    const first = stage.upstream.last;
    first.text('Well,').audio(200);
    await settled();
    await speak(stage, 500);
    expect(first.signal.aborted).toBe(false);
    expect(stage.upstream.answers).toHaveLength(1);
    first.end();
    await settled();
    expect(stage.upstream.answers).toHaveLength(2);
  });
});

describe('pushing to talk', () => {
  it('commits what was appended and answers when asked', async () => {
    const stage = new LiveStage();
    expect(stage.session.commit()?.kind).toBe('buffer-empty');
    stage.hear(400);
    expect(stage.session.commit()).toBeUndefined();
    expect(stage.told()).toEqual(SPOKEN);
    expect(stage.session.commit()?.kind).toBe('buffer-empty');
    expect(stage.session.respond()).toBeUndefined();
    expect(stage.session.respond()?.kind).toBe('response-active');
    await settled();
    expect(stage.upstream.last.turn.items[0]).toMatchObject({ kind: 'user', audio: { length: 12_800 } });
  });

  it('forgets what is cleared', async () => {
    const stage = new LiveStage();
    stage.hear(400);
    stage.session.clear();
    expect(stage.told()).toEqual(['cleared']);
    expect(stage.session.commit()?.kind).toBe('buffer-empty');
  });

  it('is told when the buffer is full', () => {
    const stage = new LiveStage();
    const minute = new Uint8Array(16_000 * 2 * 60);
    for (let i = 0; i < 5; i++) expect(stage.session.append(minute)).toBeUndefined();
    expect(stage.session.append(minute)?.kind).toBe('buffer-full');
  });

  it('cuts a turn of the detector that nobody ends', () => {
    const stage = new LiveStage({ turnDetection: SERVER_VAD });
    stage.hear(100);
    stage.ears.detector.signal({ kind: 'started', startSample: 0 });
    const minute = new Uint8Array(16_000 * 2 * 60);
    for (let i = 0; i < 6; i++) expect(stage.session.append(minute)).toBeUndefined();
    expect(stage.told().slice(0, 3)).toEqual(['speech-started', 'speech-stopped', 'committed']);
  });
});

describe('a tool', () => {
  it('is called, and its word is waited for until the response is done', async () => {
    const stage = new LiveStage({ tools: [{ name: 'get_time' }] });
    stage.session.addItem(text('What time is it?'));
    stage.session.respond();
    await settled();
    expect(stage.upstream.last.turn.tools).toEqual([{ name: 'get_time' }]);
    stage.upstream.last.push(call);
    await settled();
    expect(stage.told().slice(3)).toEqual([
      ...['output-item-added', 'item-added', 'arguments', 'arguments-done', 'item-done', 'output-item-done'],
    ]);
    // Some clients answer before the response is done.
    expect(stage.session.addItem({ kind: 'tool-result', callId: 'call_1', output: 'noon' }).ok).toBe(true);
    expect(stage.session.respond()).toBeUndefined();
    expect(stage.upstream.answers).toHaveLength(1);
    stage.upstream.last.end();
    await settled();
    expect(stage.upstream.last.turn.items).toEqual([
      { kind: 'user', text: 'What time is it?' },
      call,
      { kind: 'tool-result', callId: 'call_1', output: 'noon' },
    ]);
  });

  it('that was never called cannot answer', () => {
    const stage = new LiveStage();
    const early = stage.session.addItem({ kind: 'tool-result', callId: 'call_9', output: '' });
    expect(early.ok ? '' : early.problem.kind).toBe('call-unknown');
  });
});

describe('items', () => {
  it('are put where the client wants them, and told so', () => {
    const { session, ...stage } = new LiveStage();
    expect(session.addItem({ id: 'b', ...text('B') }).ok).toBe(true);
    session.addItem({ id: 'a', ...text('A') }, 'root');
    session.addItem({ id: 'ab', ...text('AB') }, 'a');
    expect(session.items.map(({ id }) => id)).toEqual(['a', 'ab', 'b']);
    expect(stage.events.map((event) => 'previousItemId' in event && event.previousItemId)).toEqual([
      ...[null, null, null, null, 'a', 'a'],
    ]);
    for (const [made, after] of [[{ id: 'a', ...text('') }], [text(''), 'nowhere']] as const) {
      expect(session.addItem(made, after).ok).toBe(false);
    }
    expect(session.deleteItem('ab')).toBeUndefined();
    expect(session.deleteItem('ab')?.kind).toBe('item-unknown');
  });

  it('of a client can be spoken too', async () => {
    const stage = new LiveStage();
    const pcm = new Uint8Array(3_200);
    stage.session.addItem({ kind: 'message', role: 'user', content: [{ kind: 'audio', pcm, transcript: 'Hi.' }] });
    stage.session.respond();
    await settled();
    expect(stage.upstream.last.turn.items).toEqual([{ kind: 'user', audio: pcm, text: 'Hi.' }]);
  });
});

describe('a response', () => {
  it('is done once when the upstream fails, and the next one works', async () => {
    const stage = new LiveStage();
    stage.session.addItem(text('Hello?'));
    stage.session.respond();
    await settled();
    stage.upstream.last.text('Well').fail('upstream-died');
    await settled();
    const done = stage.find('response-done').response;
    expect(done).toMatchObject({ status: 'failed', problem: { kind: 'upstream-died' } });
    expect(done.output[0]).toMatchObject({ status: 'incomplete', content: [{ transcript: 'Well' }] });
    expect(stage.session.respond()).toBeUndefined();
  });

  it('is done when the upstream throws', async () => {
    const stage = new LiveStage();
    stage.upstream.onRequest = () => {
      throw new Error('a bug');
    };
    stage.session.respond();
    await settled();
    expect(stage.find('response-done').response).toMatchObject({ status: 'failed' });
  });

  it('out of band runs beside the conversation and leaves nothing in it', async () => {
    const stage = new LiveStage();
    stage.session.addItem({ id: 'a', ...text('A') });
    stage.session.respond();
    stage.told();
    const request: ResponseRequest = {
      ...{ isOutOfBand: true, instructions: 'Sum up.', metadata: { topic: 'sum' } },
      output: 'text',
      input: [{ reference: 'a' }, { item: text('B') }],
    };
    expect(stage.session.respond(request)).toBeUndefined();
    await settled();
    const { turn } = stage.upstream.last;
    expect(turn).toMatchObject({ isSilent: true, items: [{ text: 'A' }, { text: 'B' }] });
    expect(turn.settings.systemPrompt).toBe('Sum up.');
    stage.upstream.last.text('A and B').end();
    await settled();
    expect(stage.told()).toEqual([
      ...['response-created', 'output-item-added', 'part-added', 'words', 'words-done', 'part-done'],
      ...['output-item-done', 'response-done'],
    ]);
    expect(stage.session.items).toHaveLength(1);
    const wrong = { isOutOfBand: true, input: [{ reference: 'x' }] };
    expect(stage.session.respond(wrong)?.kind).toBe('item-unknown');
    for (let i = 0; i < 4; i++) stage.session.respond({ isOutOfBand: true });
    expect(stage.session.respond({ isOutOfBand: true })?.kind).toBe('too-many-responses');
  });

  it('is cancelled by its id or without, and not when there is none', async () => {
    const stage = new LiveStage();
    expect(stage.session.cancel()?.kind).toBe('no-response');
    stage.session.respond();
    expect(stage.session.cancel('resp_x')?.kind).toBe('no-response');
    expect(stage.session.cancel(stage.find('response-created').response.id)).toBeUndefined();
    expect(stage.find('response-done').response).toMatchObject({ status: 'cancelled', reason: 'client-cancelled' });
  });

  it('begins the conversation when nobody has said anything', async () => {
    const stage = new LiveStage();
    stage.session.respond({ instructions: 'Greet.' });
    await settled();
    expect(stage.upstream.last.turn.items).toHaveLength(1);
    expect(stage.upstream.last.turn.items[0]).toMatchObject({ kind: 'user' });
  });

  it('is not read ahead of a client that does not keep up', async () => {
    const stage = new LiveStage();
    let goOn = () => {};
    stage.full = new Promise((resolve) => (goOn = resolve));
    stage.session.respond();
    await settled();
    stage.upstream.last.audio(100).audio(100);
    await settled();
    expect(stage.told().filter((kind) => kind === 'audio')).toHaveLength(1);
    goOn();
    await settled();
    expect(stage.told()).toEqual(['audio']);
  });
});

describe('silence', () => {
  it('after an answer lets the model go on when the idle time is over', async () => {
    const stage = new LiveStage({ turnDetection: { ...SERVER_VAD, idleTimeoutMs: 5_000 } });
    await speak(stage, 500);
    stage.upstream.last.text('Hello.').audio(2_000).end();
    await settled();
    stage.told();
    stage.clock.advance(6_900);
    expect(stage.told()).toEqual([]);
    stage.clock.advance(200);
    await settled();
    expect(stage.told()).toEqual(['idle', ...SPOKEN, 'response-created']);
    expect(stage.upstream.last.turn.items.at(-1)).toEqual({
      ...{ kind: 'user', text: '(The user has said nothing for 5 seconds.)' },
    });
  });
});

describe('a connection', () => {
  it('that is lost ends the answer with what was heard, and the next one finds the conversation', async () => {
    const stage = new LiveStage({ turnDetection: SERVER_VAD });
    await speak(stage, 500);
    stage.upstream.last.text('one two three four').audio(1_000);
    await settled();
    stage.clock.advance(500);
    stage.session.detach(stage);
    expect(stage.upstream.last.signal.aborted).toBe(true);
    expect(stage.ears.detector.isClosed).toBe(true);
    stage.told();
    stage.session.attach(stage);
    expect(stage.session.items).toMatchObject([{ role: 'user' }, { content: [{ transcript: 'one two' }] }]);
    await speak(stage, 500);
    expect(stage.told()[0]).toBe('speech-started');
  });

  it('that takes over ends the one before', () => {
    const stage = new LiveStage();
    stage.session.attach({ tell: () => {}, drained: () => undefined, ended: () => {} });
    expect(stage.hasEnded).toBe(true);
  });
});

describe('settings', () => {
  it('open, change and close the detector, and a new rate forgets what was buffered', () => {
    const stage = new LiveStage();
    expect(stage.ears.detectors).toEqual([]);
    const { settings } = stage.session;
    stage.session.configure({ ...settings, turnDetection: SERVER_VAD });
    expect(stage.ears.detector.rateHz).toBe(16_000);
    stage.session.configure({ ...settings, turnDetection: { ...SERVER_VAD, silenceDurationMs: 900 } });
    expect(stage.ears.detectors).toHaveLength(1);
    expect(stage.ears.detector.detection).toMatchObject({ silenceDurationMs: 900 });
    stage.hear(200);
    stage.session.configure({ ...settings, inputRateHz: 24_000, turnDetection: SERVER_VAD });
    expect(stage.ears.detectors.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    expect(stage.session.commit()?.kind).toBe('buffer-empty');
    stage.session.configure({ ...settings, inputRateHz: 24_000 });
    expect(stage.ears.detector.isClosed).toBe(true);
  });
});
