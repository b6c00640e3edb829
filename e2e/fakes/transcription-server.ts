import { parseWav, type Recording } from '../audio/wav.ts';
import { WireServer, type WireAnswer, type WireRequest, type WireScript } from './wire-server.ts';

export interface TranscriptionScript extends WireScript {
  /** What is understood of the audio. */
  hear: (audio: Recording) => string | Promise<string>;
  /** Which server it is like. */
  wire: TranscriptionWireName;
  /** Before the first word, and between two. */
  firstWordMs: number;
  wordMs: number;
}

export type TranscriptionWireName = keyof typeof WIRES;

export interface FakeRecogniserOptions {
  script?: Partial<TranscriptionScript>;
  authorization?: string;
}

/** A speech recognition server: any of the wires, with whatever ears `hear` is. */
export function createFakeRecogniser({ script, authorization }: FakeRecogniserOptions = {}): Promise<
  WireServer<TranscriptionScript>
> {
  const hear = ({ samples, rateHz }: Recording) => `I spoke for ${(samples.length / rateHz).toFixed(1)} seconds.`;
  const server = new WireServer<TranscriptionScript>({
    script: { hear, wire: 'openai', firstWordMs: 0, wordMs: 0, ...script },
    documents: { '/v1/models': { data: [] }, '/v1/projects': { projects: [] } },
    ...(authorization === undefined ? {} : { authorization }),
    answer: async (request, played) => {
      const text = await played.hear(audioOf(request));
      // The timeline is that of the wire; hearing has taken its own time before it.
      const workMs = performance.now() - request.receivedAtMs;
      const answer = WIRES[played.wire](text.match(/\S+\s*/g) ?? [], request);
      const pieces = answer.pieces.map(({ bytes }, i) => ({
        atMs: workMs + played.firstWordMs + i * played.wordMs,
        bytes,
      }));
      return { ...answer, pieces };
    },
  });
  return server.listen();
}

/** The fields and the file of a multipart body. */
export function readForm({ headers, body }: WireRequest): { fields: Record<string, string>; file?: Buffer } {
  const boundary = /boundary="?([^";]+)/.exec(headers['content-type'] ?? '')?.[1] ?? '';
  const fields: Record<string, string> = {};
  let file: Buffer | undefined;
  const parts = body.toString('latin1').split(`--${boundary}`).slice(1, -1);
  for (const part of parts) {
    const [head = '', ...rest] = part.split('\r\n\r\n');
    const content = Buffer.from(rest.join('\r\n\r\n').replace(/\r\n$/, ''), 'latin1');
    const name = /\bname="([^"]+)"/.exec(head)?.[1] ?? '';
    if (/\bfilename="/.test(head)) file = content;
    else fields[name] = content.toString('utf8');
  }
  return { fields, ...(file ? { file } : {}) };
}

export const audioOf = (request: WireRequest): Recording => parseWav(readForm(request).file ?? request.body);

const STREAM = { 'content-type': 'text/event-stream; charset=utf-8' };
const DOCUMENT = { 'content-type': 'application/json' };

const toAnswer = (headers: Record<string, string>, bytes: string[]): WireAnswer => ({
  headers,
  pieces: bytes.map((piece) => ({ atMs: 0, bytes: piece })),
});
const event = (json: object) => `data: ${JSON.stringify(json)}\n\n`;
const isStreamed = (request: WireRequest) => readForm(request).fields['stream'] === 'true';

function document(words: string[]): WireAnswer {
  const text = words.join('');
  const segments = words.map((word, i) => ({ id: i, text: ` ${word.trim()}`, start: i * 0.5, end: i * 0.5 + 0.4 }));
  return toAnswer(DOCUMENT, [JSON.stringify({ text, language: 'en', segments })]);
}

/** How each kind of server says it. */
const WIRES = {
  openai: (words: string[], request: WireRequest) =>
    isStreamed(request)
      ? toAnswer(STREAM, [
          ...words.map((delta) => event({ type: 'transcript.text.delta', delta })),
          event({ type: 'transcript.text.done', text: words.join('') }),
        ])
      : document(words),
  vllm: (words: string[], request: WireRequest) => {
    const chunk = (delta: object, finish: string | null = null) =>
      event({ id: 'trsc-1', object: 'transcription.chunk', created: 1, choices: [{ delta, finish_reason: finish }] });
    if (!isStreamed(request)) return document(words);
    return toAnswer(STREAM, [
      ...words.map((content) => chunk({ content })),
      chunk({ content: '' }, 'stop'),
      'data: [DONE]\n\n',
    ]);
  },
  /** Older faster-whisper servers. */
  segments: (words: string[]) =>
    toAnswer(
      STREAM,
      words.map((word) => event({ text: word.trim() })),
    ),
  /** Servers that do not stream. */
  json: document,
  deepgram: (words: string[]) => {
    const transcript = words.join('');
    const utterances = [{ transcript, start: 0.25, end: 1.5 }];
    const channels = [{ alternatives: [{ transcript, confidence: 0.98, words: [] }], detected_language: 'en' }];
    return toAnswer(DOCUMENT, [JSON.stringify({ metadata: { request_id: 'r' }, results: { channels, utterances } })]);
  },
};
