import { describe, expect, it } from 'vitest';
import { LiveStage, SERVER_VAD, settled } from './testing/live-stage.ts';
import { speak } from './testing/speak.ts';

const SPOKEN = ['committed', 'item-added', 'item-done'];

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
    stage.session.respond();
    const told: string[] = [];
    stage.session.attach({ tell: ({ kind }) => told.push(kind), drained: () => undefined, ended: () => {} });
    expect(stage.hasEnded).toBe(true);
    stage.session.clear();
    expect(told).toEqual(['cleared']);
  });
});

describe('settings', () => {
  it('open, change and close the detector, and a new rate forgets what was buffered', () => {
    const stage = new LiveStage();
    expect(stage.ears.detectors).toEqual([]);
    const { settings } = stage.session;
    stage.session.configure({ ...settings, turnDetection: SERVER_VAD });
    expect(stage.ears.detectors).toEqual([]);
    stage.listen();
    expect(stage.ears.detector.rateHz).toBe(16_000);
    stage.session.configure({ ...settings, turnDetection: { ...SERVER_VAD, silenceDurationMs: 900 } });
    expect(stage.ears.detectors).toHaveLength(1);
    expect(stage.ears.detector.detection).toMatchObject({ silenceDurationMs: 900 });
    stage.hear(200);
    stage.session.configure({ ...settings, inputRateHz: 24_000, turnDetection: SERVER_VAD });
    stage.listen();
    expect(stage.ears.detectors.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    expect(stage.session.commit()?.kind).toBe('buffer-empty');
    stage.session.configure({ ...settings, inputRateHz: 24_000 });
    expect(stage.ears.detector.isClosed).toBe(true);
  });
});

describe('a turn', () => {
  it('that a detector hears of when its sound is gone is told to the model as lost', async () => {
    const stage = new LiveStage({ turnDetection: SERVER_VAD });
    stage.hear(80_000);
    const { detector } = stage.ears;
    detector.signal({ kind: 'started', startSample: 0 });
    detector.signal({ kind: 'paused', endSample: 16_000 });
    detector.signal({ kind: 'stopped', endSample: 16_000 });
    await settled();
    const { startMs } = stage.find('speech-started');
    expect(stage.find('speech-stopped').endMs).toBe(startMs);
    expect(stage.upstream.answers).toHaveLength(1);
    expect(stage.upstream.last.turn.items).toEqual([{ kind: 'user', text: '(spoken message)' }]);
  });
});
