import type { OutputPlace } from '../../session/live/live-event.ts';
import { createWireEncoder, type WireEncoder, type WireFormat } from '../audio/wire-audio.ts';
import { contentPlace } from './output-place.ts';

interface Sound {
  encoder: WireEncoder;
  /** Everything between the id of an event and its sound. */
  middle: string;
}

export interface SoundWriterOptions {
  nextEventId(): string;
  send(text: string): void;
}

/** Writes audio deltas by hand: JSON.stringify would look at every character of the sound. */
export class SoundWriter {
  readonly #options: SoundWriterOptions;
  /** By item; out of band several may be spoken at a time. */
  readonly #sounds = new Map<string, Sound>();

  constructor(options: SoundWriterOptions) {
    this.#options = options;
  }

  write(type: string, at: OutputPlace, format: WireFormat, pcm: Uint8Array, rateHz: number): void {
    let sound = this.#sounds.get(at.itemId);
    if (!sound) {
      const middle = `,${JSON.stringify({ ...contentPlace(at), delta: '' }).slice(1, -2)}`;
      sound = { encoder: createWireEncoder(format), middle };
      this.#sounds.set(at.itemId, sound);
    }
    this.#send(type, sound, sound.encoder.encode(pcm, rateHz));
  }

  /** Sends what a change of rate has held back. */
  finish(type: string, { itemId }: OutputPlace): void {
    const sound = this.#sounds.get(itemId);
    if (!sound) return;
    this.#sounds.delete(itemId);
    this.#send(type, sound, sound.encoder.finish());
  }

  #send(type: string, { middle }: Sound, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const sound = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    this.#options.send(`{"type":"${type}","event_id":"${this.#options.nextEventId()}"${middle}${sound}"}`);
  }
}
