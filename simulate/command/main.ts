import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '#kernel/result';
import { findSpeechProgram } from '../../e2e/audio/speech-program.ts';
import { BUILT_IN_CALLERS } from '../callers/built-in.ts';
import { parseScenario, type Scenario } from '../callers/scenario.ts';
import { OWN_RELAY_PATHS } from '../dialects/choose-dialect.ts';
import { toFiguresTable, type CallFigures } from '../report/figures-table.ts';
import { withoutSecrets } from '../report/trace.ts';
import { simulate, type Server } from '../simulate.ts';
import { speakOrHum } from './caller-voice.ts';
import { parseOptions, USAGE, type SimulateOptions } from './options.ts';
import { startOwnRelay } from './own-relay.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

function giveUp(line: string): never {
  say(line);
  process.exit(2);
}

async function loadScenario(name: string): Promise<Scenario> {
  const input = BUILT_IN_CALLERS.find((caller) => caller.name === name) ?? (await readScenario(name));
  const scenario = parseScenario(input);
  return scenario.ok ? scenario.value : giveUp(`${name}: ${scenario.problem}`);
}

async function readScenario(path: string): Promise<unknown> {
  const names = BUILT_IN_CALLERS.map(({ name }) => name).join(', ');
  if (!path.endsWith('.json')) giveUp(`no caller is called ${path}; there are ${names}, or a .json file of your own`);
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    return giveUp(`${path}: ${messageOf(error)}`);
  }
}

async function findServer({ server, dialect = 'openai', apiKeyEnv }: SimulateOptions): Promise<Server> {
  const apiKey = apiKeyEnv === undefined ? undefined : process.env[apiKeyEnv];
  if (apiKeyEnv !== undefined && apiKey === undefined) giveUp(`${apiKeyEnv} is not set`);
  const key = apiKey === undefined ? {} : { apiKey };
  if (server) return { ...server, ...key };
  const relay = await startOwnRelay(process.env);
  say(`A relay of our own: ${relay.line}`);
  return { url: new URL(OWN_RELAY_PATHS[dialect], relay.origin), dialect, ...key };
}

const parsed = parseOptions(process.argv.slice(2));
if (!parsed.ok) giveUp(`${parsed.problem}\n${USAGE}`);
const options = parsed.value;
const scenarios = await Promise.all(options.callers.map(loadScenario));
const voice = (await findSpeechProgram())?.name ?? 'formant';
const server = await findServer(options);
await mkdir(options.out, { recursive: true });
const calls: CallFigures[] = [];
let isWhole = true;
for (const scenario of scenarios) {
  say(`${scenario.name} calls ${withoutSecrets(server.url)}`);
  try {
    const { trace, wav } = await simulate({ ...options, server, scenario, speak: speakOrHum, voice });
    await writeFile(join(options.out, `${scenario.name}.json`), JSON.stringify(trace, undefined, 1));
    await writeFile(join(options.out, `${scenario.name}.wav`), wav);
    calls.push({ caller: scenario.name, figures: trace.figures });
    if (trace.ended !== 'done') say(`  the call ended early: ${trace.ended}`);
  } catch (error) {
    isWhole = false;
    say(`  ${messageOf(error)}`);
  }
}
if (calls.length > 0) process.stdout.write(`${toFiguresTable(calls)}\n`);
say(`Written to ${options.out}: a trace (.json) and a recording (.wav, caller left, agent right) of each call.`);
process.exit(isWhole ? 0 : 1);
