import { parseArgs } from 'node:util';
import { failed, messageOf, ok, type Result } from '#kernel/result';
import { dialectOf, DIALECTS, isDialect, type Dialect } from '../dialects/choose-dialect.ts';
import { FRAME_MS } from '../sound/line.ts';

export interface SimulateOptions {
  /** Absent: a relay of our own. */
  server?: { url: URL; dialect: Dialect };
  /** Which dialect to speak to a relay of our own. */
  dialect?: Dialect;
  /** Names of built-in callers, and files. */
  callers: readonly string[];
  turns: number;
  /** Folder for traces and recordings. */
  out: string;
  /** Name of the environment variable that holds the key. */
  apiKeyEnv?: string;
  pace: 'real' | 'fast';
  speed: number;
  tickMs: number;
  seed: number;
}

export const USAGE = `npm run simulate -- [--url=ws://host/v1/realtime?model=…] [--dialect=${Object.keys(DIALECTS).join('|')}]
  [--callers=patient,interrupter,my-caller.json] [--turns=3] [--out=folder] [--api-key-env=NAME]
  [--pace=fast|real] [--speed=8] [--tick=200] [--seed=1]`;

const text = { type: 'string' } as const;
const OPTIONS = {
  ...{ url: text, dialect: text, callers: text, turns: text, out: text, 'api-key-env': text },
  ...{ pace: text, speed: text, tick: text, seed: text },
};

export function parseOptions(argv: readonly string[]): Result<SimulateOptions, string> {
  try {
    const { values } = parseArgs({ args: [...argv], options: OPTIONS });
    const { pace = 'fast', dialect } = values;
    const turns = Number(values.turns ?? 3);
    const speed = Number(values.speed ?? 8);
    const tickMs = Number(values.tick ?? 200);
    const seed = Number(values.seed ?? 1);
    if (!Number.isInteger(turns) || turns < 1) return failed('--turns needs a whole number above 0');
    if (!(speed >= 1 && speed <= 50)) return failed('--speed needs a number from 1 to 50');
    if (!(tickMs > 0 && tickMs <= 1_000) || tickMs % FRAME_MS !== 0)
      return failed(`--tick needs a multiple of ${FRAME_MS} up to 1000`);
    if (!Number.isInteger(seed)) return failed('--seed needs a whole number');
    if (pace !== 'real' && pace !== 'fast') return failed('--pace is real or fast');
    if (dialect !== undefined && !isDialect(dialect)) return failed(`no dialect is called ${dialect}`);
    const server = values.url === undefined ? undefined : parseServer(values.url, dialect);
    if (server && !server.ok) return server;
    const { callers = 'patient,interrupter,backchanneller', out = 'test-results/simulation' } = values;
    return ok({
      ...{ callers: callers.split(','), turns, out, pace, speed: pace === 'real' ? 1 : speed, tickMs, seed },
      ...(server && { server: server.value }),
      ...(dialect !== undefined && { dialect }),
      ...(values['api-key-env'] !== undefined && { apiKeyEnv: values['api-key-env'] }),
    });
  } catch (error) {
    return failed(messageOf(error));
  }
}

function parseServer(address: string, named: Dialect | undefined): Result<{ url: URL; dialect: Dialect }, string> {
  if (!URL.canParse(address)) return failed('--url is no address');
  const url = new URL(address);
  if (!/^wss?:$/.test(url.protocol)) return failed('--url must begin with ws:// or wss://');
  const dialect = named ?? dialectOf(url);
  if (dialect === undefined) return failed('--url does not tell the dialect: add --dialect');
  return ok({ url, dialect });
}
