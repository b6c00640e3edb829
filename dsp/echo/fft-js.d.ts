declare module 'fft.js' {
  /** Arrays of complex numbers, real and imaginary parts in turn. */
  export default class FFT {
    constructor(size: number);
    transform(output: Float32Array, input: Float32Array): void;
    inverseTransform(output: Float32Array, input: Float32Array): void;
  }
}
