import { failed, ok, type Problem, type Result } from '#kernel/result';

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything that can be set from outside, parsed once at start. */
export interface Config {
  host: string;
  port: number;
  logLevel: LogLevel;
  /** Names under which the relay may be reached besides the loopback ones; lower case. */
  allowedHosts: readonly string[];
  /** The server that answers; without one the relay looks for it nearby. */
  service?: { url: string; model?: string; apiKey?: string };
}

export interface SettingProblem extends Problem<'setting-invalid'> {
  variable: string;
  /** What is wrong and what is expected; never the value, which may be a secret. */
  detail: string;
}

type Env = Readonly<Record<string, string | undefined>>;

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1']);
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

export const isLoopback = (hostname: string): boolean => LOOPBACK.has(hostname);

/** Problems: every setting that is wrong, so that they can be mended in one go. */
export function parseConfig(env: Env): Result<Config, SettingProblem[]> {
  const problems: SettingProblem[] = [];
  const wrong = (variable: string, detail: string): undefined => {
    problems.push({ kind: 'setting-invalid', retry: 'never', variable, detail });
  };
  const host = env['HOST']?.trim() || '127.0.0.1';
  const port = parsePort(env['PORT'], wrong);
  const allowedHosts = parseHosts(env['ALLOWED_HOSTS'], wrong);
  const logLevel = parseLogLevel(env['LOG_LEVEL'], wrong);
  const url = parseServiceUrl(env['OMNI_SERVICE_URL'], wrong);
  if (!isLoopback(host) && allowedHosts.length === 0) {
    wrong(
      'ALLOWED_HOSTS',
      `must name the host names to be reached by when HOST is not a loopback address, for example "earshot.example,10.0.0.5"`,
    );
  }
  const model = env['OMNI_MODEL']?.trim();
  const apiKey = env['OMNI_API_KEY']?.trim();
  if (apiKey && /[^\x21-\x7e]/.test(apiKey)) wrong('OMNI_API_KEY', 'has characters that no HTTP header may carry');
  if (!url && (model || apiKey)) wrong('OMNI_SERVICE_URL', 'must be set when OMNI_MODEL or OMNI_API_KEY is');
  if (problems.length > 0) return failed(problems);
  const service = url ? { service: { url, ...(model && { model }), ...(apiKey && { apiKey }) } } : {};
  return ok({ host, port, logLevel, allowedHosts, ...service });
}

type Wrong = (variable: string, detail: string) => undefined;

function parsePort(value: string | undefined, wrong: Wrong): number {
  const text = value?.trim() || '7860';
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) wrong('PORT', 'must be a whole number from 0 to 65535');
  return port;
}

function parseHosts(value: string | undefined, wrong: Wrong): string[] {
  const names = (value ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean);
  const isGood = (name: string) => HOST_NAME.test(name) || /^\[?[0-9a-f:]+\]?$/.test(name);
  if (!names.every(isGood)) {
    wrong('ALLOWED_HOSTS', 'must be host names or addresses separated by commas, without scheme, port or path');
  }
  return names.map((name) => name.replace(/^\[|\]$/g, ''));
}

function parseLogLevel(value: string | undefined, wrong: Wrong): LogLevel {
  const text = value?.trim().toLowerCase() || 'warn';
  const level = LOG_LEVELS.find((known) => known === text);
  if (!level) wrong('LOG_LEVEL', `must be one of ${LOG_LEVELS.join(', ')}`);
  return level ?? 'warn';
}

function parseServiceUrl(value: string | undefined, wrong: Wrong): string | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  const form = 'must be an http or https address such as http://127.0.0.1:8091';
  if (!URL.canParse(text)) return wrong('OMNI_SERVICE_URL', form);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return wrong('OMNI_SERVICE_URL', form);
  if (url.username || url.password) return wrong('OMNI_SERVICE_URL', 'must not carry a password; use OMNI_API_KEY');
  if (url.search || url.hash) return wrong('OMNI_SERVICE_URL', 'must end with the path, without "?" or "#"');
  return url.href.replace(/\/+$/, '');
}
