import { speak } from '../audio/voice.ts';
import { encodeWav, toBytes, type Recording } from '../audio/wav.ts';
import { WireServer, type WireAnswer, type WireRequest, type WireScript } from './wire-server.ts';

export interface SpeechScript extends WireScript {
  /** The voice. */
  speak: (text: string) => Recording | Promise<Recording>;
  /** Which server it is like. */
  wire: SpeechWireName;
  /** Before the first audio. */
  firstAudioMs: number;
  /** Audio in one piece. */
  chunkMs: number;
  /** Time taken per second of audio: 0 all at once, 2 slower than it plays. */
  pace: number;
}

export type SpeechWireName = keyof typeof WIRES;

export interface FakeSynthesiserOptions {
  script?: Partial<SpeechScript>;
  authorization?: string;
  /** Any other is refused. */
  voices?: readonly string[];
}

/** What a speech server was asked to say. */
export const spokenTextOf = ({ body }: WireRequest): string => {
  const asked = JSON.parse(body.toString('utf8')) as { input?: string; text?: string };
  return asked.input ?? asked.text ?? '';
};

/** A speech synthesis server: any of the wires, with whatever voice `speak` is. */
export function createFakeSynthesiser({
  script,
  authorization,
  voices = ['af_heart', 'alloy'],
}: FakeSynthesiserOptions = {}): Promise<WireServer<SpeechScript>> {
  const server = new WireServer<SpeechScript>({
    script: { speak, wire: 'pcm', firstAudioMs: 0, chunkMs: 200, pace: 0, ...script },
    documents: {
      '/v1/audio/voices': { voices: voices.map((id) => ({ id, name: id })) },
      '/voices': Object.fromEntries(voices.map((name) => [name, {}])),
      '/v1/projects': { projects: [] },
    },
    ...(authorization === undefined ? {} : { authorization }),
    answer: async (request, played) => {
      const { voice } = JSON.parse(request.body.toString('utf8')) as { voice?: string };
      if (voice !== undefined && !voices.includes(voice)) return refusal(`Voice '${voice}' not found`);
      const { samples, rateHz } = await played.speak(spokenTextOf(request));
      const workMs = performance.now() - request.receivedAtMs;
      const chunkSamples = Math.max(1, Math.round((played.chunkMs * rateHz) / 1000));
      const chunks: Int16Array<ArrayBuffer>[] = [];
      for (let at = 0; at < samples.length; at += chunkSamples) chunks.push(samples.slice(at, at + chunkSamples));
      const answer = WIRES[played.wire](chunks, rateHz);
      const pieces = answer.pieces.map(({ bytes }, i) => ({
        atMs: workMs + played.firstAudioMs + i * played.chunkMs * played.pace,
        bytes,
      }));
      return { ...answer, pieces };
    },
  });
  return server.listen();
}

/** In Kokoro-FastAPI's words. */
function refusal(message: string): WireAnswer {
  const detail = { error: 'validation_error', message, type: 'invalid_request_error' };
  return {
    status: 400,
    headers: { 'content-type': 'application/json' },
    pieces: [{ atMs: 0, bytes: JSON.stringify({ detail }) }],
  };
}

type Chunks = Int16Array<ArrayBuffer>[];
const toAnswer = (type: string, bytes: (string | Uint8Array)[]): WireAnswer => ({
  headers: { 'content-type': type },
  pieces: bytes.map((piece) => ({ atMs: 0, bytes: typeof piece === 'string' ? piece : Buffer.from(piece) })),
});
const event = (json: object) => `data: ${JSON.stringify(json)}\n\n`;
const pcmOf = (chunks: Chunks) => chunks.map(toBytes);
const wavOf = (chunks: Chunks, rateHz: number) => {
  const all = new Int16Array(chunks.reduce((sum, { length }) => sum + length, 0));
  chunks.reduce((at, chunk) => (all.set(chunk, at), at + chunk.length), 0);
  return Buffer.from(encodeWav({ samples: all, rateHz }));
};

/** How each kind of server sends it. */
const WIRES = {
  /** Kokoro-FastAPI, speaches, OpenAI: bare samples; the rate is nowhere. */
  pcm: (chunks: Chunks) => toAnswer('audio/pcm', pcmOf(chunks)),
  /** Bare samples whose rate is in the head. */
  l16: (chunks: Chunks, rateHz: number) => toAnswer(`audio/L16;rate=${rateHz};channels=1`, pcmOf(chunks)),
  /** A WAV file with its true length, in as many pieces. */
  wav: (chunks: Chunks, rateHz: number) => {
    const file = wavOf(chunks, rateHz);
    const step = Math.ceil(file.length / chunks.length);
    return toAnswer(
      'audio/wav',
      chunks.map((_, i) => file.subarray(i * step, (i + 1) * step)),
    );
  },
  /** A WAV file begun before its length is known. */
  'wav-streamed': (chunks: Chunks, rateHz: number) => {
    const header = wavOf(chunks, rateHz).subarray(0, 44);
    header.writeUInt32LE(0xffffffff, 4);
    header.writeUInt32LE(0xffffffff, 40);
    return toAnswer('audio/wav', [header, ...pcmOf(chunks)]);
  },
  /** vLLM-Omni's and OpenAI's events. */
  sse: (chunks: Chunks) =>
    toAnswer('text/event-stream; charset=utf-8', [
      ...pcmOf(chunks).map((pcm) =>
        event({ type: 'speech.audio.delta', audio: Buffer.from(pcm).toString('base64'), response_format: 'pcm' }),
      ),
      event({ type: 'speech.audio.done', usage: { input_tokens: 9, output_tokens: 51, total_tokens: 60 } }),
    ]),
  /** Events that each hold a whole WAV file. */
  'sse-wav': (chunks: Chunks, rateHz: number) =>
    toAnswer('text/event-stream', [
      ...chunks.map((chunk) =>
        event({ type: 'speech.audio.delta', audio: wavOf([chunk], rateHz).toString('base64'), response_format: 'wav' }),
      ),
      event({ type: 'speech.audio.done' }),
    ]),
  /** piper: nothing, then everything. */
  piper: (chunks: Chunks, rateHz: number) => toAnswer('audio/wav', [wavOf(chunks, rateHz)]),
};
