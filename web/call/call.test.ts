import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#kernel/clock';
import { LIMITS } from '#protocol';
import type { CaptureFrame } from '../audio/worklets/capture.messages.ts';
import type { PlaybackCommand, PlaybackEvent } from '../audio/worklets/playback.messages.ts';
import type { LogEntry } from '../conversation/log.ts';
import { Call } from './call.ts';
import type { CallSettings, FromCall } from './call.messages.ts';
import { FakeJournal } from './fakes/fake-journal.ts';
import { FakeLink } from './fakes/fake-link.ts';

const SETTINGS: CallSettings = {
  ...{ isAutomatic: true, voiceThreshold: 0.5, voice: 'ethan' },
  ...{ duplex: 'full', hasCues: false, stopPhrases: [], usesEndOfTurnModel: false },
};
const ports: MessagePort[] = [];
afterEach(() => ports.splice(0).forEach((port) => port.close()));

/** A call with both worklets played by the test: loud frames are voice, and playing takes no time. */
const endOfTurn = {
  load: () => {},
  judge: () => Promise.resolve(undefined),
  onState: () => () => {},
  thresholdFor: () => 0.5,
  dispose: () => {},
};

async function bench(past: LogEntry[] = [], journal = new FakeJournal()) {
  const link = new FakeLink();
  const posted: FromCall[] = [];
  const call = new Call({
    clock: systemClock,
    journal,
    store: { log: () => Promise.resolve(past) },
    link,
    loadVoiceActivity: () =>
      Promise.resolve({
        probability: (frame) => Promise.resolve(Math.abs(frame[0] ?? 0) > 0.01 ? 0.9 : 0.1),
        reset: () => {},
        dispose: () => {},
      }),
    connectEndOfTurn: () => endOfTurn,
    recognise: () => Promise.resolve(undefined),
    post: (message) => posted.push(message),
  });
  const capture = new MessageChannel();
  const playback = new MessageChannel();
  ports.push(capture.port1, capture.port2, playback.port1, playback.port2);
  const commands: PlaybackCommand[] = [];
  playback.port1.onmessage = ({ data }: MessageEvent<PlaybackCommand>) => commands.push(data);
  let sequence = 0;
  const hear = async (frames: number, level: number) => {
    for (let i = 0; i < frames; i++) {
      // Speech falls and swells; what does not is the noise of the room.
      const pcm = new Int16Array(LIMITS.frameSamples).fill(i % 4 === 2 ? level / 7 : level);
      const endContextTime = (sequence + 1) * 0.032;
      const frame: CaptureFrame = {
        type: 'frame',
        sequence: sequence++,
        pcm,
        endContextTime,
        levelDb: -20,
        clipped: 0,
      };
      capture.port1.postMessage(frame, [pcm.buffer]);
    }
    await settled();
  };
  const plays = async (event: PlaybackEvent) => {
    playback.port1.postMessage(event);
    await settled();
  };
  await call.handle({ type: 'audio.attached', capture: capture.port2, playback: playback.port2 });
  await call.handle({ type: 'call.start', conversation: 'c', fence: 1, settings: SETTINGS });
  await call.handle({ type: 'mic.opened' });
  link.is({ phase: 'online', resumed: false });
  await settled();
  const views = () => posted.flatMap((message) => (message.type === 'view' ? [message.view.status] : []));
  return { call, journal, link, posted, commands, hear, plays, views };
}

/** 600 ms of sound from the loudspeaker, while the microphone hears nothing of it. */
async function playsCue(plays: (event: PlaybackEvent) => Promise<void>): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const pcm = Int16Array.from({ length: LIMITS.frameSamples }, (_, at) => 8000 * Math.sin((i * 512 + at) ** 1.1));
    await plays({ type: 'tap', sequence: i, pcm, endContextTime: (i + 1) * 0.032 });
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

describe('a call', () => {
  it('opens microphone and link, and tells the relay how to answer but not how turns are taken', async () => {
    const { link, posted, views } = await bench();
    expect(posted).toContainEqual({ type: 'mic.open' });
    expect(link.opened).toMatchObject({ conversation: 'c', fence: 1, settings: { voice: 'ethan' } });
    expect(link.opened?.settings).not.toHaveProperty('voiceThreshold');
    expect(views().at(-1)).toBe('listening');
  });

  it('carries a turn through: heard, journaled, sent, answered, played, stored, forgotten', async () => {
    const { journal, link, commands, hear, plays, views } = await bench();
    await hear(20, 0);
    await hear(30, 3000);
    await hear(30, 0);
    const [utterance] = [...journal.frames.keys()];
    if (!utterance) throw new Error('no utterance');
    expect(views().at(-1)).toBe('thinking');
    expect(link.calls).toEqual(['open', `begin ${utterance}`, `commit ${utterance} speculatively`]);
    // 500 ms before the first voiced frame, the voice, and 200 ms of silence: nothing after the commit.
    expect(link.frames.get(utterance)?.length).toBe(16 + 30 + 6);

    link.says({ type: 'accepted', utterance, attempt: 1 });
    const started = { kind: 'started', rateHz: 24_000, upstream: 'fake', model: 'fake' } as const;
    link.says({ type: 'part', utterance, attempt: 1, part: started });
    link.says({ type: 'part', utterance, attempt: 1, part: { kind: 'audio-started', afterMs: 10 } });
    link.says({ type: 'audio', utterance, attempt: 1, sample: 0, pcm: new Uint8Array(4_800) });
    link.says({ type: 'final', utterance, attempt: 1, samples: 2_400, timings: { firstAudioMs: 10 } });
    await settled();
    expect(commands.map(({ type }) => type)).toEqual(['start', 'audio', 'end']);
    await plays({ type: 'audible', stream: 1, contextTime: 3, leadMs: 0 });
    await plays({ type: 'drained', stream: 1, playedSamples: 2_400, contextTime: 3.1 });

    expect(views().at(-1)).toBe('listening');
    expect(link.calls).toContain(`played ${utterance}/1 to 2400`);
    // Stored first; only then may the relay forget.
    expect(journal.calls).toContain(`settle ${utterance}/1`);
    expect(link.calls).toContain(`receipt ${utterance}/1`);
    expect(journal.log.map(({ type }) => type)).toEqual([
      'call.started',
      'utterance.started',
      'utterance.committed',
      'utterance.confirmed',
      'reply.started',
      'reply.finished',
      'turn.timed',
      'reply.heard',
    ]);
    expect(link.opened?.history()).toMatchObject([{ utterance }]);
  });

  it('stops the answer when talked over, and remembers exactly what was heard', async () => {
    const { journal, link, commands, hear, plays } = await bench();
    // The cue of the call, of which nothing came back.
    await playsCue(plays);
    await hear(45, 2);
    await hear(30, 3000);
    await hear(30, 0);
    const [utterance] = [...journal.frames.keys()] as [string];
    link.says({ type: 'accepted', utterance, attempt: 1 });
    link.says({ type: 'audio', utterance, attempt: 1, sample: 0, pcm: new Uint8Array(48_000) });
    await settled();
    await hear(1, 3000);
    expect(commands.at(-1)?.type).toBe('duck');
    // As even a sound as a hum: it takes six tenths of a second to be believed.
    await hear(19, 3000);
    expect(commands.at(-1)).toEqual({ type: 'stop', stream: 1, fadeMs: 10 });
    await plays({ type: 'stopped', stream: 1, playedSamples: 12_345, contextTime: 4 });
    expect(link.calls).toContain(`cancel ${utterance}/1 at 12345`);
    expect([...journal.frames.keys()]).toHaveLength(2);
  });

  it('answers what an earlier page load left behind, and asks about what is too old', async () => {
    const frame = new Uint8Array(1024);
    const left = (utterance: string, startedAtMs: number) => ({
      utterance,
      conversation: 'c',
      frames: Array<typeof frame>(60).fill(frame),
      isSealed: false,
      attempt: 2,
      playedSample: 0,
      startedAtMs,
    });
    const journal = new FakeJournal();
    journal.left = [left('old', Date.now() - 3_600_000), left('fresh', Date.now() - 5_000)];
    const { link, views } = await bench([], journal);
    expect(link.calls).toContain('restore fresh/2 60 frames');
    expect(link.calls).toContain('commit fresh');
    expect(link.calls.join()).not.toContain('old');
    expect(views().at(-1)).toBe('thinking');
    expect(journal.log).toContainEqual(expect.objectContaining({ type: 'reply.failed', utterance: 'old' }));
  });

  it('tells when the voice model cannot be loaded, and does not pretend to listen', async () => {
    const posted: FromCall[] = [];
    const call = new Call({
      clock: systemClock,
      journal: new FakeJournal(),
      store: { log: () => Promise.resolve([]) },
      link: new FakeLink(),
      connectEndOfTurn: () => endOfTurn,
      recognise: () => Promise.resolve(undefined),
      loadVoiceActivity: () => Promise.reject(new Error('404')),
      post: (message) => posted.push(message),
    });
    await call.handle({ type: 'call.start', conversation: 'c', fence: 1, settings: SETTINGS });
    await settled();
    const view = posted.findLast((message) => message.type === 'view');
    expect(view).toMatchObject({ view: { status: 'trouble', problem: { kind: 'engine-failed' } } });
  });
});
