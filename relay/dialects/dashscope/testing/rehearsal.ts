import { VirtualClock } from '#kernel/clock';
import { silentLogger } from '#kernel/logger';
import { createLiveSession } from '../../../session/live/create-live-session.ts';
import { ScriptedEars } from '../../../session/live/testing/scripted-ears.ts';
import { ScriptedUpstream } from '../../../session/testing/scripted-upstream.ts';
import { WordCounter } from '../../../session/transcription/testing/word-counter.ts';
import type { Relay } from '../../realtime/relay.ts';
import { AsrDialogue } from '../asr-dialogue.ts';
import { newAsrSession } from '../asr-session.ts';
import type { Dialogue, DialogueEnds } from '../dialogue.ts';
import { EventSender } from '../event-sender.ts';
import { OmniDialogue } from '../omni-dialogue.ts';
import { newOmniSession, toLiveSettings } from '../omni-session.ts';
import { readMessage } from '../read-message.ts';

export type Json = Record<string, unknown>;

export interface RehearsalOptions {
  model?: string;
  hasRecogniser?: boolean;
}

/** A client and what serves it without any socket; everything around them does what the test says. */
export class Rehearsal implements DialogueEnds {
  readonly clock = new VirtualClock();
  readonly upstream = new ScriptedUpstream();
  readonly ears = new ScriptedEars();
  readonly recogniser = new WordCounter(this.clock);
  readonly dialogue: Dialogue;
  /** Everything said, in order: `C` by the client, `S` by the server. */
  readonly lines: { by: 'C' | 'S'; text: string }[] = [];
  readonly #sender: EventSender;
  isFinished = false;

  constructor({ model = 'qwen3-omni-flash-realtime', hasRecogniser = true }: RehearsalOptions = {}) {
    const { upstream, ears, clock, recogniser } = this;
    const relay: Relay = {
      ...{ model: upstream.model, voices: upstream.voices },
      recogniserModel: hasRecogniser ? recogniser.model : undefined,
    };
    const sender = new EventSender({
      sendText: (text) => void this.lines.push({ by: 'S', text }),
      drained: () => undefined,
    });
    const ends = { onFinished: () => this.onFinished(), onEnded: () => this.onEnded() };
    if (model.includes('asr')) {
      const parts = { recogniser, ears, clock, logger: silentLogger, sender };
      this.dialogue = new AsrDialogue({ session: newAsrSession(model), ...parts, ...ends });
    } else {
      const session = newOmniSession(model);
      const settings = toLiveSettings(session, relay);
      const parts = { upstream, ears, clock, logger: silentLogger, settings };
      const live = createLiveSession({ ...parts, ...(hasRecogniser && { recogniser }) });
      this.dialogue = new OmniDialogue({ live, session, relay, clock, sender, ...ends });
    }
    this.#sender = sender;
    this.dialogue.greet();
  }

  onFinished(): void {
    this.isFinished = true;
  }

  onEnded(): void {}

  /** Every event so far, or those of one type. */
  told(type?: string): Json[] {
    const events = this.lines.filter(({ by }) => by === 'S').map(({ text }) => JSON.parse(text) as Json);
    return type === undefined ? events : events.filter((event) => event['type'] === type);
  }

  types(): string[] {
    return this.told().map(({ type }) => String(type));
  }

  /** What the client says, and all that follows by itself; whether it made sense. */
  async say(event: Json | string): Promise<boolean> {
    const text = typeof event === 'string' ? event : JSON.stringify(event);
    this.lines.push({ by: 'C', text });
    const madeSense = readMessage(text, this.dialogue, this.#sender);
    await settled();
    return madeSense;
  }

  /** So many milliseconds of sound at 16 kHz in packets of 100; the golden transcripts show only how many. */
  async speak(ms: number): Promise<void> {
    const packet = Buffer.from(new Uint8Array(new Int16Array(1_600).fill(1_000).buffer)).toString('base64');
    const text = JSON.stringify({ type: 'input_audio_buffer.append', audio: packet });
    this.lines.push({ by: 'C', text: `(${ms} ms of sound)` });
    for (let spoken = 0; spoken < ms; spoken += 100) {
      readMessage(text, this.dialogue, this.#sender);
      await this.wait(100);
    }
  }

  /** Lets time pass and whatever comes of it happen. */
  async wait(ms: number): Promise<void> {
    await settled();
    this.clock.advance(ms);
    await settled();
  }

  /** The detector hears a turn from one millisecond of the sound to another. */
  async hear(fromMs: number, toMs: number): Promise<void> {
    this.ears.detector.signal({ kind: 'started', startSample: fromMs * 16 });
    this.ears.detector.signal({ kind: 'stopped', endSample: toMs * 16 });
    await settled();
  }

  /** What was said, with ids in the order in which they came up, so that it is the same every time. */
  transcript(): string {
    const names = new Map<string, string>();
    const counts = new Map<string, number>();
    const rename = (id: string, kind: string): string => {
      const known = names.get(id);
      if (known !== undefined) return known;
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      const name = `${kind}_${count}`;
      names.set(id, name);
      return name;
    };
    const id = /\b(sess|conv|item|resp|call|event)_[\w-]{12,}/g;
    return this.lines.map(({ by, text }) => `${by} ${text.replace(id, rename)}\n`).join('');
  }
}

/** Lets every promise that can go on do so. */
export const settled = async (): Promise<void> => {
  for (let n = 0; n < 3; n++) await new Promise((resolve) => setImmediate(resolve));
};
