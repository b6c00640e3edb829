import { describe, expect, it } from 'vitest';
import type { ContextItem, UpstreamTurn } from '../upstream.ts';
import { toChatBody } from './request.ts';
import { stripRiff } from '../pcm/wav.ts';

const QWEN3 = 'Qwen/Qwen3-Omni-30B-A3B-Instruct';
const QWEN25 = 'Qwen/Qwen2.5-Omni-7B';
const QUESTION: ContextItem = { kind: 'user', audio: Buffer.from([1, 0, 2, 0]) };
const turn = (extra: Partial<UpstreamTurn> = {}): UpstreamTurn => ({ settings: {}, items: [QUESTION], ...extra });
const pcmOf = (part: unknown) => {
  const { input_audio: audio } = part as { input_audio: { data: string; format: string } };
  expect(audio.format).toBe('wav');
  const stripped = stripRiff(Buffer.from(audio.data, 'base64'));
  return stripped.ok && { pcm: [...stripped.value.pcm], rateHz: stripped.value.rateHz };
};

describe('the request', () => {
  it('asks for a stream of text and headerless speech, with usage', () => {
    expect(toChatBody(turn(), QWEN3, 'vllm-omni')).toMatchObject({
      model: QWEN3,
      stream: true,
      stream_options: { include_usage: true },
      modalities: ['text', 'audio'],
      audio: { format: 'pcm16' },
      speaker: 'ethan',
    });
  });

  it('sets sampling only where the settings do, as fields that touch the words alone', () => {
    const plain = toChatBody(turn(), QWEN3, 'vllm-omni');
    for (const field of ['temperature', 'max_tokens', 'stop', 'sampling_params_list'])
      expect(plain).not.toHaveProperty(field);
    const set = toChatBody(turn({ settings: { temperature: 0, maxTokens: 50 } }), QWEN3, 'vllm-omni');
    expect(set).toMatchObject({ temperature: 0, max_tokens: 50 });
    expect(set).not.toHaveProperty('sampling_params_list');
  });

  it.each([
    ['Chelsie', 'chelsie'],
    ['AIDEN', 'aiden'],
    ['Cherry', 'ethan'],
    [undefined, 'ethan'],
  ])('speaks with a voice the model has: %s becomes %s', (voice, speaker) => {
    expect(toChatBody(turn({ settings: voice === undefined ? {} : { voice } }), QWEN3, 'vllm-omni')['speaker']).toBe(
      speaker,
    );
  });

  it('passes any voice on to models it does not know, and none where none is set', () => {
    expect(toChatBody(turn({ settings: { voice: 'Nova' } }), 'm', 'vllm-omni')['speaker']).toBe('nova');
    expect(toChatBody(turn(), 'm', 'vllm-omni')).not.toHaveProperty('speaker');
    expect(toChatBody(turn(), 'm', 'vllm-omni')['messages']).toHaveLength(1);
  });

  it('carries user turns as audio where there is some and as text where not, and what was heard of the answers', () => {
    const items: ContextItem[] = [
      { kind: 'user', audio: Buffer.from([5, 0]), text: 'ignored' },
      { kind: 'assistant', text: 'One.' },
      { kind: 'user', text: 'And two?' },
      { kind: 'assistant', text: 'Two.' },
      { kind: 'user', audio: Buffer.from([6, 0]) },
      QUESTION,
    ];
    const body = toChatBody(turn({ items, settings: { systemPrompt: 'Be kind.' } }), QWEN3, 'vllm-omni');
    const messages = body['messages'] as { role: string; content: unknown }[];
    expect(messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
      'user',
    ]);
    expect(messages[0]?.content).toBe('Be kind.');
    expect(messages[2]?.content).toBe('One.');
    expect(messages[3]?.content).toBe('And two?');
    const audio = [1, 5, 6].map((i) => pcmOf((messages[i]?.content as unknown[])[0]));
    expect(audio).toEqual([
      { pcm: [5, 0], rateHz: 16_000 },
      { pcm: [6, 0], rateHz: 16_000 },
      { pcm: [1, 0, 2, 0], rateHz: 16_000 },
    ]);
  });

  it('offers tools in the nested shape, and asks for no choice that nobody made', () => {
    const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object' } }, { name: 'wait' }];
    const body = toChatBody(turn({ tools }), QWEN3, 'vllm-omni');
    expect(body['tools']).toEqual([
      { type: 'function', function: tools[0] },
      { type: 'function', function: { name: 'wait' } },
    ]);
    expect(body).not.toHaveProperty('tool_choice');
    for (const [toolChoice, wire] of [
      ['required', 'required'],
      [{ name: 'look' }, { type: 'function', function: { name: 'look' } }],
    ] as const)
      expect(toChatBody(turn({ tools, toolChoice }), QWEN3, 'vllm-omni')['tool_choice']).toEqual(wire);
    const bare = toChatBody(turn({ tools: [], toolChoice: 'auto' }), QWEN3, 'vllm-omni');
    for (const field of ['tools', 'tool_choice']) expect(bare).not.toHaveProperty(field);
  });

  it('carries calls made at once as one message with what was said before them, and results behind it', () => {
    const items: ContextItem[] = [
      QUESTION,
      { kind: 'assistant', text: 'Let me look.' },
      { kind: 'tool-call', callId: 'c1', name: 'look', arguments: '{"at":1}' },
      { kind: 'tool-call', callId: 'c2', name: 'look', arguments: 'oops' },
      { kind: 'tool-result', callId: 'c2', output: 'no' },
      { kind: 'tool-result', callId: 'c1', output: 'yes' },
    ];
    const messages = toChatBody(turn({ items }), 'm', 'vllm-omni')['messages'] as object[];
    const call = (id: string, written: string) => ({
      id,
      type: 'function',
      function: { name: 'look', arguments: written },
    });
    expect(messages.slice(1)).toEqual([
      { role: 'assistant', content: 'Let me look.', tool_calls: [call('c1', '{"at":1}'), call('c2', '{}')] },
      { role: 'tool', tool_call_id: 'c2', content: 'no' },
      { role: 'tool', tool_call_id: 'c1', content: 'yes' },
    ]);
  });

  it.each([
    [QWEN3, 'vllm-omni', { role: 'system', content: 'It rains.' }],
    ['qwen3-omni-flash', 'dashscope', { role: 'system', content: 'It rains.' }],
    [QWEN25, 'vllm-omni', { role: 'user', content: '(Note: It rains.)' }],
    ['qwen-omni-turbo', 'dashscope', { role: 'user', content: '(Note: It rains.)' }],
  ] as const)('gives %s at %s a note as a message it reads', (model, dialect, message) => {
    const items: ContextItem[] = [
      QUESTION,
      { kind: 'assistant', text: 'Yes.' },
      { kind: 'system', text: 'It rains.' },
      QUESTION,
    ];
    const messages = toChatBody(turn({ items }), model, dialect)['messages'] as object[];
    expect(messages.at(-2)).toEqual(message);
  });

  it.each(['vllm-omni', 'dashscope', 'openai'] as const)(
    'asks %s for words alone where no more is wanted',
    (dialect) => {
      const body = toChatBody(turn({ isSilent: true, settings: { voice: 'ethan' } }), QWEN3, dialect);
      expect(body['modalities']).toEqual(['text']);
      for (const field of ['audio', 'speaker']) expect(body).not.toHaveProperty(field);
    },
  );

  it('gives Qwen2.5-Omni its stock prompt word for word, the persona as a first exchange, and stops at role markers', () => {
    const body = toChatBody(turn({ settings: { systemPrompt: 'You are a pirate.' } }), QWEN25, 'vllm-omni');
    const messages = body['messages'] as { role: string; content: unknown }[];
    expect(messages.slice(0, 3)).toEqual([
      {
        role: 'system',
        content:
          'You are Qwen, a virtual human developed by the Qwen Team, Alibaba Group, capable of perceiving auditory and visual inputs, as well as generating text and speech.',
      },
      { role: 'user', content: 'You are a pirate.' },
      { role: 'assistant', content: 'Understood.' },
    ]);
    expect(body['stop']).toContain('\nHuman:');
    expect(toChatBody(turn(), QWEN25, 'vllm-omni')['messages']).toHaveLength(2);
  });

  it('asks DashScope in its own way: data URIs, one format, voices as it spells them', () => {
    const items: ContextItem[] = [
      { kind: 'user', audio: Buffer.from([5, 0]) },
      { kind: 'assistant', text: 'One.' },
      QUESTION,
    ];
    const settings = { voice: 'cherry', systemPrompt: 'Be kind.' };
    const body = toChatBody(turn({ items, settings }), 'qwen3-omni-flash', 'dashscope');
    expect(body).toMatchObject({
      stream: true,
      modalities: ['text', 'audio'],
      audio: { voice: 'Cherry', format: 'wav' },
    });
    expect(body).not.toHaveProperty('speaker');
    const messages = body['messages'] as { role: string; content: unknown }[];
    expect(messages[0]).toEqual({ role: 'system', content: 'Be kind.' });
    expect(JSON.stringify(messages[1])).toContain('"data:;base64,UklGR');
    expect(messages[2]).toEqual({ role: 'assistant', content: 'One.' });
  });

  it('gives DashScope models that read no system message their persona as a first exchange', () => {
    const settings = { systemPrompt: 'Be kind.' };
    const body = toChatBody(turn({ settings }), 'qwen-omni-turbo', 'dashscope');
    expect((body['messages'] as unknown[]).slice(0, 2)).toEqual([
      { role: 'user', content: 'Be kind.' },
      { role: 'assistant', content: 'Understood.' },
    ]);
  });

  it('names a voice to OpenAI in any case, and asks servers that only write for none', () => {
    expect(toChatBody(turn(), 'gpt-audio', 'openai')).toMatchObject({ audio: { voice: 'alloy', format: 'pcm16' } });
    const settings = { systemPrompt: 'Be kind.' };
    const body = toChatBody(turn({ settings }), 'ggml-org/Qwen2.5-Omni-3B-GGUF', 'llama-cpp');
    for (const field of ['modalities', 'audio', 'speaker']) expect(body).not.toHaveProperty(field);
    expect((body['messages'] as unknown[])[0]).toEqual({ role: 'system', content: 'Be kind.' });
    expect(body['messages']).toHaveLength(2);
  });
});
