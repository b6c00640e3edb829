import { failed, ok, type Problem, type Result } from '#kernel/result';

/** A network that hears whether a turn is over; what the page has to know to fetch, check and run it. */
export interface EndOfTurnModel {
  /** One word for addresses and caches. */
  id: string;
  file: string;
  bytes: number;
  /** SHA-1 over `blob <bytes>\0` and the content, as `git hash-object` prints it. */
  gitBlobId: string;
  /** Of the probability, where nothing else is known of a language. */
  threshold: number;
  /** By primary language subtag. */
  languageThresholds: Readonly<Record<string, number>>;
}

/** Where a published model comes from, too. */
export interface PublishedEndOfTurnModel extends EndOfTurnModel {
  revision: string;
  source: string;
  licence: string;
}

/**
 * What every model in this place takes and gives: 8 s at 16 kHz as log-mel features (models/end-of-turn/log-mel.ts), and
 * the probability that the turn is over. The output is called logits, but the sigmoid is part of the network.
 */
export const END_OF_TURN_SHAPE = {
  rateHz: 16_000,
  seconds: 8,
  input: { name: 'input_features', dims: [1, 80, 800] },
  output: { name: 'logits', dims: [1, 1] },
} as const;

/**
 * Smart Turn v3.2, quantised to int8: the encoder of Whisper tiny and a small head, 8 million parameters, 23 languages.
 */
export const SMART_TURN: PublishedEndOfTurnModel = {
  id: 'smart-turn-v3.2',
  file: 'smart-turn-v3.2-cpu.onnx',
  bytes: 8_679_182,
  gitBlobId: '0eb9495d39075ec04820bb037af47b166e620594',
  revision: 'pipecat-ai/pipecat@acead0507d7de44e216d24533964106ca1d1d044',
  source:
    'https://raw.githubusercontent.com/pipecat-ai/pipecat/acead0507d7de44e216d24533964106ca1d1d044/src/pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx',
  licence: 'BSD-2-Clause',
  // What its authors decide by, in every language.
  threshold: 0.5,
  // No figures of this model by language. These are half the distance from English, in log-odds, of the thresholds that
  // LiveKit publishes for another model over audio (nl 0.20 to ko 0.40, en 0.36): half, because part of it is that
  // model's calibration. Start values, to be replaced by the first measurement.
  languageThresholds: {
    ...{ ar: 0.49, de: 0.43, es: 0.49, fr: 0.46, hi: 0.47, id: 0.49, it: 0.42, ja: 0.46, ko: 0.52, nl: 0.4 },
    ...{ pt: 0.48, tr: 0.44 },
  },
};

/** From this probability on a turn counts as over. `language`: BCP 47, as far as it is known. */
export function thresholdFor(
  model: Pick<EndOfTurnModel, 'threshold' | 'languageThresholds'>,
  language?: string,
): number {
  const primary = language?.split('-')[0]?.toLowerCase() ?? '';
  return Object.hasOwn(model.languageThresholds, primary)
    ? (model.languageThresholds[primary] ?? model.threshold)
    : model.threshold;
}

const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const GIT_BLOB_ID = /^[0-9a-f]{40}$/;
/** Anything larger is no model for a page. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Reads what a relay says of the model it serves. */
export function parseEndOfTurnModel(json: unknown): Result<EndOfTurnModel, Problem<'model-unreadable'>> {
  if (!isRecord(json)) return unreadable('not an object');
  const { id, file, bytes, gitBlobId, threshold, languageThresholds = {} } = json;
  if (!isName(id)) return unreadable('id');
  if (!isName(file)) return unreadable('file');
  if (typeof bytes !== 'number' || !Number.isInteger(bytes) || bytes <= 0 || bytes > MAX_BYTES)
    return unreadable('bytes');
  if (typeof gitBlobId !== 'string' || !GIT_BLOB_ID.test(gitBlobId)) return unreadable('gitBlobId');
  if (!isProbability(threshold)) return unreadable('threshold');
  if (!isRecord(languageThresholds)) return unreadable('languageThresholds');
  const thresholds = Object.entries(languageThresholds).filter((entry): entry is [string, number] =>
    isProbability(entry[1]),
  );
  return ok({ id, file, bytes, gitBlobId, threshold, languageThresholds: Object.fromEntries(thresholds) });
}

const unreadable = (detail: string) => failed({ kind: 'model-unreadable' as const, retry: 'never' as const, detail });

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isName = (value: unknown): value is string =>
  typeof value === 'string' && ID.test(value) && !value.includes('..');

const isProbability = (value: unknown): value is number => typeof value === 'number' && value > 0 && value < 1;
