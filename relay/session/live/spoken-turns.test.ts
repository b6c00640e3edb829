import { describe, expect, it } from 'vitest';
import { LiveStage, SERVER_VAD, settled } from './testing/live-stage.ts';
import { speak } from './testing/speak.ts';

const SPOKEN = ['committed', 'item-added', 'item-done'];
const OPENED = ['output-item-added', 'item-added', 'part-added'];
const CLOSED = ['audio-done', 'words-done', 'part-done', 'item-done', 'output-item-done', 'response-done'];

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

  it('is asked for anew when the request made at the pause has failed', async () => {
    const stage = new LiveStage({ turnDetection: SERVER_VAD });
    stage.hear(1_200);
    const { detector } = stage.ears;
    detector.signal({ kind: 'started', startSample: 1_600 });
    detector.signal({ kind: 'paused', endSample: 16_000 });
    await settled();
    stage.upstream.last.fail('upstream-busy');
    await settled();
    detector.signal({ kind: 'stopped', endSample: 16_000 });
    await settled();
    expect(stage.upstream.answers).toHaveLength(2);
  });

  it('is asked for anew when the settings have changed since the pause', async () => {
    const stage = new LiveStage({ turnDetection: SERVER_VAD });
    stage.hear(1_200);
    const { detector } = stage.ears;
    detector.signal({ kind: 'started', startSample: 1_600 });
    detector.signal({ kind: 'paused', endSample: 16_000 });
    await settled();
    stage.session.configure({ ...stage.session.settings, instructions: 'Be brief.' });
    detector.signal({ kind: 'stopped', endSample: 16_000 });
    await settled();
    expect(stage.upstream.last.turn.settings.systemPrompt).toBe('Be brief.');
  });
});

describe('an interruption', () => {
  /** Written to its end when the first second of its sound has come. */
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
    expect(stage.upstream.last.turn.items[1]).toEqual({ kind: 'assistant', text: 'one two' });
  });

  it('is over when the client tells what it has heard of an answer given in full', async () => {
    const stage = new LiveStage({ turnDetection: SERVER_VAD });
    await speak(stage, 500);
    stage.upstream.last.text('one two three four').audio(1_000).end();
    await settled();
    expect(stage.ears.detector.isAnswering).toBe(true);
    const { id } = stage.find('response-done').response.output[0] ?? { id: '' };
    expect(stage.session.truncateItem(id, 1_000)).toBeUndefined();
    stage.clock.advance(0);
    expect(stage.ears.detector.isAnswering).toBe(false);
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
    expect(stage.session.items[1]).toMatchObject({ content: [{ kind: 'audio', transcript: 'one' }] });
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

describe('silence', () => {
  it('is not counted while the next answer is being made, nor when nobody listens any more', async () => {
    const stage = new LiveStage({ turnDetection: { ...SERVER_VAD, idleTimeoutMs: 5_000 } });
    await speak(stage, 500);
    stage.upstream.last.text('Hello.').audio(1_000).end();
    await settled();
    stage.session.respond();
    stage.clock.advance(9_000);
    expect(stage.told()).not.toContain('idle');
    await settled();
    stage.upstream.last.end();
    await settled();
    const { turnDetection: _, ...settings } = stage.session.settings;
    stage.session.configure(settings);
    stage.clock.advance(9_000);
    expect(stage.told()).not.toContain('idle');
  });

  it('is not counted while somebody speaks, nor while the model is being waited for', async () => {
    const stage = new LiveStage({ turnDetection: { ...SERVER_VAD, idleTimeoutMs: 5_000 } });
    await speak(stage, 500);
    stage.upstream.last.text('Hello.').audio(1_000).end();
    await settled();
    stage.clock.advance(500);
    const from = stage.ears.detector.samples;
    stage.ears.detector.signal({ kind: 'started', startSample: from });
    stage.clock.advance(6_000);
    stage.hear(600);
    stage.ears.detector.signal({ kind: 'stopped', endSample: from + 9_600 });
    await settled();
    stage.clock.advance(6_000);
    expect(stage.told()).not.toContain('idle');
  });

  it('begins when an answer is stopped, and the detector is no longer strict', async () => {
    const stage = new LiveStage({ turnDetection: SERVER_VAD });
    await speak(stage, 500);
    stage.upstream.last.text('Hello.').audio(10_000).end();
    await settled();
    expect(stage.ears.detector.isAnswering).toBe(true);
    stage.ears.detector.signal({ kind: 'started', startSample: stage.ears.detector.samples });
    expect(stage.ears.detector.isAnswering).toBe(false);
  });

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
