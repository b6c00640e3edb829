import { Playback } from './playback.ts';
import type { PlaybackCommand, PlaybackControl, PlaybackEvent, PlaybackOptions } from './playback.messages.ts';

class PlaybackProcessor extends AudioWorkletProcessor implements AudioWorkletProcessorImpl {
  readonly #playback: Playback;
  readonly #transfer: Transferable[] = [];
  #worker: MessagePort | undefined;
  #isClosed = false;

  constructor({ processorOptions }: { processorOptions: PlaybackOptions }) {
    super();
    this.#playback = new Playback(sampleRate, processorOptions, (event) => this.#send(event));
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

  #send(event: PlaybackEvent): void {
    this.#transfer.length = 0;
    if (event.type === 'tap') this.#transfer.push(event.pcm.buffer);
    this.#worker?.postMessage(event, this.#transfer);
  }
}

registerProcessor('playback', PlaybackProcessor);
