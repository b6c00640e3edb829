import { describe, expect, it } from 'vitest';
import type { Recogniser, TranscriptEvent } from '../../upstream/speech.ts';
import { LiveStage, settled } from './testing/live-stage.ts';

const recogniserSaying = (...events: TranscriptEvent[]): Recogniser => ({
  name: 'scripted',
  model: 'script-1',
  async *transcribe() {
    for (const event of events) yield await Promise.resolve(event);
  },
  check: () => Promise.resolve({ state: 'up' }),
});
const broken: TranscriptEvent = { kind: 'failed', problem: { kind: 'upstream-died', retry: 'later' } };

async function said(recogniser?: Recogniser, transcription: object | undefined = {}) {
  const stage = new LiveStage(transcription ? { transcription } : {}, recogniser);
  stage.hear(400);
  stage.session.commit();
  stage.session.respond();
  await settled();
  stage.upstream.last.push({ kind: 'transcript', text: 'As the model heard it.' });
  await settled();
  const [item] = stage.session.items;
  const transcript = item?.kind === 'message' && item.content[0]?.kind === 'audio' && item.content[0].transcript;
  return { transcript, told: stage.events.filter(({ kind }) => kind.startsWith('transcript')) };
}

describe('the words of what the user said', () => {
  it('are those of the recogniser where there is one', async () => {
    const { transcript, told } = await said(recogniserSaying({ kind: 'done', text: 'As it was.', language: 'en' }));
    expect(transcript).toBe('As it was.');
    expect(told).toMatchObject([{ kind: 'transcript', text: 'As it was.', language: 'en', durationMs: 400 }]);
  });

  it('are those of the upstream where there is none', async () => {
    const { transcript, told } = await said();
    expect(transcript).toBe('As the model heard it.');
    expect(told).toMatchObject([{ kind: 'transcript', text: 'As the model heard it.' }]);
  });

  it('are kept from the upstream when the recogniser fails, which is told', async () => {
    const { transcript, told } = await said(recogniserSaying(broken));
    expect(transcript).toBe('As the model heard it.');
    expect(told).toMatchObject([{ kind: 'transcript-failed', code: 'upstream-died' }]);
  });

  it('are told to nobody who has not asked for them', async () => {
    const stage = new LiveStage({}, recogniserSaying({ kind: 'done', text: 'As it was.' }));
    stage.hear(400);
    stage.session.commit();
    await settled();
    expect(stage.told()).toEqual(['committed', 'item-added', 'item-done']);
  });
});
