import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeSession } from './session-change.ts';
import { writeSession } from './session-view.ts';
import type { Relay } from '../realtime/relay.ts';
import { newWireSession, toLiveSettings, type WireSession } from './wire-session.ts';

const RELAY: Relay = { model: 'script-1', voices: ['Ada', 'Bob'], recogniserModel: 'whisper-script' };
const FRESH = newWireSession('gpt-realtime', 'realtime', RELAY);

function changed(update: unknown, current: WireSession = FRESH, relay = RELAY): WireSession {
  const result = changeSession(current, update, relay, false);
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

/** As @openai/agents-realtime 0.20 sends it with its defaults. */
const AGENTS_SDK = {
  ...{ type: 'realtime', model: 'gpt-realtime-2.1', instructions: 'Be brief.', output_modalities: ['audio'] },
  audio: {
    input: {
      ...{ format: { type: 'audio/pcm', rate: 24_000 }, noise_reduction: null },
      ...{ transcription: { model: 'gpt-4o-mini-transcribe' }, turn_detection: { type: 'semantic_vad' } },
    },
    output: { format: { type: 'audio/pcm', rate: 24_000 }, speed: 1 },
  },
  ...{ tool_choice: 'auto', tracing: 'auto' },
  tools: [{ type: 'function', name: 'look', description: '', parameters: { type: 'object' }, strict: true }],
};

/** As openai-realtime-api-beta sends it when it connects. */
const BETA_LIBRARY = {
  ...{ modalities: ['text', 'audio'], instructions: '', voice: 'verse', turn_detection: null },
  ...{ input_audio_format: 'pcm16', output_audio_format: 'pcm16', input_audio_transcription: null },
  ...{ tools: [], tool_choice: 'auto', temperature: 0.8, max_response_output_tokens: 4096 },
};

describe('a session update', () => {
  it('of the Agents SDK is taken, and every value told back as it applies', () => {
    expect(writeSession('sess_1', changed(AGENTS_SDK), RELAY, 'ga')).toMatchObject({
      audio: {
        input: {
          transcription: { model: 'gpt-4o-mini-transcribe' },
          turn_detection: {
            ...{ type: 'semantic_vad', eagerness: 'auto', create_response: true, interrupt_response: true },
          },
        },
        output: { voice: 'Ada', speed: 1 },
      },
      ...{ model: 'gpt-realtime', instructions: 'Be brief.', tracing: null },
      tools: [{ type: 'function', name: 'look', description: '', parameters: { type: 'object' } }],
    });
  });

  it('of the beta library is taken too', () => {
    const session = changed(BETA_LIBRARY);
    expect(writeSession('sess_1', session, RELAY, 'beta')).toMatchObject({
      ...{ modalities: ['audio', 'text'], voice: 'verse', temperature: 0.8, max_response_output_tokens: 4096 },
      ...{ turn_detection: null, input_audio_transcription: null, instructions: '' },
    });
    expect(toLiveSettings(session, RELAY)).toEqual({
      ...{ inputRateHz: 24_000, output: 'speech', tools: [], toolChoice: 'auto' },
      ...{ instructions: '', maxTokens: 4096, temperature: 0.8 },
    });
  });

  it('leaves as it is what it leaves out', () => {
    const session = changed(AGENTS_SDK);
    expect(changed({ type: 'realtime' }, session)).toEqual(session);
    const brief = changed({ type: 'realtime', audio: { input: { turn_detection: { eagerness: 'low' } } } }, session);
    expect(brief).toEqual({ ...session, turnDetection: { ...session.turnDetection, eagerness: 'low' } });
  });

  it('begins with the defaults of another kind of turn detection, and keeps the values of the same', () => {
    const slow = changed({ turn_detection: { type: 'server_vad', silence_duration_ms: 900, idle_timeout_ms: 6_000 } });
    expect(slow.turnDetection).toMatchObject({ threshold: 0.5, silenceDurationMs: 900, idleTimeoutMs: 6_000 });
    const still = changed({ turn_detection: { type: 'server_vad', threshold: 0.7, idle_timeout_ms: null } }, slow);
    expect(still.turnDetection).toEqual({
      ...{ type: 'server-vad', createResponse: true, interruptResponse: true },
      ...{ threshold: 0.7, prefixPaddingMs: 300, silenceDurationMs: 900 },
    });
    const other = changed({ turn_detection: { type: 'semantic_vad', interrupt_response: false } }, slow);
    expect(other.turnDetection).toEqual({
      ...{ type: 'semantic-vad', createResponse: true, interruptResponse: false, eagerness: 'auto' },
    });
    expect(changed({ turn_detection: null }, other).turnDetection).toBeUndefined();
  });

  it('asks for transcripts in vain where nobody can write them, and the session says so', () => {
    const deaf = { ...RELAY, recogniserModel: undefined };
    const session = changed(AGENTS_SDK, FRESH, deaf);
    expect(writeSession('sess_1', session, deaf, 'ga')).toMatchObject({ audio: { input: { transcription: null } } });
    expect(toLiveSettings(session, deaf)).not.toHaveProperty('transcription');
  });

  it('turns telephone sound on in either shape, one way or both', () => {
    const caller = changed({ audio: { input: { format: { type: 'audio/pcmu' } } } });
    expect([caller.inputFormat, caller.outputFormat]).toEqual(
      [FRESH.outputFormat, FRESH.outputFormat].with(0, { encoding: 'pcmu' }),
    );
    expect(toLiveSettings(caller, RELAY).inputRateHz).toBe(8_000);
    const both = changed({ input_audio_format: 'g711_alaw', output_audio_format: 'g711_alaw' });
    expect([both.inputFormat, both.outputFormat]).toEqual([{ encoding: 'pcma' }, { encoding: 'pcma' }]);
  });

  it("takes OpenAI's voices for the server's own, and the server's by name", () => {
    expect(toLiveSettings(changed({ voice: 'marin' }), RELAY)).not.toHaveProperty('voice');
    expect(toLiveSettings(changed({ audio: { output: { voice: { id: 'bob' } } } }), RELAY).voice).toBe('Bob');
  });

  it('grants no more tokens than there are to give, and any number of them again', () => {
    const few = changed({ max_output_tokens: 100 });
    expect([few.maxTokens, changed({ max_output_tokens: 1e6 }).maxTokens]).toEqual([100, 8_192]);
    expect(changed({ max_output_tokens: 'inf' }, few).maxTokens).toBeUndefined();
  });

  it('passes over names nobody here knows', () => {
    const update = {
      type: 'realtime',
      weather: 'fine',
      audio: { weather: 1, input: { weather: [] } },
      reasoning: { effort: 'low' },
    };
    expect(changed(update)).toEqual(FRESH);
  });

  it('to another type begins with what that type does by itself, and keeps the rest', () => {
    const listening = changed({ type: 'transcription', instructions: 'Be brief.' });
    expect(listening).toMatchObject({ output: 'text', turnDetection: { createResponse: false } });
    expect(listening.transcription).toEqual({ model: 'whisper-script' });
    const answering = changed({ type: 'realtime' }, listening);
    expect(answering).toEqual({ ...FRESH, instructions: 'Be brief.' });
    const silent = changed({ type: 'realtime', output_modalities: ['text'] }, listening);
    expect(silent).toMatchObject({ output: 'text', turnDetection: { createResponse: true } });
    expect(changed({ type: 'realtime' }, silent)).toEqual(silent);
  });

  it('never throws, and changes nothing where anything is wrong', () => {
    const keys = fc.constantFrom('type', 'audio', 'input', 'turn_detection', 'tools', 'voice', 'modalities', 'format');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue({ maxDepth: 0 }),
        fc.dictionary(keys, tie('tree')),
        fc.array(tie('tree')),
      ),
    }));
    fc.assert(
      fc.property(tree, (update) => {
        const result = changeSession(FRESH, update, RELAY, false);
        if (result.ok) expect(() => toLiveSettings(result.value, RELAY)).not.toThrow();
        else
          expect(result.problem).toMatchObject({
            type: 'invalid_request_error',
            param: expect.stringMatching(/^session\./),
          });
      }),
      { numRuns: 500 },
    );
  });
});
