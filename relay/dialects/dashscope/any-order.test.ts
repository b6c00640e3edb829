import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Judge } from './testing/judge.ts';
import { Rehearsal, type Json } from './testing/rehearsal.ts';

const PACKET = Buffer.from(new Uint8Array(new Int16Array(1_600).fill(1_000).buffer)).toString('base64');
const TOOL: Json = { type: 'function', function: { name: 'look', parameters: { type: 'object' } } };
const toolOutput = (callId: string): Json => ({
  type: 'conversation.item.create',
  item: { type: 'function_call_output', call_id: callId, output: '{}' },
});
const update = (session: Json): Json => ({ type: 'session.update', session });

type Step = (rehearsal: Rehearsal) => Promise<unknown> | unknown;
const say =
  (event: Json | string): Step =>
  (rehearsal) =>
    rehearsal.say(event);

/** All a client may say, in all its senses. */
const said = fc.constantFrom<Step>(
  ...[
    { type: 'input_audio_buffer.append', audio: PACKET },
    { type: 'input_audio_buffer.append', audio: 'AAA' },
    { type: 'input_audio_buffer.commit' },
    { type: 'input_audio_buffer.clear' },
    { type: 'input_image_buffer.append', image: 'AAAA' },
    { type: 'response.create' },
    { type: 'response.create', response: { instructions: null, modalities: ['text'] } },
    { type: 'response.cancel' },
    toolOutput('call_1'),
    toolOutput('call_of_nobody'),
    update({ turn_detection: null }),
    update({ turn_detection: { type: 'server_vad' } }),
    update({ turn_detection: { type: 'semantic_vad' }, input_audio_transcription: null }),
    update({ modalities: ['text'], tools: [TOOL], sample_rate: 24_000 }),
    update({ modalities: ['audio'] }),
    { type: 'no.such.thing' },
    '{',
  ].map(say),
);

/** What happens around it. */
const happens = fc.constantFrom<Step>(
  (rehearsal) => rehearsal.wait(700),
  (rehearsal) => rehearsal.ears.detectors.at(-1)?.signal({ kind: 'started', startSample: 0 }),
  (rehearsal) => rehearsal.ears.detectors.at(-1)?.signal({ kind: 'paused', endSample: 1_600 }),
  (rehearsal) => rehearsal.ears.detectors.at(-1)?.signal({ kind: 'resumed' }),
  (rehearsal) => rehearsal.ears.detectors.at(-1)?.signal({ kind: 'stopped', endSample: 1_600 }),
  (rehearsal) => rehearsal.upstream.answers.at(-1)?.text('Yes. '),
  (rehearsal) => rehearsal.upstream.answers.at(-1)?.audio(40),
  (rehearsal) =>
    rehearsal.upstream.answers.at(-1)?.push({ kind: 'tool-call', callId: 'call_1', name: 'look', arguments: '{}' }),
  (rehearsal) => rehearsal.upstream.answers.at(-1)?.end(),
  (rehearsal) => rehearsal.upstream.answers.at(-1)?.fail('upstream-died'),
);

const steps = fc.array(fc.oneof({ weight: 3, arbitrary: said }, { weight: 2, arbitrary: happens }), { maxLength: 40 });

describe('whatever a client says, in whatever order', () => {
  it.each([
    ['a conversation', 'qwen3-omni-flash-realtime', 150],
    ['a recognition', 'qwen3-asr-flash-realtime', 150],
  ])('%s is told in legal events, ends what it begins, and finishes in time', async (_, model, numRuns) => {
    await fc.assert(
      fc.asyncProperty(steps, async (course) => {
        const rehearsal = new Rehearsal({ model });
        for (const step of course) await step(rehearsal);
        await rehearsal.say({ type: 'session.finish' });
        const errors = rehearsal.told('error').length;
        await rehearsal.say('{');
        for (let waitedMs = 0; !rehearsal.isFinished && waitedMs <= 15_000; waitedMs += 100) await rehearsal.wait(100);
        const judge = new Judge();
        for (const event of rehearsal.told()) judge.read(event);
        expect(judge.open).toEqual([]);
        expect(rehearsal.types().at(-1)).toBe('session.finished');
        expect(rehearsal.told('error')).toHaveLength(errors);
        const begun = rehearsal.told('response.created').length;
        expect(rehearsal.told('response.done')).toHaveLength(begun);
      }),
      { numRuns },
    );
  });
});
