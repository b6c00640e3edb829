import type { Vocabulary } from './event-names.ts';
import type { ServerEvent, ServerItem } from './server-event.ts';
import type { AppTool, ClientEvent, VoiceAppOptions } from './voice-client.ts';

const BYTES_PER_MS = 48;

export type TurnDetection = { type: 'server_vad' | 'semantic_vad' } & Record<string, unknown>;

export interface VoiceAppSetup extends VoiceAppOptions {
  vocabulary: Vocabulary;
  /** Null: the app says itself when a turn ends. */
  turnDetection: TurnDetection | null;
  /** Asks for the answer to a tool's output at once, or only when the response with the call has ended. */
  asksOn: 'output' | 'response-done';
  send(event: ClientEvent): void;
}

/**
 * What an app does that has nothing but the events of the wire: it sets up its session, runs the tool, plays answers as
 * they come, and cuts the answer that is playing to what was heard of it when somebody speaks.
 */
export class VoiceApp {
  readonly #setup: VoiceAppSetup;
  #playing: { itemId: string; receivedMs: number; endsAtMs: number; isWhole: boolean } | undefined;
  #owesAnswer = false;

  constructor(setup: VoiceAppSetup) {
    this.#setup = setup;
  }

  heed(event: ServerEvent): void {
    switch (event.type) {
      case 'session.created':
        return this.#setup.send({ type: 'session.update', session: sessionOf(this.#setup) });
      case 'response.output_item.done':
        return this.#runTool(event.item);
      case 'response.done':
        if (this.#owesAnswer) this.#setup.send({ type: 'response.create' });
        this.#owesAnswer = false;
        return;
      case 'response.output_audio.delta':
      case 'response.audio.delta':
        return this.#play(event);
      case 'response.output_audio.done':
      case 'response.audio.done':
        if (this.#playing) this.#playing.isWhole = true;
        return;
      case 'input_audio_buffer.speech_started':
        return this.#stopPlaying();
    }
  }

  #play({ item_id: itemId = '', delta = '' }: ServerEvent): void {
    if (this.#playing?.itemId !== itemId) this.#playing = { itemId, receivedMs: 0, endsAtMs: 0, isWhole: false };
    const ms = Buffer.byteLength(delta, 'base64') / BYTES_PER_MS;
    this.#playing.receivedMs += ms;
    this.#playing.endsAtMs = Math.max(performance.now(), this.#playing.endsAtMs) + ms;
  }

  #stopPlaying(): void {
    const playing = this.#playing;
    this.#playing = undefined;
    if (!playing) return;
    const { itemId, receivedMs, endsAtMs, isWhole } = playing;
    const restMs = Math.max(0, endsAtMs - performance.now());
    if (isWhole && restMs === 0) return;
    this.#setup.send({
      type: 'conversation.item.truncate',
      item_id: itemId,
      content_index: 0,
      audio_end_ms: Math.floor(receivedMs - restMs),
    });
  }

  #runTool(item: ServerItem | undefined): void {
    const { tool, asksOn, send } = this.#setup;
    if (item?.type !== 'function_call' || item.name !== tool.name) return;
    const output = tool.run(JSON.parse(item.arguments ?? '') as Record<string, string>);
    send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: item.call_id, output },
    });
    if (asksOn === 'output') send({ type: 'response.create' });
    else this.#owesAnswer = true;
  }
}

/** In the flat shape of the wire. */
export function toWireTool({ name, description, parameters }: AppTool): object {
  const properties = Object.fromEntries(parameters.map((parameter) => [parameter, { type: 'string' }]));
  return {
    type: 'function',
    name,
    description,
    parameters: { type: 'object', properties, required: parameters, additionalProperties: false },
  };
}

function sessionOf({ vocabulary, instructions, tool, turnDetection }: VoiceAppSetup): object {
  const common = { instructions, tools: [toWireTool(tool)], tool_choice: 'auto' };
  if (vocabulary === 'beta') {
    return {
      ...common,
      modalities: ['text', 'audio'],
      input_audio_format: 'pcm16',
      output_audio_format: 'pcm16',
      input_audio_transcription: { model: 'whisper-1' },
      turn_detection: turnDetection,
    };
  }
  const format = { type: 'audio/pcm', rate: 24_000 };
  return {
    ...common,
    type: 'realtime',
    output_modalities: ['audio'],
    audio: {
      input: { format, transcription: { model: 'gpt-4o-mini-transcribe' }, turn_detection: turnDetection },
      output: { format },
    },
  };
}
