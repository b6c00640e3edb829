import { VirtualClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { createLiveSessions, type LiveSessions } from '../../session/live/live-sessions.ts';
import { ScriptedEars } from '../../session/live/testing/scripted-ears.ts';
import { ScriptedUpstream } from '../../session/testing/scripted-upstream.ts';
import { SocketDouble } from './socket-double.ts';

export type Json = Record<string, unknown>;

/** What a dialect is opened with. */
export interface DialectParts {
  sessions: LiveSessions;
  clock: VirtualClock;
  logger: typeof silentLogger;
}

export interface StageOptions {
  maxSessions?: number;
}

/** Real sessions under one dialect, with time, the upstream and turn detection in the hands of the test. */
export class DialectStage {
  readonly clock = new VirtualClock();
  readonly upstream = new ScriptedUpstream();
  readonly ears = new ScriptedEars();
  readonly sessions: ReturnType<typeof createLiveSessions>;
  /** `>` the client, `<` the relay, `#` what happened besides; ids in the order they were first seen. */
  readonly lines: string[] = [];
  readonly #ids = new Map<string, string>();

  constructor(options: StageOptions = {}) {
    this.sessions = createLiveSessions({
      ...{ upstream: this.upstream, ears: this.ears, clock: this.clock, logger: silentLogger },
      ...options,
    });
  }

  get parts(): DialectParts {
    return { sessions: this.sessions, clock: this.clock, logger: silentLogger };
  }

  client(): StageClient {
    return new StageClient(this);
  }

  note(by: '>' | '<' | '#', what: string): void {
    this.lines.push(
      `${by} ${what.replaceAll(/\b(sess|resp|item)_[\w-]{20,}/g, (id, kind: string) => this.#named(id, kind))}`,
    );
  }

  /** Somebody speaks, or stops: so many milliseconds after the detector was opened. */
  speech(kind: 'started' | 'paused' | 'resumed' | 'stopped', atMs: number): void {
    this.note('#', `${kind} at ${atMs} ms`);
    const { detector } = this.ears;
    const sample = Math.floor((atMs * detector.rateHz) / 1000);
    if (kind === 'started') detector.signal({ kind, startSample: sample });
    else if (kind === 'resumed') detector.signal({ kind });
    else detector.signal({ kind, endSample: sample });
  }

  pass(ms: number): void {
    this.note('#', `${ms} ms pass`);
    this.clock.advance(ms);
  }

  get transcript(): string {
    return `${this.lines.join('\n')}\n`;
  }

  #named(id: string, kind: string): string {
    const known = this.#ids.get(id);
    if (known) return known;
    const count = [...this.#ids.values()].filter((name) => name.startsWith(kind)).length;
    this.#ids.set(id, `${kind}_${count + 1}`);
    return `${kind}_${count + 1}`;
  }
}

/** One client: what it was told, and what it says. */
export class StageClient extends SocketDouble {
  readonly messages: Json[] = [];
  readonly sounds: Uint8Array[] = [];
  readonly #stage: DialectStage;

  constructor(stage: DialectStage) {
    super();
    this.#stage = stage;
    this.onSent = (data) => this.#sent(data);
    this.on('close', (code) => stage.note('#', `closed ${code}`));
  }

  say(message: Json | string): void {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    this.#stage.note('>', brief(text));
    this.hear(text);
  }

  speak(bytes: Uint8Array): void {
    this.#stage.note('>', `${bytes.length} bytes`);
    this.hear(bytes);
  }

  all(type: string): Json[] {
    return this.messages.filter((message) => message['type'] === type);
  }

  last(type: string): Json {
    const message = this.all(type).at(-1);
    if (!message) throw new Error(`no ${type} was told`);
    return message;
  }

  get heard(): Buffer {
    return Buffer.concat(this.sounds);
  }

  #sent(data: string | Uint8Array): void {
    if (typeof data !== 'string') {
      this.sounds.push(data);
      return this.#stage.note('<', `${data.length} bytes`);
    }
    this.messages.push(JSON.parse(data) as Json);
    this.#stage.note('<', brief(data));
  }
}

const SOUND = '"audio":"';

/** Sound in JSON by its length only. Without a regular expression: those give up on megabytes. */
function brief(text: string): string {
  const from = text.indexOf(SOUND) + SOUND.length;
  const end = text.indexOf('"', from);
  if (from < SOUND.length || end - from < 40) return text;
  return `${text.slice(0, from)}${end - from} characters${text.slice(end)}`;
}

/** Lets every promise that can go on do so. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
