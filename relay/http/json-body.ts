import type { Context } from 'hono';
import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';
import { problem } from './problem.ts';

/** The body as the schema wants it, or the response that says what is wrong with it: where, never what was there. */
export async function readJson<S extends v.GenericSchema>(
  c: Context,
  schema: S,
): Promise<Result<v.InferOutput<S>, Response>> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
    return failed(problem(c, 415, 'media-unsupported', 'send the body as application/json'));
  }
  let value: unknown;
  try {
    value = JSON.parse(await c.req.text());
  } catch {
    return failed(problem(c, 400, 'body-invalid', 'the body is not JSON'));
  }
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return ok(parsed.output);
  return failed(problem(c, 400, 'body-invalid', wordsOf(parsed.issues)));
}

/** Where one of several forms would do, what is wrong is told of each. */
function wordsOf(issues: readonly v.BaseIssue<unknown>[]): string {
  const places = issues.flatMap((issue) => issue.issues ?? [issue]).map((issue) => v.getDotPath(issue) ?? 'the body');
  return `wrong or missing: ${[...new Set(places)].join(', ')}`.slice(0, 500);
}
