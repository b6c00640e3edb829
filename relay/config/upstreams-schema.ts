import * as v from 'valibot';
import { faultOfUrl, toServiceUrl } from './service-url.ts';
import { suggestionFor } from './suggestion.ts';

export type Env = Readonly<Record<string, string | undefined>>;

const MAX_NAME = 40;
const positive = (max: number) =>
  v.pipe(v.number('must be a number'), v.minValue(0.01, 'must be above 0'), v.maxValue(max, `must be at most ${max}`));
const whole = (min: number, max: number) =>
  v.pipe(
    v.number('must be a number'),
    v.integer('must be a whole number'),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
  );
const words = v.pipe(v.string('must be text'), v.minLength(1, 'must not be empty'));
const flag = v.boolean('must be true or false');
const name = v.pipe(
  words,
  v.regex(/^[\w.-]+$/, 'may have letters, digits, ".", "-" and "_" only'),
  v.maxLength(MAX_NAME, `must be at most ${MAX_NAME} characters`),
);
const fields = v.record(v.string(), v.unknown(), 'must be an object');

/** An object that knows all its keys, and guesses what an unknown one was meant to be. */
function section<E extends v.ObjectEntries>(entries: E) {
  return v.strictObject(entries, (issue) => {
    if (issue.expected === 'never') {
      const key = String(issue.path?.at(-1)?.key ?? '');
      const meant = suggestionFor(key, Object.keys(entries));
      return meant
        ? `is not known; did you mean "${meant}"?`
        : `is not known; known are ${Object.keys(entries).join(', ')}`;
    }
    return issue.expected.startsWith('"') ? 'is missing' : 'must be an object';
  });
}

const address = (...schemes: string[]) =>
  v.pipe(
    words,
    v.check(
      (text) => faultOfUrl(text, schemes) === undefined,
      ({ input }) => faultOfUrl(input, schemes) ?? '',
    ),
    v.transform(toServiceUrl),
  );
const httpUrl = address('http', 'https');

/** An address and the name of the variable that holds its key. */
function keyedAddress(env: Env) {
  const secret = v.pipe(
    words,
    v.check(
      (variable) => Boolean(env[variable]?.trim()),
      ({ input }) => `names the variable ${input}, which is not set`,
    ),
    v.check(
      (variable) => !/[^\x21-\x7e]/.test(env[variable]?.trim() ?? ''),
      ({ input }) => `names ${input}, which has characters no HTTP header may carry`,
    ),
  );
  return { url: httpUrl, apiKeyEnv: v.optional(secret) };
}

/** The servers of a cascade; the first and last also serve the speech routes. */
function partSchemas(keyed: ReturnType<typeof keyedAddress>) {
  const recogniser = section({
    ...keyed,
    api: v.optional(v.picklist(['openai', 'deepgram'], 'must be openai or deepgram')),
    model: v.optional(words),
    language: v.optional(words),
  });
  const synthesiser = section({
    ...keyed,
    api: v.optional(v.picklist(['openai', 'piper', 'deepgram'], 'must be openai, piper or deepgram')),
    model: v.optional(words),
    voice: v.optional(words),
    languageVoices: v.optional(v.record(v.string(), words)),
    rateHz: v.optional(whole(8_000, 48_000)),
    body: v.optional(fields),
  });
  const chat = section({ ...keyed, model: words, body: v.optional(fields) });
  return { recogniser, synthesiser, chat };
}

function serverSchemas(env: Env) {
  const keyed = keyedAddress(env);
  const { recogniser, synthesiser, chat } = partSchemas(keyed);
  const process = section({
    command: v.pipe(
      v.array(words, 'must be a list: the program and its arguments'),
      v.minLength(1, 'must name a program'),
    ),
    cwd: v.optional(words),
    env: v.optional(v.record(v.string(), v.string('must be text'))),
    readyMs: v.optional(whole(1_000, 3_600_000)),
  });
  const server = {
    name: v.optional(name),
    maxConcurrent: v.optional(whole(1, 10_000)),
    weight: v.optional(positive(1_000), 1),
    warmUp: v.optional(flag, false),
    process: v.optional(process),
  };
  const servers = v.variant(
    'kind',
    [
      section({ kind: v.literal('omni-chat'), ...server, ...keyed, model: v.optional(words) }),
      section({
        ...{ kind: v.literal('omni-realtime'), ...server, ...keyed, url: address('wss', 'ws', 'https', 'http') },
        ...{ model: words, transcriptionModel: v.optional(words) },
      }),
      section({ kind: v.literal('cascade'), ...server, recogniser, chat, synthesiser: v.optional(synthesiser) }),
      section({ kind: v.literal('echo'), ...server }),
    ],
    'must be one of omni-chat, omni-realtime, cascade, echo',
  );
  return { servers, recogniser, synthesiser };
}

/** Keys are named by the variable of the environment that holds them, so that neither file nor configuration does. */
export function upstreamsSchema(env: Env) {
  const { servers, recogniser, synthesiser } = serverSchemas(env);
  const group = section({
    name,
    cloud: v.optional(flag, false),
    takesOverflow: v.optional(flag, false),
    servers: v.pipe(v.array(servers, 'must be a list of servers'), v.minLength(1, 'must name a server')),
  });
  return section({
    cloud: v.optional(flag, false),
    groups: v.pipe(v.array(group, 'must be a list of groups'), v.minLength(1, 'must name a group')),
    admission: v.optional(
      section({ maxWaiting: v.optional(whole(0, 100_000), 100), maxWaitMs: v.optional(whole(0, 120_000), 10_000) }),
    ),
    healthIntervalMs: v.optional(whole(1_000, 600_000)),
    recogniser: v.optional(recogniser),
    synthesiser: v.optional(synthesiser),
  });
}

export type UpstreamsConfig = v.InferOutput<ReturnType<typeof upstreamsSchema>>;
export type GroupConfig = UpstreamsConfig['groups'][number];
export type ServerConfig = GroupConfig['servers'][number];
