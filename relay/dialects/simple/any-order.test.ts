import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { DialectStage, settled } from '../testing/dialect-stage.ts';
import { openSimple } from './open-simple.ts';
import { ServerMessage } from './server-message.ts';

const chunk = (bytes: number, rest: object = {}) =>
  JSON.stringify({ type: 'audio_chunk', audio: Buffer.alloc(bytes, 1).toString('base64'), ...rest });

/** Sound by its bytes, so that a failure can be read. */
type Step =
  | { bytes: number; sampleRate?: number; last?: boolean }
  | { say: string }
  | { signal: 'started' | 'stopped' }
  | { upstream: 'text' | 'audio' | 'end' | 'fail' }
  | 'wait';
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.integer({ min: 0, max: 9_000 }).map((bytes) => ({ bytes })),
  fc.constantFrom(8_000, 24_000).map((sampleRate) => ({ bytes: 3_200, sampleRate })),
  fc.constant({ bytes: 3_200, last: true }),
  fc.constantFrom('?', '{}', '{"type":"audio_chunk","audio":"*"}').map((say) => ({ say })),
  fc.constantFrom('started' as const, 'stopped' as const).map((signal) => ({ signal })),
  fc.constantFrom('text' as const, 'audio' as const, 'end' as const, 'fail' as const).map((upstream) => ({ upstream })),
  fc.constant<Step>('wait'),
);

async function play(stage: DialectStage, say: (text: string) => void, step: Step): Promise<void> {
  const answer = stage.upstream.answers.at(-1);
  const detector = stage.ears.detectors.at(-1);
  if (step === 'wait') await settled();
  else if ('say' in step) say(step.say);
  else if ('bytes' in step) {
    const { bytes, ...rest } = step;
    say(chunk(bytes, rest));
  } else if ('signal' in step) {
    if (detector) stage.speech(step.signal, Math.floor((detector.samples * 1000) / detector.rateHz));
  } else if (step.upstream === 'text') answer?.text('words ');
  else if (step.upstream === 'audio') answer?.audio(100);
  else if (step.upstream === 'fail') answer?.fail('upstream-died').end();
  else answer?.end();
}

describe('whatever a client of /ws, a speaker and a server do, in any order', () => {
  it('the relay says only what may be said, and answers the next question once', async () => {
    const steps = fc.array(step, { minLength: 10, maxLength: 40, size: 'max' });
    await fc.assert(
      fc.asyncProperty(steps, async (played) => {
        const stage = new DialectStage();
        const client = stage.client();
        openSimple(client.socket, stage.parts);
        for (const each of played) await play(stage, (text) => client.say(text), each);
        for (const answer of stage.upstream.answers) answer.end();
        await settled();
        // Whatever turn was still open is over by now, as the relay sees it or as the client says.
        stage.pass(60_000);
        client.say(chunk(3_200, { last: true }));
        await settled();
        for (const answer of stage.upstream.answers) answer.end();
        await settled();
        const before = client.all('response').length;
        stage.upstream.onRequest = (answer) => answer.text('Noon.').audio(20).end();
        client.say(chunk(3_200, { last: true }));
        await settled();
        expect(client.all('response').length).toBe(before + 1);
        for (const message of client.messages) v.parse(ServerMessage, message);
      }),
      { numRuns: 150 },
    );
  });
});
