import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SMART_TURN, type EndOfTurnModel } from '#models/registry/end-of-turn';
import { faultOfUrl } from './service-url.ts';
import type { Env } from './upstreams-schema.ts';

/** The models that run on people's devices, and where their files are. */
export interface ModelSettings {
  /** Files lie here under their names, put there by somebody or fetched and kept. */
  folder: string;
  /** Absent: none is offered, and the page goes by silence alone. */
  endOfTurn?: ServedModel;
}

export interface ServedModel {
  model: EndOfTurnModel;
  /** A file of the operator's own; no other place is looked at. */
  path?: string;
  /** Where to fetch it from when it is not in the folder. */
  source?: string;
}

/** Content of a file; throws as `readFileSync` does. */
export type ReadBytes = (path: string) => Uint8Array;

type Wrong = (variable: string, detail: string) => undefined;

const VARIABLE = 'EARSHOT_END_OF_TURN_MODEL';
const BLOB_AND_BYTES = /^([0-9a-f]{40}) ([1-9]\d{0,8})$/;

/** The published model unless something else is asked for. */
export function parseModelSettings(env: Env, wrong: Wrong, readBytes: ReadBytes): ModelSettings {
  const folder = env['EARSHOT_MODELS_DIR']?.trim() || join(cacheFolder(env), 'earshot', 'models');
  const text = env[VARIABLE]?.trim() ?? '';
  const threshold = parseThreshold(env, wrong);
  const served = parseServed(text, wrong, readBytes);
  if (!served) return { folder };
  const chosen = threshold === undefined ? {} : { threshold, languageThresholds: {} };
  return { folder, endOfTurn: { ...served, model: { ...served.model, ...chosen } } };
}

function parseServed(text: string, wrong: Wrong, readBytes: ReadBytes): ServedModel | undefined {
  if (text === '') return { model: SMART_TURN, source: SMART_TURN.source };
  if (text === 'off') return undefined;
  return /^https?:/.test(text) ? atAddress(text, wrong) : inFile(text, wrong, readBytes);
}

function atAddress(text: string, wrong: Wrong): ServedModel | undefined {
  const [source = '', ...facts] = text.split(/\s+/);
  const [, gitBlobId, bytes] = BLOB_AND_BYTES.exec(facts.join(' ')) ?? [];
  if (gitBlobId === undefined) {
    return wrong(VARIABLE, 'must have, after the address, the id that `git hash-object` gives the file, and its bytes');
  }
  const fault = faultOfUrl(source, ['https', 'http']);
  if (fault !== undefined) return wrong(VARIABLE, fault);
  return { source, model: toOwnModel(gitBlobId, Number(bytes)) };
}

function inFile(path: string, wrong: Wrong, readBytes: ReadBytes): ServedModel | undefined {
  try {
    const content = readBytes(path);
    return { path, model: toOwnModel(gitBlobIdOf(content), content.length) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return wrong(VARIABLE, `names a file that cannot be read (${code})`);
  }
}

/** Named after its content, so that no cache and no folder confuses it with the one before. */
function toOwnModel(gitBlobId: string, bytes: number): EndOfTurnModel {
  const id = `own-${gitBlobId.slice(0, 12)}`;
  return { id, file: `${id}.onnx`, bytes, gitBlobId, threshold: 0.5, languageThresholds: {} };
}

export const gitBlobIdOf = (content: Uint8Array): string =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');

function parseThreshold(env: Env, wrong: Wrong): number | undefined {
  const text = env['EARSHOT_END_OF_TURN_THRESHOLD']?.trim();
  if (!text) return undefined;
  const threshold = Number(text);
  if (!(threshold > 0 && threshold < 1)) {
    return wrong('EARSHOT_END_OF_TURN_THRESHOLD', 'must be a number between 0 and 1, for example 0.5');
  }
  return threshold;
}

function cacheFolder(env: Env): string {
  if (process.platform === 'win32') return env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
}
