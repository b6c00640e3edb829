import { describe, expect, it } from 'vitest';
import { ScriptedRecogniser } from '../../speech/testing/scripted-recogniser.ts';
import type { Flavour } from './names.ts';
import { Rehearsal, settled, type Json } from './testing/rehearsal.ts';

const FLAVOURS: Flavour[] = ['ga', 'beta'];
const MESSAGE: Json = {
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What time is it?' }] },
};
const RESPOND: Json = { type: 'response.create' };
const WEATHER: Json = { type: 'function', name: 'weather', description: 'At a place.', parameters: { type: 'object' } };

/** The same wish in both shapes. */
const update = (flavour: Flavour, ga: Json, beta: Json): Json => ({
  type: 'session.update',
  session: flavour === 'ga' ? { type: 'realtime', ...ga } : beta,
});
const pushToTalk = (flavour: Flavour) =>
  update(flavour, { audio: { input: { turn_detection: null } } }, { turn_detection: null });

/** Every journey, from the first event on; the file holds each word of it. */
const JOURNEYS: Record<string, (flavour: Flavour) => Promise<Rehearsal>> = {
  async 'text-turn'(flavour) {
    const rehearsal = new Rehearsal({ flavour });
    rehearsal.say(update(flavour, { output_modalities: ['text'] }, { modalities: ['text'] }));
    await rehearsal.sayAnd(MESSAGE, RESPOND);
    rehearsal.upstream.last
      .text('Noon')
      .text('.')
      .push({ kind: 'usage', usage: { inputTokens: 9, outputTokens: 2 } });
    rehearsal.upstream.last.end();
    await settled();
    return rehearsal;
  },

  async 'spoken-turn'(flavour) {
    const recogniser = new ScriptedRecogniser(() => [{ kind: 'done', text: 'What time is it?', language: 'en' }]);
    const rehearsal = new Rehearsal({ flavour, recogniser });
    const transcription = { model: 'gpt-4o-mini-transcribe', language: 'en' };
    rehearsal.say(
      update(flavour, { audio: { input: { transcription } } }, { input_audio_transcription: transcription }),
    );
    await rehearsal.speak(24);
    rehearsal.upstream.last.text('It is').audio(1).text(' noon.').audio(1, 24).end();
    await settled();
    return rehearsal;
  },

  async 'push-to-talk'(flavour) {
    const rehearsal = new Rehearsal({ flavour });
    rehearsal.say(pushToTalk(flavour));
    rehearsal.append(4);
    rehearsal.say({ type: 'input_audio_buffer.clear' });
    rehearsal.append(4);
    await rehearsal.sayAnd({ type: 'input_audio_buffer.commit' }, RESPOND);
    rehearsal.upstream.last.text('Noon.').audio(1).end();
    await settled();
    return rehearsal;
  },

  async tools(flavour) {
    const rehearsal = new Rehearsal({ flavour });
    rehearsal.say(update(flavour, { tools: [WEATHER] }, { modalities: ['audio', 'text'], tools: [WEATHER] }));
    await rehearsal.sayAnd(MESSAGE, RESPOND);
    const call = {
      kind: 'tool-call',
      callId: 'call_weather_oslo_1',
      name: 'weather',
      arguments: '{"place":"Oslo"}',
    } as const;
    rehearsal.upstream.last.text('Let me look.').push(call);
    await settled();
    // Before the response is done, as clients do that answer at once.
    const output = { type: 'function_call_output', call_id: call.callId, output: '{"celsius":7}' };
    await rehearsal.sayAnd({ type: 'conversation.item.create', item: output }, RESPOND);
    rehearsal.upstream.last.end();
    await settled();
    rehearsal.upstream.last.text('Seven degrees.').audio(1).end();
    await settled();
    return rehearsal;
  },

  async 'barge-in'(flavour) {
    const rehearsal = new Rehearsal({ flavour });
    rehearsal.say(update(flavour, {}, { modalities: ['audio', 'text'] }));
    await rehearsal.sayAnd(MESSAGE, RESPOND);
    rehearsal.upstream.last.text('Once upon a time').audio(1);
    await settled();
    await rehearsal.speak(24);
    const answer = rehearsal.live.items.find((item) => item.kind === 'message' && item.role === 'assistant')?.id;
    await rehearsal.sayAnd(
      { type: 'conversation.item.truncate', item_id: answer, content_index: 0, audio_end_ms: 1 },
      { type: 'conversation.item.retrieve', item_id: answer },
    );
    rehearsal.upstream.last.text('Yes?').audio(1).end();
    await settled();
    return rehearsal;
  },

  async 'out-of-band'(flavour) {
    const rehearsal = new Rehearsal({ flavour });
    rehearsal.say(update(flavour, {}, { modalities: ['audio', 'text'] }));
    await rehearsal.sayAnd({ ...MESSAGE, item: { ...(MESSAGE['item'] as Json), id: 'item_of_the_client' } });
    const output = flavour === 'ga' ? { output_modalities: ['text'] } : { modalities: ['text'] };
    const response = {
      ...{ conversation: 'none', instructions: 'Say what this is about.', metadata: { topic: 'sorting' } },
      input: [{ type: 'item_reference', id: 'item_of_the_client' }],
      ...output,
    };
    await rehearsal.sayAnd({ ...RESPOND, response });
    rehearsal.upstream.last.text('The time.').end();
    await settled();
    return rehearsal;
  },

  async failure(flavour) {
    const rehearsal = new Rehearsal({ flavour });
    rehearsal.say(update(flavour, {}, { modalities: ['audio', 'text'] }));
    await rehearsal.sayAnd(MESSAGE, RESPOND);
    rehearsal.upstream.last.text('It').audio(1).fail('upstream-died').end();
    await settled();
    await rehearsal.sayAnd(RESPOND);
    rehearsal.upstream.last.fail('upstream-busy').end();
    await settled();
    return rehearsal;
  },

  async 'idle-timeout'(flavour) {
    const rehearsal = new Rehearsal({ flavour });
    const detection = { type: 'server_vad', idle_timeout_ms: 6_000 };
    rehearsal.say(update(flavour, { audio: { input: { turn_detection: detection } } }, { turn_detection: detection }));
    rehearsal.append(48);
    await rehearsal.sayAnd(MESSAGE, RESPOND);
    rehearsal.upstream.last.text('Noon.').audio(1).end();
    await settled();
    rehearsal.append(96);
    rehearsal.clock.advance(6_001);
    await settled();
    rehearsal.upstream.last.text('Still there?').end();
    await settled();
    return rehearsal;
  },

  async transcription(flavour) {
    const recogniser = new ScriptedRecogniser((_, nth) =>
      nth === 1
        ? [{ kind: 'done', text: 'Hello.' }]
        : [{ kind: 'failed', problem: { kind: 'upstream-unreachable', retry: 'later' } }],
    );
    const rehearsal = new Rehearsal({ flavour, recogniser, type: 'transcription' });
    rehearsal.say(
      flavour === 'ga'
        ? {
            type: 'session.update',
            session: { type: 'transcription', audio: { input: { format: { type: 'audio/pcmu' } } } },
          }
        : { type: 'transcription_session.update', session: { input_audio_format: 'g711_ulaw' } },
    );
    await rehearsal.speak(8);
    await rehearsal.speak(8);
    await rehearsal.sayAnd({ ...RESPOND, event_id: 'by_mistake' });
    return rehearsal;
  },
};

describe.each(FLAVOURS)('the journeys of a client of %s', (flavour) => {
  it.each(Object.entries(JOURNEYS))('%s', async (name, journey) => {
    const rehearsal = await journey(flavour);
    await expect(rehearsal.transcript()).toMatchFileSnapshot(`fixtures/${flavour}/${name}.txt`);
  });
});
