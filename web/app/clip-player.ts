import { bytesToInt16, int16ToFloat } from '#dsp/pcm';

export interface Clip {
  /** PCM16LE mono. */
  pcm: Uint8Array;
  rateHz: number;
}

/** Plays one stored recording at a time, outside any call. */
export class ClipPlayer {
  #context: AudioContext | undefined;
  #source: AudioBufferSourceNode | undefined;

  /** In the task of the person's tap. `onEnded` also after `stop()`. */
  play(clip: Promise<Clip | undefined>, onEnded: () => void): void {
    this.stop();
    const context = (this.#context ??= new AudioContext());
    void context.resume();
    const source = context.createBufferSource();
    this.#source = source;
    source.onended = onEnded;
    const loaded = clip.catch(() => undefined);
    void loaded.then((found) => {
      if (this.#source !== source) return;
      // Nothing there, or storage refused to give it.
      if (!found || found.pcm.length < 2) return onEnded();
      source.buffer = toBuffer(context, found);
      source.connect(context.destination);
      source.start();
    });
  }

  stop(): void {
    const source = this.#source;
    this.#source = undefined;
    if (!source) return;
    // One that has no buffer yet was never started, and cannot be stopped.
    if (source.buffer) source.stop();
    else source.onended?.call(source, new Event('ended'));
  }
}

function toBuffer(context: AudioContext, { pcm, rateHz }: Clip): AudioBuffer {
  const samples = bytesToInt16(pcm);
  const buffer = context.createBuffer(1, samples.length, rateHz);
  int16ToFloat(samples, buffer.getChannelData(0));
  return buffer;
}
