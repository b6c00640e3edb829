/** Plain JavaScript in a string of its own module: it runs in the audio thread, where nothing else may be imported. */
const PROCESSOR = `registerProcessor('test-recorder', class extends AudioWorkletProcessor {
  process([input], [output]) {
    this.port.postMessage(input[0] ? input[0].slice() : new Float32Array(output[0].length));
    return true;
  }
});`;

/** Records one channel of what comes into `input`, from its making on. */
export class Recorder {
  readonly input: AudioWorkletNode;
  readonly #pieces: Float32Array[] = [];

  private constructor(context: BaseAudioContext) {
    this.input = new AudioWorkletNode(context, 'test-recorder', { outputChannelCount: [1] });
    this.input.port.onmessage = ({ data }: MessageEvent<Float32Array>) => this.#pieces.push(data);
    this.input.connect(context.destination);
  }

  static async create(context: BaseAudioContext): Promise<Recorder> {
    const url = URL.createObjectURL(new Blob([PROCESSOR], { type: 'text/javascript' }));
    await context.audioWorklet.addModule(url);
    URL.revokeObjectURL(url);
    return new Recorder(context);
  }

  get samples(): Float32Array<ArrayBuffer> {
    const all = new Float32Array(this.#pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
