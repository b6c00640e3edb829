import type { BitReader } from './bit-reader.ts';

/** Predictors of the fixed kinds, newest sample first (RFC 9639 §9.2.5). */
const FIXED: readonly (readonly number[])[] = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

/** One channel of a frame: integers of `bits` bits. False where it is none. */
export function readSubframe(reader: BitReader, output: Float64Array, bits: number): boolean {
  if (reader.unsigned(1) !== 0) return false;
  const type = reader.unsigned(6);
  const wasted = reader.unsigned(1) === 1 ? reader.unary() + 1 : 0;
  const isRead = readSamples(reader, output, type, bits - wasted);
  if (wasted > 0) for (let i = 0; i < output.length; i++) output[i] = (output[i] ?? 0) * 2 ** wasted;
  return isRead && !reader.isSpent;
}

function readSamples(reader: BitReader, output: Float64Array, type: number, bits: number): boolean {
  if (bits < 1) return false;
  if (type === 0) {
    output.fill(reader.signed(bits));
    return true;
  }
  if (type === 1) {
    readPlain(reader, output, output.length, bits);
    return true;
  }
  if (type >= 8 && type <= 12) return readFixed(reader, output, type - 8, bits);
  if (type >= 32) return readLinear(reader, output, type - 31, bits);
  return false;
}

function readPlain(reader: BitReader, output: Float64Array, count: number, bits: number): void {
  for (let i = 0; i < count && !reader.isSpent; i++) output[i] = reader.signed(bits);
}

function readFixed(reader: BitReader, output: Float64Array, order: number, bits: number): boolean {
  const coefficients = FIXED[order];
  if (!coefficients || order > output.length) return false;
  readPlain(reader, output, order, bits);
  if (!readResidual(reader, output, order)) return false;
  predict(output, coefficients, 0);
  return true;
}

function readLinear(reader: BitReader, output: Float64Array, order: number, bits: number): boolean {
  if (order > output.length) return false;
  readPlain(reader, output, order, bits);
  const precision = reader.unsigned(4) + 1;
  const shift = reader.signed(5);
  if (precision === 16 || shift < 0) return false;
  const coefficients = Array.from({ length: order }, () => reader.signed(precision));
  if (!readResidual(reader, output, order)) return false;
  predict(output, coefficients, shift);
  return true;
}

/** Rice codes (§9.2.7), into everything after the first `order` samples. */
function readResidual(reader: BitReader, output: Float64Array, order: number): boolean {
  const method = reader.unsigned(2);
  if (method > 1) return false;
  const parameterBits = method === 0 ? 4 : 5;
  const escape = 2 ** parameterBits - 1;
  const partitions = 2 ** reader.unsigned(4);
  const perPartition = output.length / partitions;
  if (!Number.isInteger(perPartition) || perPartition < order) return false;
  for (let partition = 0; partition < partitions; partition++) {
    const parameter = reader.unsigned(parameterBits);
    const plainBits = parameter === escape ? reader.unsigned(5) : 0;
    const end = (partition + 1) * perPartition;
    for (let i = partition === 0 ? order : partition * perPartition; i < end; i++) {
      if (reader.isSpent) return false;
      output[i] = parameter === escape ? reader.signed(plainBits) : riceCode(reader, parameter);
    }
  }
  return true;
}

function riceCode(reader: BitReader, parameter: number): number {
  const folded = reader.unary() * 2 ** parameter + reader.unsigned(parameter);
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
}

/** Adds to each residual what the samples before it foretell. Sums stay exact: they are far below 2^53. */
function predict(output: Float64Array, coefficients: readonly number[], shift: number): void {
  const order = coefficients.length;
  const divisor = 2 ** shift;
  for (let i = order; i < output.length; i++) {
    let sum = 0;
    for (let k = 0; k < order; k++) sum += (coefficients[k] ?? 0) * (output[i - 1 - k] ?? 0);
    output[i] = (output[i] ?? 0) + Math.floor(sum / divisor);
  }
}
