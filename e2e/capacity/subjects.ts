import { fileURLToPath } from 'node:url';
import { BINARY, GATEWAY, JSON_EVENTS, MODEL, openAiWire, type Wire } from './load/wire.ts';
import { SubjectProcess, type Program } from './subject-process.ts';

const PASS_THROUGH = fileURLToPath(new URL('./pass-through.mjs', import.meta.url));
const RELAY = fileURLToPath(new URL('../../dist/relay/main.js', import.meta.url));

export const SUBJECT_NAMES = ['none', 'bare binary', 'bare JSON', 'binary', 'JSON', 'JSON, listening'] as const;
export type SubjectName = (typeof SUBJECT_NAMES)[number];

export interface Subject {
  name: SubjectName;
  note?: string;
  wire: Wire;
  upstream: 'sockets' | 'answers';
  /** Loads to begin with. */
  streams: readonly number[];
  /** Undefined: nothing is between the generator's two ends. */
  start?: (upstreamPort: number, options: StartOptions) => Promise<{ process: SubjectProcess; ready: number }>;
}

export interface StartOptions {
  isPinned: boolean;
  profileTo?: string;
}

const STREAMS = [100, 250, 400];
/** A model hears every frame of these. */
const LISTENING_STREAMS = [20, 40, 60];

const KEEPS = 'decodes what the client says and keeps it, where the pass-through hands it on at once';
const SERVER_VAD = { type: 'server_vad', create_response: true, interrupt_response: true };

export const SUBJECTS: readonly Subject[] = [
  {
    name: 'none',
    note: 'client and upstream joined directly: the floor',
    wire: BINARY,
    upstream: 'sockets',
    streams: STREAMS,
  },
  passThrough('bare binary', BINARY),
  { ...passThrough('bare JSON', JSON_EVENTS), note: 'parses every message, and hands on its bytes' },
  relay('binary', GATEWAY, KEEPS),
  relay('JSON', openAiWire(null), KEEPS),
  {
    ...relay(
      'JSON, listening',
      openAiWire(SERVER_VAD),
      'turn detection in the relay: a model hears every frame, on the same core',
    ),
    streams: LISTENING_STREAMS,
  },
];

function passThrough(name: SubjectName, wire: Wire): Subject {
  const start: Subject['start'] = (upstreamPort, options) =>
    startProcess({ script: PASS_THROUGH, args: [String(upstreamPort)] }, options, /^(\d+)\n/);
  return { name, wire, upstream: 'sockets', streams: STREAMS, start };
}

function relay(name: SubjectName, wire: Wire, note: string): Subject {
  const start: Subject['start'] = (upstreamPort, options) => {
    const env = {
      ...{ HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'silent', EARSHOT_END_OF_TURN_MODEL: 'off', EARSHOT_UPSTREAMS: '' },
      ...{ OMNI_SERVICE_URL: `http://127.0.0.1:${upstreamPort}`, OMNI_MODEL: MODEL },
      ...{ OMNI_MAX_CONCURRENT: '9999', OMNI_API_KEY: '', STT_SERVICE_URL: '', TTS_SERVICE_URL: '' },
      ...{ ALLOWED_HOSTS: '', API_KEYS: '' },
    };
    return startProcess({ script: RELAY, env }, options, /listens on http:\/\/127\.0\.0\.1:(\d+)/);
  };
  return { name, note, wire, upstream: 'answers', streams: STREAMS, start };
}

function startProcess(program: Program, { isPinned, profileTo }: StartOptions, port: RegExp) {
  return SubjectProcess.start({ ...program, ...(profileTo !== undefined && { profileTo }) }, isPinned, (output) => {
    const found = port.exec(output)?.[1];
    return found === undefined ? undefined : Number(found);
  });
}
