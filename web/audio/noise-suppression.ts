import { loadRnnoise, RnnoiseWorkletNode } from '@sapphi-red/web-noise-suppressor';
import simdUrl from '@sapphi-red/web-noise-suppressor/rnnoise_simd.wasm?url';
import wasmUrl from '@sapphi-red/web-noise-suppressor/rnnoise.wasm?url';
import workletUrl from '@sapphi-red/web-noise-suppressor/rnnoiseWorklet.js?url';
import { failed, messageOf, ok, type Problem, type Result } from '#kernel/result';
import type { Scope } from '#kernel/scope';
import { SuppressionMeter } from './suppression-meter.ts';

export interface NoiseSuppressor {
  readonly input: AudioNode;
  readonly output: AudioNode;
  /** By how much what leaves is later than what entered, in seconds. */
  readonly delaySeconds: number;
  /** Taken out of the signal lately, in dB; to be read about ten times a second. */
  suppressedDb(): number;
}

type SuppressionResult = Result<NoiseSuppressor, Problem<'noise-suppression-failed'>>;

/**
 * RNNoise's bands are laid out for 48 kHz; at 44.1 kHz they lie 8 % lower, which makes no difference that can be
 * measured (pauses of real speech in pink noise 28 dB quieter at both rates). At 96 kHz it eats 3 dB of the speech.
 */
const MIN_RATE_HZ = 44_100;
const MAX_RATE_HZ = 48_000;
/** Measured by correlation: RNNoise overlaps its windows by 480 samples, and the worklet holds four quanta back. */
const DELAY_SAMPLES = 480 + 512;
const MAX_CHANNELS = 2;
const START_TIMEOUT_MS = 3_000;
const LOOK_EVERY_MS = 20;
const ANALYSER_SAMPLES = 2_048;

/** Loads RNNoise into the context, and answers once sound comes through it. `scope` owns it. */
export async function createNoiseSuppressor(context: AudioContext, scope: Scope): Promise<SuppressionResult> {
  const { sampleRate } = context;
  if (sampleRate < MIN_RATE_HZ || sampleRate > MAX_RATE_HZ) return refuse(`not made for ${sampleRate} Hz`);
  try {
    const node = await addRnnoise(context);
    scope.add(() => {
      node.destroy();
      node.disconnect();
    });
    const before = new AnalyserNode(context, { fftSize: ANALYSER_SAMPLES });
    const after = new AnalyserNode(context, { fftSize: ANALYSER_SAMPLES });
    before.connect(node).connect(after);
    scope.add(() => before.disconnect());
    if (!(await comesThrough(context, before, after, scope))) return refuse('no sound came through');
    const meter = new SuppressionMeter();
    return ok({
      input: before,
      output: after,
      delaySeconds: DELAY_SAMPLES / sampleRate,
      suppressedDb: () => meter.read(meanSquare(before), meanSquare(after)),
    });
  } catch (thrown) {
    return refuse(messageOf(thrown));
  }
}

/** The bare worklet node; silent until the wasm module has been made in it. */
export async function addRnnoise(context: BaseAudioContext): Promise<RnnoiseWorkletNode> {
  const [wasmBinary] = await Promise.all([
    loadRnnoise({ url: wasmUrl, simdUrl }),
    context.audioWorklet.addModule(workletUrl),
  ]);
  // Checked here: what goes wrong with the module inside the worklet is told to nobody.
  if (!WebAssembly.validate(wasmBinary)) throw new Error('not a wasm module');
  // The package asks for an AudioContext where any context with worklets will do.
  return new RnnoiseWorkletNode(context as AudioContext, { wasmBinary, maxChannels: MAX_CHANNELS });
}

/** The worklet does not say when it is ready. A tone is sent through it, so that it shows also in a silent room. */
async function comesThrough(
  context: AudioContext,
  input: AudioNode,
  output: AnalyserNode,
  scope: Scope,
): Promise<boolean> {
  const probe = new OscillatorNode(context, { frequency: 440 });
  const quiet = new GainNode(context, { gain: 0.1 });
  // Heard by nobody; but a node that leads nowhere is not run in every browser.
  const nowhere = new GainNode(context, { gain: 0 });
  probe.connect(quiet).connect(input);
  output.connect(nowhere).connect(context.destination);
  probe.start();
  let hasSound = false;
  for (let waitedMs = 0; !hasSound && !scope.isDisposed && waitedMs < START_TIMEOUT_MS;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    hasSound = meanSquare(output) > 0;
    // One that waits for a tap proves nothing against RNNoise.
    if (context.state === 'running') waitedMs += LOOK_EVERY_MS;
  }
  quiet.disconnect();
  probe.stop();
  output.disconnect(nowhere);
  nowhere.disconnect();
  return hasSound;
}

const samples = new Float32Array(ANALYSER_SAMPLES);

function meanSquare(analyser: AnalyserNode): number {
  analyser.getFloatTimeDomainData(samples);
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum / samples.length;
}

const refuse = (detail: string): SuppressionResult =>
  failed({ kind: 'noise-suppression-failed', retry: 'later', detail });
