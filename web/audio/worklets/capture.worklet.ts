import { Capture } from './capture.ts';
import type { CaptureControl, CaptureFrame, CaptureOptions, CaptureRecycle } from './capture.messages.ts';

class CaptureProcessor extends AudioWorkletProcessor implements AudioWorkletProcessorImpl {
  readonly #capture: Capture;
  readonly #transfer: Transferable[] = [];
  #worker: MessagePort | undefined;
  #isClosed = false;

  constructor({ processorOptions }: { processorOptions: CaptureOptions }) {
    super();
    this.#capture = new Capture(sampleRate, processorOptions, (frame) => this.#send(frame));
    this.port.onmessage = ({ data }: MessageEvent<CaptureControl>) => {
      if (data.type === 'connect') this.#connect(data.port);
      else this.#close();
    };
  }

  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    // The output stays silent; it tells the length of a quantum even when nothing is connected to the input.
    const samples = outputs[0]?.[0]?.length ?? 0;
    if (this.#worker && inputs[0]) this.#capture.process(inputs[0], samples, currentTime);
    return !this.#isClosed;
  }

  #connect(port: MessagePort): void {
    this.#worker?.close();
    this.#worker = port;
    port.onmessage = ({ data }: MessageEvent<CaptureRecycle>) => this.#capture.recycle(data.pcm);
  }

  #close(): void {
    this.#isClosed = true;
    this.#worker?.close();
    this.#worker = undefined;
    this.port.close();
  }

  #send(frame: CaptureFrame): void {
    this.#transfer[0] = frame.pcm.buffer;
    this.#worker?.postMessage(frame, this.#transfer);
  }
}

registerProcessor('capture', CaptureProcessor);
