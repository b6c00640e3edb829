import { Playback } from './playback.ts';
import type { PlaybackCommand, PlaybackControl, PlaybackOptions } from './playback.messages.ts';

class PlaybackProcessor extends AudioWorkletProcessor implements AudioWorkletProcessorImpl {
  readonly #playback: Playback;
  #worker: MessagePort | undefined;
  #isClosed = false;

  constructor({ processorOptions }: { processorOptions: PlaybackOptions }) {
    super();
    this.#playback = new Playback(sampleRate, processorOptions, (event) => this.#worker?.postMessage(event));
    this.port.onmessage = ({ data }: MessageEvent<PlaybackControl>) => {
      if (data.type === 'connect') this.#connect(data.port);
      else this.#close();
    };
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const output = outputs[0]?.[0];
    if (output) this.#playback.render(output, output.length, currentTime);
    return !this.#isClosed;
  }

  #connect(port: MessagePort): void {
    this.#worker?.close();
    this.#worker = port;
    port.onmessage = ({ data }: MessageEvent<PlaybackCommand>) => this.#playback.handle(data);
  }

  #close(): void {
    this.#isClosed = true;
    this.#worker?.close();
    this.#worker = undefined;
    this.port.close();
  }
}

registerProcessor('playback', PlaybackProcessor);
