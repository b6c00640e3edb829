import { VirtualClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import type { Recogniser } from '../../../upstream/speech.ts';
import type { ServerVad } from '../../../vad/turn-detection.ts';
import { ScriptedUpstream } from '../../testing/scripted-upstream.ts';
import { createLiveSession } from '../create-live-session.ts';
import type { LiveEvent } from '../live-event.ts';
import type { LiveListener, LiveSession } from '../live-session.ts';
import type { LiveSettings } from '../live-settings.ts';
import { ScriptedEars } from './scripted-ears.ts';

export const SERVER_VAD: ServerVad = {
  ...{ type: 'server-vad', threshold: 0.5, prefixPaddingMs: 100, silenceDurationMs: 500 },
  ...{ createResponse: true, interruptResponse: true },
};

export const PLAIN: LiveSettings = { inputRateHz: 16_000, output: 'speech', tools: [], toolChoice: 'auto' };

/** One live session with everything around it in the hands of the test. */
export class LiveStage implements LiveListener {
  readonly clock = new VirtualClock();
  readonly upstream = new ScriptedUpstream();
  readonly ears = new ScriptedEars();
  readonly events: LiveEvent[] = [];
  readonly session: LiveSession;
  hasEnded = false;
  full: Promise<void> | undefined;

  constructor(settings: Partial<LiveSettings> = {}, recogniser?: Recogniser) {
    this.session = createLiveSession({
      ...{ upstream: this.upstream, ears: this.ears, clock: this.clock, logger: silentLogger },
      ...(recogniser && { recogniser }),
      settings: { ...PLAIN, ...settings },
    });
    this.session.attach(this);
    this.listen();
  }

  /** The detector opens with the first sound; this one is without length. */
  listen(): void {
    this.session.append(new Uint8Array(0));
  }

  tell(event: LiveEvent): void {
    this.events.push(event);
  }

  drained(): Promise<void> | undefined {
    return this.full;
  }

  ended(): void {
    this.hasEnded = true;
  }

  /** Appends so many milliseconds, in frames of 20, whose samples count up. */
  hear(ms: number, from = 0): void {
    const { inputRateHz } = this.session.settings;
    const samples = (inputRateHz * 20) / 1000;
    for (let at = 0; at < ms; at += 20) {
      const first = from + (at / 20) * samples;
      const pcm = Int16Array.from({ length: samples }, (_, i) => (first + i) % 30_000);
      this.session.append(new Uint8Array(pcm.buffer));
    }
  }

  /** Everything told since the last time, in short. */
  told(): string[] {
    return this.events.splice(0).map(({ kind }) => kind);
  }

  find<K extends LiveEvent['kind']>(kind: K): Extract<LiveEvent, { kind: K }> {
    const event = this.events.findLast((other) => other.kind === kind);
    if (!event) throw new Error(`no ${kind} was told`);
    return event as Extract<LiveEvent, { kind: K }>;
  }
}

/** Lets every promise that can go on do so. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
