import { describe, expect, it } from 'vitest';
import { Rehearsal, type Json } from './testing/rehearsal.ts';

const ASR = { model: 'qwen3-asr-flash-realtime' };
const COMMIT: Json = { type: 'input_audio_buffer.commit' };
/** As the Python SDK writes it. */
const RESPOND: Json = { type: 'response.create', response: { instructions: null } };
const FINISH: Json = { type: 'session.finish' };
const MANUAL: Json = { type: 'session.update', session: { turn_detection: null } };
const WEATHER: Json = {
  type: 'function',
  function: { name: 'weather', description: 'At a place.', parameters: { type: 'object' } },
};
const toolOutput = (callId: string): Json => ({
  type: 'conversation.item.create',
  item: { id: `answer_${callId}`, type: 'function_call_output', call_id: callId, output: '{"sky":"clear"}' },
});

/** Every journey, from the first event on; the file holds each word of it. */
const JOURNEYS: Record<string, () => Promise<Rehearsal>> = {
  async 'omni-vad-turn'() {
    const rehearsal = new Rehearsal();
    await rehearsal.say({
      type: 'session.update',
      session: {
        ...{ modalities: ['text', 'audio'], voice: 'ada', instructions: 'Be brief.' },
        ...{ input_audio_format: 'pcm16', output_audio_format: 'pcm16' },
        input_audio_transcription: { model: 'gummy-realtime-v1' },
        turn_detection: { type: 'server_vad', threshold: 0.2, prefix_padding_ms: 300, silence_duration_ms: 600 },
      },
    });
    await rehearsal.speak(2_000);
    await rehearsal.hear(400, 1_600);
    const answer = rehearsal.upstream.last;
    answer.text('It is').audio(1).text(' noon.').audio(1, 24);
    answer.push({ kind: 'usage', usage: { inputTokens: 30, outputTokens: 12 } }).end();
    await rehearsal.wait(300);
    return rehearsal;
  },

  async 'omni-manual-turn'() {
    const rehearsal = new Rehearsal();
    await rehearsal.say(MANUAL);
    await rehearsal.speak(100);
    await rehearsal.say({ type: 'input_audio_buffer.clear' });
    await rehearsal.speak(500);
    await rehearsal.say(COMMIT);
    await rehearsal.say(RESPOND);
    rehearsal.upstream.last.text('Noon.').audio(1).end();
    await rehearsal.wait(300);
    return rehearsal;
  },

  async 'omni-text-turn'() {
    const rehearsal = new Rehearsal();
    await rehearsal.say({ type: 'session.update', session: { modalities: ['text'], turn_detection: null } });
    await rehearsal.speak(500);
    await rehearsal.say(COMMIT);
    await rehearsal.say({ type: 'response.create' });
    rehearsal.upstream.last.text('Noon').text('.').end();
    await rehearsal.wait(300);
    return rehearsal;
  },

  async 'omni-barge-in'() {
    const rehearsal = new Rehearsal({ hasRecogniser: false });
    await rehearsal.speak(1_000);
    await rehearsal.hear(100, 900);
    rehearsal.upstream.last.text('Once upon a time').audio(1);
    await rehearsal.wait(0);
    const interrupted = rehearsal.upstream.last;
    await rehearsal.speak(1_000);
    await rehearsal.hear(1_200, 1_900);
    expect(interrupted.signal.aborted).toBe(true);
    rehearsal.upstream.last.text('Yes?').audio(1).end();
    await rehearsal.wait(0);
    return rehearsal;
  },

  async 'omni-tools'() {
    const rehearsal = new Rehearsal({ hasRecogniser: false });
    await rehearsal.say({ type: 'session.update', session: { turn_detection: null, tools: [WEATHER] } });
    await rehearsal.speak(500);
    await rehearsal.say(COMMIT);
    await rehearsal.say(RESPOND);
    const call = rehearsal.upstream.last;
    call.push({ kind: 'tool-call', callId: 'call_weather_london', name: 'weather', arguments: '{"place":"London"}' });
    await rehearsal.wait(0);
    // As DashScope's own sample: as soon as the arguments are there, before the response is done.
    await rehearsal.say(toolOutput('call_weather_london'));
    await rehearsal.say({ type: 'response.create', response: { instructions: null, modalities: ['audio', 'text'] } });
    call.end();
    await rehearsal.wait(0);
    rehearsal.upstream.last.text('The sky is clear.').audio(1).end();
    await rehearsal.wait(0);
    return rehearsal;
  },

  async 'omni-cancel'() {
    const rehearsal = new Rehearsal({ hasRecogniser: false });
    await rehearsal.say(MANUAL);
    await rehearsal.speak(500);
    await rehearsal.say(COMMIT);
    await rehearsal.say(RESPOND);
    rehearsal.upstream.last.text('Once upon').audio(1);
    await rehearsal.wait(0);
    await rehearsal.say({ type: 'response.cancel' });
    await rehearsal.say({ type: 'response.cancel' });
    return rehearsal;
  },

  async 'omni-failure'() {
    const rehearsal = new Rehearsal({ hasRecogniser: false });
    await rehearsal.say(MANUAL);
    await rehearsal.speak(500);
    await rehearsal.say(COMMIT);
    await rehearsal.say(RESPOND);
    rehearsal.upstream.last.text('Once upon').audio(1).fail('upstream-died');
    await rehearsal.wait(0);
    return rehearsal;
  },

  async 'omni-finish'() {
    const rehearsal = new Rehearsal();
    await rehearsal.say(MANUAL);
    await rehearsal.speak(500);
    await rehearsal.say(COMMIT);
    await rehearsal.say(RESPOND);
    rehearsal.upstream.last.text('Good').audio(1);
    await rehearsal.wait(0);
    await rehearsal.say(FINISH);
    await rehearsal.say({ type: 'response.cancel' });
    rehearsal.upstream.last.text('bye.').audio(1).end();
    await rehearsal.wait(100);
    expect(rehearsal.isFinished).toBe(false);
    await rehearsal.wait(200);
    await rehearsal.wait(50);
    expect(rehearsal.isFinished).toBe(true);
    return rehearsal;
  },

  async 'asr-vad'() {
    const rehearsal = new Rehearsal(ASR);
    rehearsal.recogniser.sentence = 'turn the lights off, please.';
    await rehearsal.say({
      type: 'session.update',
      session: {
        ...{ modalities: ['text'], voice: null, input_audio_format: 'pcm', output_audio_format: 'pcm16' },
        input_audio_transcription: { language: 'en', corpus: { text: 'lights, heating' } },
        turn_detection: { type: 'server_vad', threshold: 0.2, prefix_padding_ms: 300, silence_duration_ms: 800 },
        sample_rate: 16_000,
      },
    });
    rehearsal.ears.detector.signal({ kind: 'started', startSample: 0 });
    await rehearsal.speak(3_300);
    rehearsal.ears.detector.signal({ kind: 'paused', endSample: 2_600 * 16 });
    await rehearsal.speak(800);
    rehearsal.ears.detector.signal({ kind: 'stopped', endSample: 2_600 * 16 });
    await rehearsal.wait(300);
    return rehearsal;
  },

  async 'asr-manual'() {
    const rehearsal = new Rehearsal(ASR);
    await rehearsal.say({
      type: 'session.update',
      session: { turn_detection: null, input_audio_transcription: { language: 'zh' } },
    });
    rehearsal.recogniser.sentence = '今 天 天 气';
    await rehearsal.speak(1_500);
    await rehearsal.say(COMMIT);
    await rehearsal.say(RESPOND);
    await rehearsal.wait(300);
    return rehearsal;
  },

  async 'asr-finish'() {
    const rehearsal = new Rehearsal(ASR);
    rehearsal.ears.detector.signal({ kind: 'started', startSample: 0 });
    await rehearsal.speak(1_000);
    await rehearsal.say(FINISH);
    await rehearsal.say(COMMIT);
    await rehearsal.wait(300);
    expect(rehearsal.isFinished).toBe(true);
    return rehearsal;
  },

  async 'asr-failure'() {
    const rehearsal = new Rehearsal(ASR);
    await rehearsal.say(MANUAL);
    rehearsal.recogniser.fails = { kind: 'failed', problem: { kind: 'upstream-busy', retry: 'later' } };
    await rehearsal.speak(500);
    await rehearsal.say(COMMIT);
    await rehearsal.wait(300);
    return rehearsal;
  },
};

describe('a DashScope client', () => {
  it.each(Object.entries(JOURNEYS))('goes through %s word for word', async (name, travel) => {
    const rehearsal = await travel();
    await expect(rehearsal.transcript()).toMatchFileSnapshot(`fixtures/${name}.txt`);
  });
});
