import type { Env, ServerConfig, UpstreamsConfig } from './upstreams-schema.ts';
import { faultOfUrl, toServiceUrl } from './service-url.ts';
import { parseUpstreams } from './upstreams-file.ts';

type Wrong = (variable: string, detail: string) => undefined;

/** Text of a file; throws as `readFileSync` does. */
export type ReadText = (path: string) => string;

/** The settings of the simple case, beside the addresses: model, key, room. */
const OMNI_EXTRAS = ['OMNI_MODEL', 'OMNI_API_KEY', 'OMNI_MAX_CONCURRENT'];

/** The servers that answer: one file for any arrangement, or the environment for one kind of server. */
export function parseUpstreamSettings(env: Env, wrong: Wrong, readText: ReadText): UpstreamsConfig | undefined {
  const path = env['EARSHOT_UPSTREAMS']?.trim();
  if (!path) return withSpeech(fromEnvironment(env, wrong), env, wrong);
  for (const variable of ['OMNI_SERVICE_URL', ...OMNI_EXTRAS, 'STT_SERVICE_URL', 'TTS_SERVICE_URL']) {
    // A key may well be one that the file refers to.
    const isReferable = variable.endsWith('_KEY');
    if (env[variable]?.trim() && !isReferable)
      wrong(variable, 'must not be set together with EARSHOT_UPSTREAMS; the file says it all');
  }
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return wrong('EARSHOT_UPSTREAMS', `names a file that cannot be read (${code})`);
  }
  const parsed = parseUpstreams(text, env);
  if (parsed.ok) return parsed.value;
  for (const { line, detail } of parsed.problem) wrong('EARSHOT_UPSTREAMS', `line ${line}: ${detail}`);
  return undefined;
}

function fromEnvironment(env: Env, wrong: Wrong): UpstreamsConfig | undefined {
  const urls = listOf(env['OMNI_SERVICE_URL']);
  const set = OMNI_EXTRAS.filter((variable) => env[variable]?.trim());
  if (urls.length === 0)
    return set.length > 0 ? wrong('OMNI_SERVICE_URL', `must be set when ${set.join(' or ')} is`) : undefined;
  const faults = urls.map((url) => faultOfUrl(url)).filter((fault) => fault !== undefined);
  if (faults[0] !== undefined) return wrong('OMNI_SERVICE_URL', faults[0]);
  const model = env['OMNI_MODEL']?.trim();
  const maxConcurrent = toMaxConcurrent(env, wrong);
  const servers = urls.map((url): ServerConfig => ({
    ...{ kind: 'omni-chat', url: toServiceUrl(url), weight: 1, warmUp: false },
    ...(maxConcurrent !== undefined && { maxConcurrent }),
    ...(model && { model }),
    ...keyOf(env, 'OMNI_API_KEY', wrong),
  }));
  return { cloud: false, groups: [{ name: 'omni-chat', cloud: false, takesOverflow: false, servers }] };
}

/** The servers of the speech routes stand beside those that answer, and may be all there is. */
function withSpeech(config: UpstreamsConfig | undefined, env: Env, wrong: Wrong): UpstreamsConfig | undefined {
  const recogniser = partOf(env, 'STT', wrong);
  const synthesiser = partOf(env, 'TTS', wrong);
  if (!recogniser && !synthesiser) return config;
  const voice = env['TTS_VOICE']?.trim();
  return {
    ...(config ?? { cloud: false, groups: [] }),
    ...(recogniser && { recogniser }),
    ...(synthesiser && { synthesiser: { ...synthesiser, ...(voice && { voice }) } }),
  };
}

function partOf(env: Env, prefix: 'STT' | 'TTS', wrong: Wrong) {
  const url = env[`${prefix}_SERVICE_URL`]?.trim();
  const model = env[`${prefix}_MODEL`]?.trim();
  if (!url) return undefined;
  const fault = faultOfUrl(url);
  if (fault !== undefined) return wrong(`${prefix}_SERVICE_URL`, fault);
  return { url: toServiceUrl(url), ...(model && { model }), ...keyOf(env, `${prefix}_API_KEY`, wrong) };
}

function keyOf(env: Env, variable: string, wrong: Wrong): { apiKeyEnv?: string } {
  const key = env[variable]?.trim();
  if (!key) return {};
  if (/[^\x21-\x7e]/.test(key)) wrong(variable, 'has characters that no HTTP header may carry');
  return { apiKeyEnv: variable };
}

function toMaxConcurrent(env: Env, wrong: Wrong): number | undefined {
  const text = env['OMNI_MAX_CONCURRENT']?.trim();
  if (!text) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(text)) wrong('OMNI_MAX_CONCURRENT', 'must be a whole number from 1 to 9999');
  return Number(text);
}

const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
