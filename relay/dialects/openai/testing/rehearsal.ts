import { VirtualClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { createLiveSession } from '../../../session/live/create-live-session.ts';
import type { LiveListener, LiveSession } from '../../../session/live/live-session.ts';
import { ScriptedEars } from '../../../session/live/testing/scripted-ears.ts';
import { ScriptedUpstream } from '../../../session/testing/scripted-upstream.ts';
import type { Recogniser } from '../../../upstream/speech.ts';
import { Dialogue } from '../dialogue.ts';
import type { Flavour } from '../names.ts';
import type { Relay } from '../../realtime/relay.ts';
import { newWireSession, toLiveSettings, type WireSession } from '../wire-session.ts';

export type Json = Record<string, unknown>;

export interface RehearsalOptions {
  flavour?: Flavour;
  recogniser?: Recogniser;
  type?: WireSession['type'];
  model?: string;
}

/** A client and a whole live session without any socket; what surrounds them does what the test says. */
export class Rehearsal implements LiveListener {
  readonly clock = new VirtualClock();
  readonly upstream = new ScriptedUpstream();
  readonly ears = new ScriptedEars();
  readonly relay: Relay;
  readonly live: LiveSession;
  readonly dialogue: Dialogue;
  /** Everything said, in order: `C` by the client, `S` by the server. */
  readonly lines: { by: 'C' | 'S'; text: string }[] = [];

  constructor({ flavour, recogniser, type = 'realtime', model = 'gpt-realtime' }: RehearsalOptions = {}) {
    this.relay = { model: this.upstream.model, voices: this.upstream.voices, recogniserModel: recogniser?.model };
    const session = newWireSession(model, type, this.relay);
    this.live = createLiveSession({
      ...{ upstream: this.upstream, ears: this.ears, clock: this.clock, logger: silentLogger },
      ...(recogniser && { recogniser }),
      settings: toLiveSettings(session, this.relay),
    });
    let events = 0;
    this.dialogue = new Dialogue({
      ...{ live: this.live, session, relay: this.relay, flavour },
      nextEventId: () => `event_${++events}`,
      send: (text) => void this.lines.push({ by: 'S', text }),
    });
    this.dialogue.greet();
    this.live.attach(this);
  }

  tell(...args: Parameters<LiveListener['tell']>): void {
    this.dialogue.tell(...args);
  }

  drained(): undefined {
    return undefined;
  }

  ended(): void {}

  /** Every event so far, or those of one type. */
  told(type?: string): Json[] {
    const events = this.lines.filter(({ by }) => by === 'S').map(({ text }) => JSON.parse(text) as Json);
    return type === undefined ? events : events.filter((event) => event['type'] === type);
  }

  types(): string[] {
    return this.told().map(({ type }) => String(type));
  }

  last(): Json {
    return this.told().at(-1) ?? {};
  }

  /** What the client says; whether it made sense. */
  say(event: Json | string): boolean {
    const text = typeof event === 'string' ? event : JSON.stringify(event);
    this.lines.push({ by: 'C', text });
    return this.dialogue.receive(text);
  }

  /** Sound in the session's format, as so many bytes. */
  append(bytes: number): boolean {
    return this.say({ type: 'input_audio_buffer.append', audio: Buffer.alloc(bytes, 1).toString('base64') });
  }

  /** Says something and waits for all that follows by itself. */
  async sayAnd(...events: Json[]): Promise<void> {
    for (const event of events) this.say(event);
    await settled();
  }

  /** The detector hears a turn of as much sound as was appended. */
  async speak(samples: number): Promise<void> {
    // The detector opens with the first sound; this one is without length.
    this.live.append(new Uint8Array(0));
    this.ears.detector.signal({ kind: 'started', startSample: 0 });
    this.append(2 * samples);
    this.ears.detector.signal({ kind: 'stopped', endSample: this.ears.detector.samples });
    await settled();
  }

  /** What was said, with ids in the order in which they came up, so that it is the same every time. */
  transcript(): string {
    const known = new Map<string, string>();
    const counts = new Map<string, number>();
    const rename = (id: string, kind: string): string => {
      let name = known.get(id);
      if (name === undefined) {
        const count = (counts.get(kind) ?? 0) + 1;
        counts.set(kind, count);
        known.set(id, (name = `${kind}_${count}`));
      }
      return name;
    };
    const id = /\b(sess|conv|item|resp|call)_[\w-]{12,}/g;
    return this.lines.map(({ by, text }) => `${by} ${text.replace(id, rename)}\n`).join('');
  }
}

/** Lets every promise that can go on do so. */
export const settled = async (): Promise<void> => {
  for (let n = 0; n < 3; n++) await new Promise((resolve) => setImmediate(resolve));
};
