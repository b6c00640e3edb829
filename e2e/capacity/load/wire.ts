import { OPCODE, toClientFrame } from './frames.ts';
import { DOWN_BYTES, noise, UP_BYTES } from './sound.ts';
import { readStamp, type AudioEncoding, type Stamp } from './stamp.ts';

/** How a client speaks to a server: what it sends, and how it finds the audio in what it gets. */
export interface Wire {
  path: string;
  /** Sent as soon as the socket is open. */
  opening: readonly Buffer[];
  /** Sent next: from then on an answer comes. */
  ask: readonly Buffer[];
  /** 20 ms of sound. */
  upFrame: Buffer;
  /** Sent every `FORGET_MS`: sound that nobody will ask about is not to fill the server's memory. */
  forget?: Buffer;
  /** False of a message that is no audio, else its stamp, or undefined if what it holds is not what was sent. */
  stampOf(opcode: number, payload: Buffer): Stamp | undefined | false;
}

export const FORGET_MS = 2_000;

/** What the relay's upstream serves: 24 kHz, a talker that the relay knows. */
export const MODEL = 'Qwen/Qwen3-Omni-30B-A3B-Instruct';

const DOWN_CHARS = (DOWN_BYTES / 3) * 4;
const QUOTE = '"'.charCodeAt(0);
const DELTA = '"delta":"';

const textFrame = (event: object): Buffer => toClientFrame(OPCODE.text, Buffer.from(JSON.stringify(event)));

function stampOfBinary(opcode: number, payload: Buffer): Stamp | undefined | false {
  if (opcode !== OPCODE.binary) return false;
  return payload.length === DOWN_BYTES ? readStamp(payload, 0, 'raw') : undefined;
}

function stampOfJson(_opcode: number, payload: Buffer): Stamp | undefined | false {
  // Nothing else is as long.
  if (payload.length < DOWN_CHARS) return false;
  const at = payload.indexOf(DELTA, 0, 'latin1') + DELTA.length;
  return at >= DELTA.length && payload[at + DOWN_CHARS] === QUOTE ? readStamp(payload, at, 'base64') : undefined;
}

const APPEND = textFrame({ type: 'input_audio_buffer.append', audio: noise(UP_BYTES).toString('base64') });

/** Frames of bare sound, for the pass-through. */
export const BINARY: Wire = {
  path: '/binary',
  opening: [],
  ask: [],
  upFrame: toClientFrame(OPCODE.binary, noise(UP_BYTES)),
  stampOf: stampOfBinary,
};

/** The same in OpenAI's events, for the pass-through. */
export const JSON_EVENTS: Wire = { path: '/json', opening: [], ask: [], upFrame: APPEND, stampOf: stampOfJson };

/** The relay as OpenAI's clients use it; the client says when to answer, whether or not the relay listens for turns. */
export function openAiWire(turnDetection: object | null): Wire {
  const input = { format: { type: 'audio/pcm', rate: 24_000 }, turn_detection: turnDetection };
  const session = { type: 'realtime', output_modalities: ['audio'], audio: { input } };
  const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Count.' }] };
  return {
    path: `/v1/realtime?model=${encodeURIComponent(MODEL)}`,
    opening: [textFrame({ type: 'session.update', session }), textFrame({ type: 'conversation.item.create', item })],
    ask: [textFrame({ type: 'response.create' })],
    upFrame: APPEND,
    ...(turnDetection === null && { forget: textFrame({ type: 'input_audio_buffer.clear' }) }),
    stampOf: stampOfJson,
  };
}

/** The relay as clients of the gateway use it. */
export const GATEWAY: Wire = {
  path: '/voice',
  opening: [textFrame({ type: 'config', turnDetection: 'manual' })],
  ask: [toClientFrame(OPCODE.binary, noise(UP_BYTES * 25)), textFrame({ type: 'audio.commit' })],
  upFrame: BINARY.upFrame,
  stampOf: stampOfBinary,
};

/** A down message as a pass-through is given it by its upstream: its bytes, and where the audio begins in them. */
export function toDownMessage(encoding: AudioEncoding): { bytes: Buffer; audioAt: number } {
  const sound = noise(DOWN_BYTES);
  if (encoding === 'raw') return { bytes: sound, audioAt: 0 };
  const place = { response_id: 'resp_0123456789abcdef', item_id: 'item_0123456789abcdef', output_index: 0 };
  const event = { type: 'response.output_audio.delta', event_id: 'event_012345', ...place, content_index: 0 };
  const bytes = Buffer.from(JSON.stringify({ ...event, delta: sound.toString('base64') }));
  return { bytes, audioAt: bytes.indexOf(DELTA) + DELTA.length };
}
