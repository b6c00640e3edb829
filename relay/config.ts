import { readFileSync } from 'node:fs';
import { failed, ok, type Problem, type Result } from '#kernel/result';
import { parseApiKeys } from './config/api-keys.ts';
import { parseModelSettings, type ModelSettings, type ReadBytes } from './config/model-settings.ts';
import { parseUpstreamSettings, type ReadText } from './config/upstream-settings.ts';
import type { Env, UpstreamsConfig } from './config/upstreams-schema.ts';

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything that can be set from outside, parsed once at start. */
export interface Config {
  host: string;
  port: number;
  logLevel: LogLevel;
  /** Names under which the relay may be reached besides the loopback ones; lower case. */
  allowedHosts: readonly string[];
  /** Which other people's clients must show; without any, and reached from this machine alone, they need none. */
  apiKeys: readonly string[];
  /** The servers that answer; without any the relay looks for one nearby. */
  upstreams?: UpstreamsConfig;
  models: ModelSettings;
}

export interface SettingProblem extends Problem<'setting-invalid'> {
  variable: string;
  /** What is wrong and what is expected; never the value, which may be a secret. */
  detail: string;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1']);
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

export const isLoopback = (hostname: string): boolean => LOOPBACK.has(hostname);

/** Problems: every setting that is wrong, so that they can be mended in one go. */
export function parseConfig(
  env: Env,
  readText: ReadText = readUtf8,
  readBytes: ReadBytes = readFileSync,
): Result<Config, SettingProblem[]> {
  const problems: SettingProblem[] = [];
  const wrong = (variable: string, detail: string): undefined => {
    problems.push({ kind: 'setting-invalid', retry: 'never', variable, detail });
  };
  const host = env['HOST']?.trim() || '127.0.0.1';
  const port = parsePort(env['PORT'], wrong);
  const allowedHosts = parseHosts(env['ALLOWED_HOSTS'], wrong);
  const apiKeys = parseApiKeys(env, wrong);
  const logLevel = parseLogLevel(env['LOG_LEVEL'], wrong);
  const upstreams = parseUpstreamSettings(env, wrong, readText);
  const models = parseModelSettings(env, wrong, readBytes);
  if (!isLoopback(host) && allowedHosts.length === 0) {
    wrong(
      'ALLOWED_HOSTS',
      `must name the host names to be reached by when HOST is not a loopback address, for example "earshot.example,10.0.0.5"`,
    );
  }
  if (problems.length > 0) return failed(problems);
  return ok({ host, port, logLevel, allowedHosts, apiKeys, models, ...(upstreams && { upstreams }) });
}

const readUtf8: ReadText = (path) => readFileSync(path, 'utf8');

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
