import { beforeAll, expect, it } from 'vitest';
import { speak } from '../audio/voice.ts';
import type { ServerItem, ServerResponse } from './testing/server-event.ts';
import { CITY, DEGREES, LAST_ANSWER, LONG_ANSWER, type Talk } from './testing/spoken-conversation.ts';
import type { VoiceClient } from './testing/voice-client.ts';

const ANSWER_FROM_TOOL = `It has ${DEGREES}.`;
const ANSWER_FROM_MEMORY = 'As I said.';

/** What holds of a spoken conversation with a tool and an interruption, whoever's client holds it. */
export function describeConversation<C extends VoiceClient>(hold: () => Promise<Talk<C>>): void {
  let talk: Talk<C>;
  beforeAll(async () => void (talk = await hold()), 90_000);

  it('sends nothing that the client, or the wire, objects to, and ends each response once', () => {
    expect(talk.client.ledger.faults()).toEqual([]);
  });

  it('finds each turn where it was spoken', () => {
    const { ledger } = talk.client;
    const starts = ledger.of('input_audio_buffer.speech_started');
    const stops = ledger.of('input_audio_buffer.speech_stopped');
    const committed = ledger.of('input_audio_buffer.committed');
    expect([starts.length, stops.length, committed.length]).toEqual([4, 4, 4]);
    for (const [i, { onsetMs, offsetMs }] of talk.turns.entries()) {
      expect(starts[i]?.audio_start_ms).toBeGreaterThan(onsetMs - 600);
      expect(starts[i]?.audio_start_ms).toBeLessThan(onsetMs + 400);
      expect(stops[i]?.audio_end_ms).toBeGreaterThan(offsetMs - 300);
      expect(stops[i]?.audio_end_ms).toBeLessThan(offsetMs + 1_000);
      expect([stops[i]?.item_id, committed[i]?.item_id]).toEqual([starts[i]?.item_id, starts[i]?.item_id]);
    }
  });

  it('tells what the user said', () => {
    const { ledger } = talk.client;
    const spoken = ledger.of('input_audio_buffer.committed').map(({ item_id: id }) => id);
    const understood = ledger.of('conversation.item.input_audio_transcription.completed');
    expect(understood.map(({ item_id: id }) => id).sort()).toEqual(spoken.sort());
    for (const { transcript } of understood) expect(transcript).toMatch(/^I spoke for \d\.\d seconds\.$/);
  });

  it('has the tool of the app called, and answers with what it gave', () => {
    expect(talk.calls).toEqual([{ city: CITY }]);
    const [call, answer] = talk.responses;
    expect(call?.status).toBe('completed');
    expect(call?.output.map(({ type }) => type)).toEqual(['function_call']);
    expect(answer?.status).toBe('completed');
    expect(transcriptOf(answer)).toBe(ANSWER_FROM_TOOL);
  });

  it.each([
    [1, ANSWER_FROM_TOOL],
    [2, ANSWER_FROM_MEMORY],
    [4, LAST_ANSWER],
  ])('speaks answer %i, sample for sample as it was made', async (n, words) => {
    const item = messageOf(talk.responses[n]);
    const { samples } = await speak(words);
    const heard = talk.client.ledger.speechOf(item.id);
    expect(heard.length).toBe(samples.length);
    expect(Buffer.compare(Buffer.from(heard.buffer), Buffer.from(samples.buffer))).toBe(0);
    expect(talk.client.ledger.wordsOf(item.id)).toBe(words);
  });

  it('remembers what was said before', () => {
    expect(transcriptOf(talk.responses[2])).toBe(ANSWER_FROM_MEMORY);
  });

  it('stops the answer that is spoken over, at the model too', () => {
    const [, , , spokenOver] = talk.responses;
    expect(spokenOver?.status).toBe('cancelled');
    expect(spokenOver?.status_details).toMatchObject({ type: 'cancelled', reason: 'turn_detected' });
    expect(messageOf(spokenOver).status).toBe('incomplete');
    // A pause within a turn may have been answered in vain, too.
    const outcomes = talk.requests.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'finished')).toHaveLength(4);
    expect(outcomes.slice(-2)).toEqual(['aborted', 'finished']);
  });

  it('keeps of an answer that was spoken over what was heard of it', async () => {
    const { ledger } = talk.client;
    const { samples, rateHz } = await speak(LONG_ANSWER);
    const { item_id: itemId, audio_end_ms: heardMs = NaN } = ledger.of('conversation.item.truncated').at(-1) ?? {};
    expect(itemId).toBe(messageOf(talk.responses[3]).id);
    expect(heardMs).toBeGreaterThan(500);
    expect(heardMs).toBeLessThan((samples.length * 1000) / rateHz);
    const kept = assistantTexts(talk).at(-1) ?? '';
    expect(LONG_ANSWER.startsWith(kept)).toBe(true);
    const heardShare = (heardMs * rateHz) / 1000 / samples.length;
    expect(Math.abs(kept.length / LONG_ANSWER.length - heardShare)).toBeLessThan(0.15);
  });
}

/** What the model was told of its own answers when it was asked for the last one. */
const assistantTexts = <C extends VoiceClient>({ requests }: Talk<C>): string[] =>
  (requests.at(-1)?.body.messages ?? []).flatMap(({ role, content }) =>
    role === 'assistant' && typeof content === 'string' ? [content] : [],
  );

function messageOf(response: ServerResponse | undefined): ServerItem {
  const item = response?.output.find(({ type }) => type === 'message');
  if (!item) throw new Error('nothing was said');
  return item;
}

const transcriptOf = (response: ServerResponse | undefined): string | null | undefined =>
  messageOf(response).content?.[0]?.transcript;
