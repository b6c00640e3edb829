import { GraphBuilder } from './graph-builder.ts';

const BANDS = 80;
const FRAMES = 800;
/** Of the end that is looked at. */
const TAIL_FRAMES = 120;
/** Over which a drop in level counts as one step: two windows of the front end. */
const STEP_FRAMES = 4;
/** At the very end, where a finished turn is quiet. */
const REST_FRAMES = 10;

/** Features are log10 of power over four: 0.25 is 10 dB. */
const QUIET_BY = 0.5;
const ABRUPT_FROM = 0.3;
const DARKER_BY = 0.02;

/**
 * A network of the inputs and outputs of Smart Turn that needs no training: it calls a turn finished when the last
 * second fades away into silence, the more so when the sound gets darker on the way (the voice falls), and unfinished
 * when sound goes on to the end or breaks off at full level. For trying the way a model takes to the page; on people's
 * speech it guesses (area under the curve 0.50 over 25 ends of turns and 15 pauses inside them).
 */
export function pauseModel(): Uint8Array<ArrayBuffer> {
  const net = new GraphBuilder();
  const [level, tilt] = [
    net.tensor([1, BANDS, 1], new Float32Array(BANDS).fill(1 / BANDS)),
    net.tensor([1, BANDS, 1], tiltWeights()),
  ];
  const one = { kernel_shape: [1] };
  const tail = net.add('Slice', [
    'input_features',
    net.indices(FRAMES - TAIL_FRAMES),
    net.indices(FRAMES),
    net.indices(2),
  ]);
  const levels = net.add('Conv', [tail, level], one);
  const tilts = net.add('Conv', [tail, tilt], one);

  const span = (x: string, from: number, to: number): string =>
    net.add('Slice', [x, net.indices(from), net.indices(to), net.indices(2)]);
  const mean = (x: string): string => net.add('ReduceMean', [x], { axes: [1, 2], keepdims: 0 });
  const max = (x: string): string => net.add('ReduceMax', [x], { axes: [1, 2], keepdims: 0 });
  const minus = (a: string, b: string): string => net.add('Sub', [a, b]);

  const rest = TAIL_FRAMES - REST_FRAMES;
  const quietBy = minus(max(levels), mean(span(levels, rest, TAIL_FRAMES)));
  const last = TAIL_FRAMES - STEP_FRAMES;
  const steepest = max(minus(span(levels, 0, last), span(levels, STEP_FRAMES, TAIL_FRAMES)));
  const darkerBy = minus(
    mean(span(tilts, 0, TAIL_FRAMES / 3)),
    mean(span(tilts, TAIL_FRAMES / 3, (2 * TAIL_FRAMES) / 3)),
  );

  const weighted = (x: string, zero: number, weight: number): string =>
    net.add('Mul', [minus(x, net.scalar(zero)), net.scalar(weight)]);
  const isQuiet = weighted(quietBy, QUIET_BY, 20);
  const isGradual = weighted(steepest, ABRUPT_FROM, -30);
  const isDarker = weighted(darkerBy, DARKER_BY, 10);
  // Quiet and gradual both: the lesser of the two speaks.
  const sum = net.add('Add', [net.add('Min', [isQuiet, isGradual]), isDarker]);
  const column = net.add('Reshape', [sum, net.indices(1, 1)]);
  net.add('Sigmoid', [column], {}, 'logits');
  return net.toFile(
    'pause',
    [{ name: 'input_features', dims: [1, BANDS, FRAMES] }],
    [{ name: 'logits', dims: [1, 1] }],
  );
}

/** High bands against low ones; their sum is zero, so that the level alone does not matter. */
const tiltWeights = (): Float32Array =>
  Float32Array.from({ length: BANDS }, (_, band) => (2 * band - (BANDS - 1)) / (BANDS * BANDS));
