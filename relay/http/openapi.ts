import { toJsonSchema } from '@valibot/to-json-schema';
import { Hono } from 'hono';
import * as v from 'valibot';
import { OPERATIONS } from './operations.ts';
import type { Content, Operation } from './operation.ts';

export const OPENAPI_PATH = '/openapi.json';

export const ProblemDocument = v.object({
  type: v.literal('about:blank'),
  title: v.string(),
  status: v.number(),
  code: v.pipe(v.string(), v.description('Stable; what programs look at.')),
  detail: v.pipe(v.string(), v.description('What is wrong, in words for people.')),
});

const PROBLEM_WORDS: Record<number, string> = {
  400: 'The body is not what it should be; `detail` says where.',
  401: 'The ticket or the key is missing, or no good.',
  403: 'A page of another site sent the request.',
  404: 'There is no such thing.',
  413: 'The body, or the recording, is too large.',
  415: 'The body is of a kind that cannot be read.',
  421: 'The relay is not served under that name.',
  422: 'The server behind the relay refused the request, or the recording holds no sound.',
  426: 'The address speaks WebSocket.',
  500: 'The relay failed.',
  501: 'No server for this is configured; `detail` names the setting.',
  502: 'The server behind the relay failed.',
  503: 'Full, or the server behind the relay cannot be reached; `Retry-After` says when to come back, where it is known.',
  504: 'The server behind the relay did not answer in time.',
};
const EVERYWHERE = [403, 421, 500];

/** No JSON Schema, but what every tool takes for a file. */
const BYTES = { type: 'string' as const, format: 'binary' };

/** GET /openapi.json: this API in OpenAPI 3.1, made from the schemas that requests are checked with. */
export function openApiRoutes(version: string): Hono {
  const document = JSON.stringify(toOpenApi(version));
  return new Hono().get(OPENAPI_PATH, (c) =>
    c.body(document, 200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' }),
  );
}

export function toOpenApi(version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    (paths[operation.path] ??= {})[operation.method] = describe(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Earshot relay',
      version,
      description:
        'Speech routes of the relay. Errors are problem documents (RFC 9457). Nothing that is said, written or ' +
        'recorded is stored or logged.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: { Problem: schemaOf(ProblemDocument) } },
  };
}

function describe(operation: Operation) {
  const { tag, summary, description, parameters, body, status, success, content, problems = [] } = operation;
  return {
    tags: [tag],
    summary,
    operationId: `${operation.method}${operation.path.replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    ...(description !== undefined && { description }),
    ...(parameters && {
      parameters: parameters.map((parameter) => ({ ...parameter, required: true, schema: { type: 'string' } })),
    }),
    ...(body && { requestBody: { required: true, content: { [body.mediaType]: bodyContent(body) } } }),
    responses: {
      [status]: { description: success, ...(content && { content: mapValues(content, contentOf) }) },
      ...Object.fromEntries([...new Set([...problems, ...EVERYWHERE])].map((code) => [code, problemResponse(code)])),
    },
  };
}

const bodyContent = ({ schema, example }: NonNullable<Operation['body']>) => ({
  schema: schemaOf(schema),
  ...(example !== undefined && { example }),
});

const problemResponse = (status: number) => ({
  description: PROBLEM_WORDS[status] ?? '',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

function contentOf(content: Content) {
  if (content === 'bytes') return { schema: BYTES };
  return { schema: content === 'text' ? { type: 'string' } : schemaOf(content) };
}

/** Rules that JSON Schema cannot say stay in the descriptions. */
function schemaOf(schema: v.GenericSchema) {
  const { $schema: _, ...json } = toJsonSchema(schema, {
    typeMode: 'input',
    errorMode: 'ignore',
    overrideSchema: ({ valibotSchema }) => (valibotSchema.type === 'instance' ? BYTES : undefined),
  });
  return json;
}

const mapValues = <A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
