import type { Json } from './rehearsal.ts';

export const MESSAGE = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello.' }] };
export const create = (item: Json, more: Json = {}): Json => ({ type: 'conversation.item.create', item, ...more });
export const session = (update: Json): Json => ({ type: 'session.update', session: { type: 'realtime', ...update } });
export const append = (audio: unknown): Json => ({ type: 'input_audio_buffer.append', audio });
const respond = (response: Json): Json => ({ type: 'response.create', response });

/** What a client says, and the code and the place it is told. */
export const BAD_MESSAGES: [string, Json | string, string, (string | null)?][] = [
  ['no JSON', 'hello?', 'invalid_json'],
  ['a JSON list', '[]', 'invalid_json'],
  ['nothing', '', 'invalid_json'],
  ['no type', {}, 'missing_required_parameter', 'type'],
  ['an unknown type', { type: 'session.destroy' }, 'invalid_value', 'type'],
  ['a type that is a number', { type: 7 }, 'invalid_value', 'type'],

  ['append without audio', { type: 'input_audio_buffer.append' }, 'missing_required_parameter', 'audio'],
  ['append of a number', append(7), 'invalid_type', 'audio'],
  ['append of bad base64', append('AAA?'), 'invalid_value', 'audio'],
  ['append of base64 with a line break', append('AAAA\nAAAA'), 'invalid_value', 'audio'],
  ['append of an odd number of bytes', append('AAAA'), 'invalid_value', 'audio'],
  ['commit of an empty buffer', { type: 'input_audio_buffer.commit' }, 'input_audio_buffer_commit_empty'],

  ['no session', { type: 'session.update' }, 'missing_required_parameter', 'session'],
  ['a session that is a word', { type: 'session.update', session: 'new' }, 'invalid_type', 'session'],
  ['a session of an unknown type', session({ type: 'translation' }), 'invalid_value', 'session.type'],
  [
    ...(['a format nobody knows', session({ audio: { input: { format: { type: 'audio/opus' } } } })] as const),
    ...(['invalid_value', 'session.audio.input.format'] as const),
  ],
  [
    ...([
      'PCM at another rate',
      session({ audio: { input: { format: { type: 'audio/pcm', rate: 44_100 } } } }),
    ] as const),
    ...(['invalid_value', 'session.audio.input.format'] as const),
  ],
  [
    'a format of beta nobody knows',
    session({ input_audio_format: 'mp3' }),
    'invalid_value',
    'session.input_audio_format',
  ],
  [
    ...(['a threshold beyond 1', session({ audio: { input: { turn_detection: { threshold: 2 } } } })] as const),
    ...(['invalid_value', 'session.audio.input.turn_detection.threshold'] as const),
  ],
  [
    'a turn detection nobody knows',
    session({ turn_detection: { type: 'magic' } }),
    'invalid_value',
    'session.turn_detection.type',
  ],
  [
    'a voice nobody has',
    session({ audio: { output: { voice: 'Cleo' } } }),
    'invalid_value',
    'session.audio.output.voice',
  ],
  ['no modality', session({ output_modalities: [] }), 'invalid_value', 'session.output_modalities'],
  ['a tool of another kind', session({ tools: [{ type: 'mcp' }] }), 'invalid_value', 'session.tools[0].type'],
  [
    'a tool without a name',
    session({ tools: [{ type: 'function' }] }),
    'missing_required_parameter',
    'session.tools[0].name',
  ],
  ['instructions without end', session({ instructions: 'x'.repeat(100_001) }), 'invalid_value', 'session.instructions'],

  ['an item of no kind', create({ role: 'user' }), 'missing_required_parameter', 'item.type'],
  [
    'a message of nobody',
    create({ type: 'message', content: MESSAGE.content }),
    'missing_required_parameter',
    'item.role',
  ],
  ['an empty message', create({ ...MESSAGE, content: [] }), 'invalid_value', 'item.content'],
  ['an image', create({ ...MESSAGE, content: [{ type: 'input_image' }] }), 'invalid_value', 'item.content[0].type'],
  [
    'a text without words',
    create({ ...MESSAGE, content: [{ type: 'input_text' }] }),
    'missing_required_parameter',
    'item.content[0].text',
  ],
  [
    'a sound that is none',
    create({ ...MESSAGE, content: [{ type: 'input_audio', audio: '!' }] }),
    'invalid_value',
    'item.content[0].audio',
  ],
  [
    ...([
      'a system that speaks',
      create({ ...MESSAGE, role: 'system', content: [{ type: 'input_audio', audio: 'AAA=' }] }),
    ] as const),
    ...(['invalid_value', 'item.content[0].type'] as const),
  ],
  ['an id that is no id', create({ ...MESSAGE, id: 'a b' }), 'invalid_value', 'item.id'],
  [
    'an item after one there is not',
    create(MESSAGE, { previous_item_id: 'item_x' }),
    'item_create_invalid_previous_item_id',
    'previous_item_id',
  ],
  [
    'the output of a call never made',
    create({ type: 'function_call_output', call_id: 'call_x', output: '' }),
    'invalid_tool_call_id',
    'item.call_id',
  ],
  [
    'an output without its call',
    create({ type: 'function_call_output', output: '' }),
    'missing_required_parameter',
    'item.call_id',
  ],

  [
    'retrieve of nothing',
    { type: 'conversation.item.retrieve', item_id: 'item_x' },
    'item_retrieve_invalid_item_id',
    'item_id',
  ],
  [
    'delete of nothing',
    { type: 'conversation.item.delete', item_id: 'item_x' },
    'item_delete_invalid_item_id',
    'item_id',
  ],
  ['delete without an id', { type: 'conversation.item.delete' }, 'missing_required_parameter', 'item_id'],
  [
    ...([
      'truncate of nothing',
      { type: 'conversation.item.truncate', item_id: 'item_x', content_index: 0, audio_end_ms: 1 },
    ] as const),
    ...(['item_truncate_invalid_item_id', 'item_id'] as const),
  ],
  [
    ...([
      'truncate to before the beginning',
      { type: 'conversation.item.truncate', item_id: 'x', content_index: 0, audio_end_ms: -1 },
    ] as const),
    ...(['invalid_value', 'audio_end_ms'] as const),
  ],
  [
    ...([
      'truncate of another part',
      { type: 'conversation.item.truncate', item_id: 'x', content_index: 1, audio_end_ms: 1 },
    ] as const),
    ...(['invalid_value', 'content_index'] as const),
  ],

  ['cancel of nothing', { type: 'response.cancel' }, 'response_cancel_not_active'],
  [
    'cancel of a response there is not',
    { type: 'response.cancel', response_id: 'resp_x' },
    'response_cancel_not_active',
  ],
  [
    'a reference to nothing',
    respond({ input: [{ type: 'item_reference', id: 'item_x' }] }),
    'item_not_found',
    'response.input',
  ],
  ['metadata that is no text', respond({ metadata: { n: 1 } }), 'invalid_type', 'response.metadata.n'],
  [
    'a response in another format',
    respond({ audio: { output: { format: { type: 'audio/pcmu' } } } }),
    'invalid_value',
    'response.audio.output.format',
  ],
  [
    'a response in a voice nobody has',
    respond({ audio: { output: { voice: 'Cleo' } } }),
    'invalid_value',
    'response.audio.output.voice',
  ],
];
