import { describe, expect, it } from 'vitest';
import { changeOmniSession } from './omni-session-change.ts';
import { newOmniSession, toLiveSettings, writeNewOmniSession, writeOmniSession } from './omni-session.ts';

const RELAY = { model: 'qwen3-omni', voices: ['ethan', 'chelsie'], recogniserModel: 'whisper-1' };
const FRESH = newOmniSession('qwen3-omni-flash-realtime');

function changed(...updates: object[]) {
  return updates.reduce<typeof FRESH>((session, update) => {
    const next = changeOmniSession(session, update);
    if (!next.ok) throw new Error(next.problem.message);
    return next.value;
  }, FRESH);
}
const shown = (...updates: object[]) => writeOmniSession('sess_1', changed(...updates), RELAY);
const settings = (...updates: object[]) => toLiveSettings(changed(...updates), RELAY);

describe('the session of a conversation', () => {
  it('begins with what DashScope begins with', () => {
    expect(writeNewOmniSession('sess_1', FRESH, RELAY)).toEqual({
      ...{ object: 'realtime.session', id: 'sess_1', model: 'qwen3-omni-flash-realtime' },
      ...{ modalities: ['text', 'audio'], voice: 'ethan', tools: [], tool_choice: 'auto', temperature: null },
      ...{ input_audio_format: 'pcm16', output_audio_format: 'pcm24' },
      input_audio_transcription: { model: 'whisper-1' },
      turn_detection: {
        ...{ type: 'server_vad', threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 800 },
        ...{ create_response: true, interrupt_response: true },
      },
    });
    expect(settings()).toMatchObject({ inputRateHz: 16_000, output: 'speech', transcription: {}, voice: 'ethan' });
  });

  it.each(['pcm', 'pcm16', 'pcm24'])('takes %s for either format, and says it back', (word) => {
    const formats = { input_audio_format: word, output_audio_format: word };
    expect(shown(formats)).toMatchObject(formats);
    expect(settings(formats).inputRateHz).toBe(16_000);
  });

  it('speaks or writes, in whatever order it is asked', () => {
    expect(shown({ modalities: ['audio', 'text'] })).toMatchObject({ modalities: ['audio', 'text'] });
    expect(settings({ modalities: ['audio', 'text'] }).output).toBe('speech');
    expect(settings({ modalities: ['text'] }).output).toBe('text');
  });

  it('has a voice of its own for those it does not know, and its own spelling for those it does', () => {
    expect(settings({ voice: 'Chelsie' }).voice).toBe('chelsie');
    expect(settings({ voice: 'Cherry' }).voice).toBe('ethan');
    expect(settings({ voice: 'Chelsie' }, { voice: null }).voice).toBe('ethan');
    expect(toLiveSettings(changed({ voice: 'Cherry' }), { ...RELAY, voices: [] }).voice).toBe('Cherry');
  });

  it('keeps what an update leaves out', () => {
    const session = shown({ instructions: 'Be brief.', temperature: 0.4, top_k: 20, max_tokens: 100 }, { voice: null });
    expect(session).toMatchObject({ instructions: 'Be brief.', temperature: 0.4, top_k: 20, max_tokens: 100 });
    expect(
      shown({ turn_detection: { threshold: 0.2 } }, { turn_detection: { silence_duration_ms: 600 } }),
    ).toMatchObject({
      turn_detection: { type: 'server_vad', threshold: 0.2, silence_duration_ms: 600 },
    });
  });

  it('goes back to what the relay does by itself where it is told null', () => {
    const session = shown({ instructions: 'Be brief.', temperature: 0.4 }, { instructions: null, temperature: null });
    expect(session).toMatchObject({ temperature: null });
    expect(settings({ instructions: 'Be brief.' }, { instructions: null })).not.toHaveProperty('instructions');
  });

  it('hears turns, or lets the client end them', () => {
    expect(settings({ turn_detection: null })).not.toHaveProperty('turnDetection');
    expect(settings({ turn_detection: null }, { turn_detection: { type: 'server_vad' } }).turnDetection).toMatchObject({
      ...{ type: 'server-vad', silenceDurationMs: 800 },
    });
    const semantic = {
      turn_detection: { type: 'semantic_vad', threshold: 0.2, eagerness: 'low', create_response: false },
    };
    expect(settings(semantic).turnDetection).toEqual({
      ...{ type: 'semantic-vad', eagerness: 'low', createResponse: false, interruptResponse: true },
    });
    expect(settings({ turn_detection: { idle_timeout_ms: 6_000 } }).turnDetection).toMatchObject({
      idleTimeoutMs: 6_000,
    });
  });

  it('writes down what is said unless it is told not to, with the hints it is given', () => {
    expect(settings({ input_audio_transcription: { model: null } }).transcription).toEqual({});
    expect(settings({ input_audio_transcription: null })).not.toHaveProperty('transcription');
    const words = { language: 'zh', corpus: { text: 'Earshot' } };
    expect(settings({ input_audio_transcription: words }).transcription).toEqual({ language: 'zh', prompt: 'Earshot' });
    expect(settings({ input_audio_transcription: { language: 'auto' } }).transcription).toEqual({});
    expect(shown({ input_audio_transcription: { model: 'gummy-realtime-v1' } })).toMatchObject({
      input_audio_transcription: { model: 'gummy-realtime-v1' },
    });
  });

  it('has its tools one level deeper than others, and shows them so', () => {
    const tool = { name: 'weather', description: 'At a place.', parameters: { type: 'object' } };
    const update = {
      tools: [{ type: 'function', function: tool }],
      tool_choice: { type: 'function', function: { name: 'weather' } },
    };
    expect(settings(update)).toMatchObject({ tools: [tool], toolChoice: { name: 'weather' } });
    expect(shown(update)).toMatchObject(update);
    expect(settings(update, { tools: null }).tools).toEqual([]);
  });

  it('asks for no more words than upstreams give', () => {
    expect(settings({ max_tokens: 16_384 }).maxTokens).toBe(8_192);
  });

  it('changes nothing by an update with anything wrong in it', () => {
    const update = changeOmniSession(FRESH, { instructions: 'Be brief.', temperature: 7 });
    expect(update).toMatchObject({ ok: false, problem: { code: 'invalid_value', param: 'session.temperature' } });
  });
});
